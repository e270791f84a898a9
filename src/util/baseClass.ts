// Classes that users extend.

import { fail } from '../errors.ts'

/**
 * A class that users extend, under its public name. JavaScript's own error, where somebody calls it without `new`, has the name in the source
 * or that of a minifier.
 */
/* @__NO_SIDE_EFFECTS__ */
export const baseClass = <Class extends object>(name: string, made: Class): Class => {
  return new Proxy(Object.defineProperty(made, 'name', { value: name }), {
    apply: () =>
      fail(name, {
        expected: `a class that extends ${name}`,
        got: `${name}(…)`,
        remedy: `Write class Mine extends ${name} { … } and new Mine().`,
      }),
    construct(target, args, extending) {
      if (args.length > 1) fail(name, { expected: 'options alone', got: `${args.length} arguments of super` })
      return Reflect.construct(target as unknown as new () => object, args, extending) as object
    },
  })
}
