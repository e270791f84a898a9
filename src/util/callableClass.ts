// Classes whose objects are made without `new`, as everything of Keras's is made here.

import { prototypeChain } from './prototypeChain.ts'

/** A class whose objects are made with `new` or without, and that may be extended. */
export interface CallableClass<Args extends readonly unknown[], Made> {
  new (...args: Args): Made
  (...args: Args): Made
  readonly prototype: Made
}

/** The name by which the package has an object's class, and the arguments that made it: null where another class extends that one. */
export interface Origin {
  readonly name: string
  readonly args: readonly unknown[] | null
}

/** Names of classes, by their prototypes. */
const names = /* @__PURE__ */ new WeakMap<object, string>()
const origins = /* @__PURE__ */ new WeakMap<object, Origin>()

/** @param name The class's name in the package, which minifiers leave as it is. */
/* @__NO_SIDE_EFFECTS__ */
export function callableClass<Args extends readonly unknown[], Made extends object>(
  name: string,
  made: new (...args: Args) => Made,
): CallableClass<Args, Made> {
  names.set(made.prototype as object, name)
  // Errors name objects by their class.
  Object.defineProperty(made, 'name', { value: name })
  const construct = (target: typeof made, args: readonly unknown[], newTarget: unknown = target): object => {
    const object = Reflect.construct(target, args, newTarget as typeof made) as object
    if (newTarget === target || newTarget === proxy) origins.set(object, { name, args })
    return object
  }
  const apply = (target: typeof made, _this: unknown, args: readonly unknown[]): object =>
    construct(target, args)
  // A proxy of a class is one, too; that it can be called TypeScript does not know.
  const proxy = new Proxy(made, { apply, construct }) as unknown as CallableClass<Args, Made>
  return proxy
}

/** Where an object comes from; undefined where no such class has made it. */
export function originOf(object: object): Origin | undefined {
  const found = origins.get(object)
  if (found) return found
  const [name] = prototypeChain(object).flatMap((level) => names.get(level) ?? [])
  return name === undefined ? undefined : { name, args: null }
}
