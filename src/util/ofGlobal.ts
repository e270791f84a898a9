// Types of classes that not every program's types have: a page's in Node, a GPU's before TypeScript 6.

/** Objects of a global class where the program's types have it; otherwise `Absent`. So Recurra's types ask for no others. */
export type OfGlobal<Name extends string, Absent = never> =
  typeof globalThis extends Readonly<Record<Name, { readonly prototype: infer Made }>> ? Made : Absent
