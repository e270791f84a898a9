// What a namespace finds by Keras's names, `losses.get('mse')`, and how it writes its members for configs.

import { describeValue, didYouMean, fail, plainName } from '../errors.ts'
import type { Identified } from '../util/identified.ts'
import { isObject } from '../util/isObject.ts'
import { isOptions } from '../util/options.ts'
import { fromConfig, type LoadableClass } from './classNames.ts'
import { isClass, ownOf } from './functions.ts'
import { snakeCase } from './naming.ts'

/** An object as configs have it. */
export interface WrittenMember {
  /** Keras's module, `keras.losses`; `'own'` for a class of the user's own. */
  readonly module: string
  /** Keras's name of the class, or the name that the user's own is registered by. */
  readonly className: string
  /** Its options, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>
}

/** A namespace with members by name: constructors in capitals, functions in small letters. */
export interface Members {
  /** Its name, `losses`. */
  readonly name: string
  readonly members: Readonly<Record<string, unknown>>
  /** Whether an object or a function is one that the namespace may have: what its constructors make, or of the user's own. */
  has(given: object): boolean
}

type Maker = (() => object) & { fromConfig(config: object): object }

const isMaker = (name: string, member: unknown): member is Maker =>
  /^[A-Z]/.test(name) && Object(member).fromConfig

/**
 * The member that an identifier stands for: of a name in small letters the function of that name, else an object of the class with its
 * defaults; of a config an object with its options. Objects and functions are themselves, and null is null.
 *
 * @throws {RecurraError} if there is none of that name.
 */
export function memberOf(
  { name: namespace, members, has }: Members,
  call: string,
  identifier: unknown,
): unknown {
  const where = `${namespace}.${call}`
  const config =
    isOptions(identifier) && 'className' in identifier ? (identifier as unknown as Identified) : null
  const asked: unknown = config ? config.className : identifier
  const own: unknown = ownOf(asked)
  if (typeof own === 'function' && isClass(own) && own !== identifier)
    return fromConfig(own as unknown as LoadableClass, config?.config ?? {})
  if (own === null || ((isObject(own) || typeof own === 'function') && has(own))) return own
  const names = Object.keys(members).filter((name) => isMaker(name, members[name]) || /^[a-z]/.test(name))
  const alike = names.filter((name) => typeof asked === 'string' && plainName(name) === plainName(asked))
  const isOfClass = config !== null || /^[A-Z]/.test(String(asked))
  const found = alike.find((name) => /^[A-Z]/.test(name) === isOfClass) ?? alike[0]
  if (found === undefined) {
    const known = [...new Set(names.map(snakeCase))]
    return fail(where, {
      expected: `a member of ${namespace}`,
      got: describeValue(asked),
      remedy: isOptions(asked)
        ? 'Give { className, config }, with options in camelCase.'
        : (didYouMean(asked, known) ?? `There are ${known.join(', ')}.`),
    })
  }
  const member = members[found]
  return isMaker(found, member) ? member.fromConfig(config?.config ?? {}) : member
}

/**
 * A member as configs have it, from which {@link memberOf} makes an equal one: an object by its class and options, a function by its name.
 *
 * @throws {RecurraError} for anything else, and for functions that the namespace does not have.
 */
export function writtenMember({ name: namespace, members }: Members, given: unknown): WrittenMember | string {
  const found = Object.keys(members).find((name) => members[name] === given)
  if (found !== undefined && !/^[A-Z]/.test(found)) return snakeCase(found)
  const { className, config }: Partial<Identified> = Object(given)
  if (typeof className === 'string' && found === undefined) {
    const isOwn = ownOf(className) !== className || !(className in members)
    return { module: isOwn ? 'own' : `keras.${namespace}`, className, config: config ?? {} }
  }
  return fail(`${namespace}.serialize`, {
    expected: `a member of ${namespace}`,
    got: describeValue(given),
  })
}
