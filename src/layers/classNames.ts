// Classes and functions of the user's own by name: what files call them.

import { fail } from '../errors.ts'
import { isClass, ownNames } from './functions.ts'
import type { GivenOptions, Layer } from './layer.ts'

export type Class = abstract new (...args: never[]) => object
export type OwnFunction = (...args: never[]) => unknown

/** The registered class of a name. */
export function registeredClass(name: string): Class | undefined {
  const found = ownNames.get(name)
  return found && isClass(found) ? (found as Class) : undefined
}

/** The registered function of a name; of one that Python registered under a package, also by its name in that package. */
export function registeredFunction(name: string): OwnFunction | undefined {
  const found = ownNames.get(name) ?? ownNames.get(name.replace(/^.*>/, ''))
  return found && !isClass(found) ? (found as OwnFunction) : undefined
}

/** The name that a class or a function is registered by. */
export const registeredName = (named: Class | OwnFunction): string | undefined =>
  [...ownNames].find(([, registered]) => registered === named)?.[0]

/** The name of a class: the one that it is registered by, or its own. */
export const classNameOf = (named: Class): string => registeredName(named) ?? named.name

/** A class of layers, as files make layers of it. */
export interface LoadableClass {
  new (config: GivenOptions): Layer
  fromConfig?(config: GivenOptions): Layer
}

/** Makes a layer of a registered class from the config that one had. */
export const fromConfig = (layerClass: LoadableClass, config: GivenOptions): Layer =>
  layerClass.fromConfig?.(config) ?? new layerClass(config)

/** A function as configs have it. */
export interface FunctionReference {
  readonly module: 'builtins'
  readonly className: 'function'
  /** Its name, after the package that it is registered in: `My>pinball`. */
  readonly config: string
  readonly registeredName: 'function'
}

/**
 * A function as configs have it: by its name.
 *
 * @param beside What else its user may do, for the error.
 * @throws {RecurraError} if it is not registered.
 */
export function functionReference(fn: OwnFunction, where: string, beside = ''): FunctionReference {
  const name = registeredName(fn) ?? ('className' in fn ? String(fn.className) : undefined)
  if (name !== undefined)
    return { module: 'builtins', className: 'function', config: name, registeredName: 'function' }
  return fail(where, {
    expected: 'a function that is registered, since files have functions by name',
    got: fn.name ? `the function ${fn.name}` : 'a function',
    remedy: `Call register('${fn.name || 'name'}', ${fn.name || '…'}) before${beside}.`,
  })
}
