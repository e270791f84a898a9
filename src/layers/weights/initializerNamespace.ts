// What `initializers` has: Keras's classes, and the one that users extend, which pages that load no code of their own do not hold.

import { writtenInitializer } from '../options.ts'
import { getInitializer } from './getInitializer.ts'
import type { Initializer as AnyInitializer, InitializerIdentifier } from './initializer.ts'

export * from './initializers.ts'
/** Keras's other names. */
export {
  Constant as constant,
  GlorotNormal as glorotNormal,
  GlorotUniform as glorotUniform,
  HeNormal as heNormal,
  HeUniform as heUniform,
  Identity as identity,
  LecunNormal as lecunNormal,
  LecunUniform as lecunUniform,
  Ones as ones,
  Orthogonal as orthogonal,
  RandomNormal as randomNormal,
  RandomUniform as randomUniform,
  TruncatedNormal as truncatedNormal,
  VarianceScaling as varianceScaling,
  Zeros as zeros,
} from './initializers.ts'
export { Initializer } from './ownInitializer.ts'

/**
 * The initializer that a name, a config or an object stands for; null for null.
 *
 * @throws {RecurraError} if there is none of that name, or one of its options is wrong.
 * @see keras/src/initializers/__init__.py
 */
export const get = (identifier: InitializerIdentifier | null): AnyInitializer | null =>
  identifier === null ? null : getInitializer(identifier, 'initializers.get')

/** The initializer of a config, as {@link serialize} writes it. */
export const deserialize = (config: InitializerIdentifier): AnyInitializer =>
  getInitializer(config, 'initializers.deserialize')

/** An initializer as the config of a layer has it. */
export const serialize = (given: AnyInitializer): object => writtenInitializer(given)
