// Classes that are called with `new` or without, as all that is made in Recurra.

type Class = abstract new (...args: never) => object

/** A class that may be called without `new`. */
export type WithoutNew<C extends Class> = C & ((...args: ConstructorParameters<C>) => InstanceType<C>)

export const withoutNew = <C extends new (...args: never) => object>(of: C): WithoutNew<C> =>
  new Proxy(of, {
    apply: (_, __, args) => Reflect.construct(of, args) as object,
  }) as unknown as WithoutNew<C>
