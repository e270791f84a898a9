// Classes that are called with `new` or without, as all that is made in Recurra.

import { fail } from '../errors.ts'
import { underscored } from '../util/underscored.ts'

type Class = abstract new (...args: never) => object

/** A class that may be called without `new`. */
export type WithoutNew<C extends Class> = C & ((...args: ConstructorParameters<C>) => InstanceType<C>)

/**
 * The class, which may be called without `new`. Names that its members have in Python are refused with those that they have here.
 *
 * @param className Its name in errors, whatever a minifier makes of it.
 */
/* @__NO_SIDE_EFFECTS__ */
export function withoutNew<C extends new (...args: never) => object>(
  className: string,
  of: C,
): WithoutNew<C> {
  refusePython(of, className)
  refusePython(of.prototype as object, className)
  Object.defineProperty(of, 'name', { value: className })
  return new Proxy(of, {
    apply: (_, __, args) => Reflect.construct(of, args) as object,
  }) as unknown as WithoutNew<C>
}

/** Adds the names that Python has for members: `fit_transform`, and of values `scale_`, which is what scikit-learn calls them. */
function refusePython(owner: object, className: string): void {
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
    const python = underscored(name)
    for (const other of get ? [python, `${python}_`] : [python]) {
      if (other in owner) continue
      const refuse = (): never =>
        fail(`${className}.${other}`, {
          expected: 'a member of Recurra',
          got: 'its name in Python',
          remedy: `Write ${name}.`,
        })
      Object.defineProperty(owner, other, { get: refuse, configurable: true })
    }
  }
}
