// Classes of the user's own by name: what files call them.

import { checkText, describeValue, fail } from '../errors.ts'

type Class = abstract new (...args: never[]) => object

const byName = new Map<string, Class>()

/**
 * Makes a class of one's own known by a name, which files bear and `loadModel` reads: `register('TimeAttention', TimeAttention)`. Without
 * it a class has its name in the source, which minifiers change.
 *
 * Loading calls the class's static `fromConfig` with what `getConfig` returned, by default `new Class(config)`: a constructor that
 * takes arguments by place needs a `static fromConfig({ units, ...options }) { return new TimeAttention(units, options) }`.
 *
 * @param name A name of its own, `'Package>TimeAttention'` for a file whose class is registered in Python under a package.
 * @throws {RecurraError} if another class has the name.
 */
export function register(name: string, registered: Class): void {
  const where = 'register'
  checkText(where, 'the name', name)
  if (typeof registered !== 'function') fail(where, { expected: 'a class', got: describeValue(registered) })
  const known = byName.get(name)
  if (known && known !== registered)
    fail(where, { expected: 'a name of its own', got: `"${name}", which is another class` })
  byName.set(name, registered)
}

/** The registered class of a name. */
export const registeredClass = (name: string): Class | undefined => byName.get(name)

/** The name of a class: the one that it is registered by, or its own. */
export const classNameOf = (named: Class): string =>
  [...byName].find(([, registered]) => registered === named)?.[0] ?? named.name
