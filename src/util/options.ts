// Options as a table of defaults and checks: one declaration gives a function its argument's type, its defaults,
// its errors, and the config that a file keeps. Every public function that takes options reads them here.

import { checkBoolean, describeValue, fail } from '../errors.ts'
import { suggestName } from './oldNames.ts'

/**
 * One option: what it is when it is left out, and a check that returns the value or throws.
 * `Input` is what the user may write where that is more than `T`: a name for an object, say.
 */
export interface Option<T, Input = T> {
  /** Undefined where the option must be given, or its check works out the default. */
  readonly fallback: T | undefined
  readonly check: (where: string, name: string, value: unknown) => T
  /** Never set; carries the type. */
  readonly input?: Input
}

/** An option that must be given. */
export interface RequiredOption<T, Input = T> extends Option<T, Input> {
  readonly fallback: undefined
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>

/** What a table's options are once read: every one present. */
export type Config<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T, unknown> ? T : never
}

/** What the user may write for an option. */
export type InputOf<O> = O extends Option<unknown, infer Input> ? Input : never

type RequiredNames<Table extends OptionTable> = {
  [Name in keyof Table]: Table[Name]['fallback'] extends undefined ? Name : never
}[keyof Table]

/** What the user may write for a table: the options that it requires, and any of the others. */
export type Given<Table extends OptionTable> = {
  readonly [Name in keyof Pick<Table, RequiredNames<Table>>]: InputOf<Table[Name]>
} & {
  readonly [Name in keyof Omit<Table, RequiredNames<Table>>]?: InputOf<Table[Name]> | undefined
}

export const option = <T, Input = T>(fallback: T, check: Option<T>['check']): Option<T, Input> => ({
  fallback,
  check,
})

/** An option that must be given. */
export const required = <T, Input = T>(check: Option<T>['check']): RequiredOption<T, Input> => ({
  fallback: undefined,
  check,
})

/** An option whose check works out the default, from undefined. */
export const computed = <T, Input = T>(check: Option<T>['check']): Option<T, Input> => required(check)

/** An option that may be null, Keras's None, and is so where it is left out. */
export const nullable = <T, Input = T>(check: Option<T>['check']): Option<T | null, Input | null> =>
  option<T | null, Input | null>(null, (where, name, value) =>
    value === null ? null : check(where, name, value),
  )

export const flag = (fallback: boolean): Option<boolean> => option(fallback, checkBoolean)

/** An option of Keras that Recurra does not have yet: its default, and null or false, are accepted; all else is an error. */
export const unsupported = <const T extends null | boolean | number | string>(only: T): Option<T> =>
  option<T>(only, (where, name, value) =>
    value === only || value === null || value === false
      ? only
      : fail(where, {
          expected: `${name} to be ${typeof only === 'string' ? `'${only}'` : only} (it is not supported yet)`,
          got: describeValue(value),
        }),
  )

/** Whether a value is what options are written as: an object without a class, from whichever page or frame. */
export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Reads what the user wrote against a table; an option that the table does not have is an error. */
export function readOptions<Table extends OptionTable>(
  where: string,
  table: Table,
  given: unknown,
): Config<Table> {
  const options = given ?? {}
  if (!isOptions(options)) {
    fail(where, { expected: 'options as an object, such as { name: … }', got: describeValue(given) })
  }
  const names = Object.keys(table)
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    const expected = names.length > 0 ? `only the options ${names.join(', ')}` : 'no options'
    fail(where, { expected, got: `'${name}'`, remedy: suggestName(name, names) })
  }
  const read = Object.entries(table).map(([name, { fallback, check }]) => {
    const value = options[name]
    return [name, value === undefined && fallback !== undefined ? fallback : check(where, name, value)]
  })
  return Object.fromEntries(read) as Config<Table>
}
