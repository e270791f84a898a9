// Classes whose objects are made without `new`, as everything of Keras's is made here.

/** A class whose objects are made with `new` or without, and that may be extended. */
export interface CallableClass<Args extends readonly unknown[], Made> {
  new (...args: Args): Made
  (...args: Args): Made
  readonly prototype: Made
}

/* @__NO_SIDE_EFFECTS__ */
export function callableClass<Args extends readonly unknown[], Made>(
  made: new (...args: Args) => Made,
): CallableClass<Args, Made> {
  const apply = (target: typeof made, _this: unknown, args: readonly unknown[]): object =>
    Reflect.construct(target, args) as object
  // A proxy of a class is one, too; that it can be called TypeScript does not know.
  return new Proxy(made, { apply }) as CallableClass<Args, Made>
}
