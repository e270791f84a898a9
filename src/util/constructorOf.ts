// Functions that make objects, as JavaScript's classes are used: with `new` or without it, and behind `instanceof`.

import { fail } from '../errors.ts'

/** What refuses a class that extends a constructor, which has no class behind it, by a member whose name says so. */
export declare abstract class Unextended {
  protected abstract readonly 'cannot be extended: extend Layer, Loss, Metric or another base class': never
}

/** What to do instead of `Model.fromConfig`, which could not wait for the code that it needs. */
export const failFromConfig = (className: string): never =>
  fail(`${className}.fromConfig`, {
    expected: 'a layer',
    got: 'a model',
    remedy: 'Write await modelFromConfig(config).',
  })

/** What every constructor has beside its calls. */
export interface ConstructorStatics<Made> {
  /** Makes one of what `getConfig` returned: all options by name. */
  fromConfig(config: Readonly<Record<string, unknown>>): Made
}

/** Makes objects, with `new` or without it. */
export interface Constructor<Args extends readonly unknown[], Made> extends ConstructorStatics<Made> {
  (...args: Args): Made
  new (...args: Args): Made & Unextended
}

/**
 * The constructor of what `make` makes. Objects with the class's name are its instances, whoever made them: files make some, too.
 *
 * @param className Keras's name of the class, which minifiers leave as it is.
 * @param fromConfig Makes one of a config; by default `make`, which takes all options by name.
 */
/* @__NO_SIDE_EFFECTS__ */
export function constructorOf<Args extends readonly unknown[], Made>(
  className: string,
  make: (...args: Args) => Made,
  fromConfig: (config: object) => Made = make as unknown as (config: object) => Made,
): Constructor<Args, Made> {
  // No arrow, since these refuse `new`.
  function construct(...args: Args): Made {
    return make(...args)
  }
  // What `make` returns would have no methods of a class that extends this one. JavaScript would refuse the class in words of its own,
  // since bound functions have no prototype. A function that returns its object is a constructor, which TypeScript does not know.
  return Object.defineProperties(construct.bind(null), {
    name: { value: className },
    prototype: {
      configurable: true,
      get: () =>
        fail(`class extends ${className}`, { expected: 'a base class, such as Layer', got: className }),
    },
    [Symbol.hasInstance]: { value: (object: unknown) => Object(object).className === className },
    fromConfig: { value: (config: object) => fromConfig(config) },
  }) as unknown as Constructor<Args, Made>
}
