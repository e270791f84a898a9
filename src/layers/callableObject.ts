// Objects that are called: `Dense(1)(x)`.

import { COPY, describeValue } from '../errors.ts'

/** Makes the object of a class that extends this function: a function that calls the object's method `called`. */
function makeFunction(): object {
  const call = (...args: readonly unknown[]): unknown => self.called(args)
  Object.setPrototypeOf(call, new.target?.prototype as object)
  // Functions have a name and a length, which objects of these classes have for themselves, or not at all.
  for (const key of ['name', 'length']) Reflect.deleteProperty(call, key)
  // Browsers' consoles print a function as its source, a proxy of one by its class and its fields.
  const self = new Proxy(call, {}) as unknown as CallableObject
  return self
}

/** The root of classes whose objects are functions, with the fields of the classes. */
export abstract class CallableObject extends (makeFunction as unknown as new () => object) {
  /** @internal Which copy of the package the object is of. */
  get [COPY](): object {
    return describeValue
  }

  /** @internal What a call of the object returns. */
  abstract called(args: readonly unknown[]): unknown
}
