// Registers classes and functions of the user's own: a module of its own, since pages that load files look names up, and few register any.

import { checkText, describeValue, fail } from '../errors.ts'
import type { Class, OwnFunction } from './classNames.ts'
import { isClass, ownNames } from './functions.ts'

/**
 * Makes a class or a function of one's own known by a name, which files bear and `loadModel` reads: `register('TimeAttention',
 * TimeAttention)`, `register('pinball', pinball)`. Without it a class has its name in the source, which minifiers change, and a function
 * cannot be written.
 *
 * Loading calls the class's static `fromConfig` with what `getConfig` returned, by default `new Class(config)`: a constructor that
 * takes arguments by place needs a `static fromConfig({ units, ...options }) { return new TimeAttention(units, options) }`.
 *
 * @param name A name of its own, `'Package>TimeAttention'` for a file whose class or function is registered in Python under a package.
 * @param registered A class, or a function: of `ops` as an activation, a loss, a metric, a regularizer, a constraint or in a Lambda; of
 * steps as a schedule; of a shape as an initializer.
 * Registered again with the name that it has in its source, as by a module that is loaded anew, it replaces the one before.
 *
 * @throws {RecurraError} if another class or function has the name.
 */
export function register(name: string, registered: Class | OwnFunction): void {
  registerIn('register', name, registered)
}

/** `register`, as a call of another name does it. */
export function registerIn(where: string, name: string, registered: unknown): void {
  checkText(where, 'the name', name)
  if (typeof registered !== 'function')
    fail(where, { expected: 'a class or a function', got: describeValue(registered) })
  const known = ownNames.get(name)
  if (
    known &&
    known !== registered &&
    (known.name !== registered.name || isClass(known) !== isClass(registered))
  )
    fail(where, { expected: 'a name of its own', got: `"${name}", which is another class or function` })
  ownNames.set(name, registered as Class | OwnFunction)
}
