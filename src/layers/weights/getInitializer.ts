// Initializers by Keras's names.

import { describeValue, didYouMean, fail, plainName } from '../../errors.ts'
import type { NamesIn } from '../../util/spellings.ts'
import { snakeCase } from '../naming.ts'
import { type Initializer, type InitializerIdentifier, isMade, readOwn } from './initializer.ts'
import {
  Constant,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  Identity,
  LecunNormal,
  LecunUniform,
  Ones,
  Orthogonal,
  RandomNormal,
  RandomUniform,
  TruncatedNormal,
  VarianceScaling,
  Zeros,
} from './initializers.ts'

const initializers = [
  Zeros,
  Ones,
  Constant,
  Identity,
  RandomUniform,
  RandomNormal,
  TruncatedNormal,
  VarianceScaling,
  GlorotUniform,
  GlorotNormal,
  HeUniform,
  HeNormal,
  LecunUniform,
  LecunNormal,
  Orthogonal,
]

/** Initializers by name, as layers take them: Keras's classes, functions and aliases. */
export type InitializerName =
  | NamesIn<keyof typeof import('./initializers.ts')>
  | 'zero'
  | 'one'
  | 'uniform'
  | 'normal'

// glorot_uniform, GlorotUniform and TensorFlow.js's glorotUniform name one thing.
const byName = new Map(initializers.map((initializer) => [plainName(initializer.className), initializer]))
// Keras's other names; of two classes it also knows IdentityInitializer and OrthogonalInitializer.
byName.set('zero', Zeros).set('one', Ones).set('uniform', RandomUniform).set('normal', RandomNormal)

/**
 * The initializer that a name, a config or an initializer stands for.
 *
 * @param where Whose initializer it is, for the error: `LSTM "encoder", kernelInitializer`.
 * @throws {RecurraError} if there is none of that name, or one of its options is wrong.
 */
export function getInitializer(identifier: InitializerIdentifier, where: string): Initializer {
  if (isMade(identifier)) return identifier
  const name = Object(identifier).className ?? identifier
  const found = typeof name === 'string' ? byName.get(plainName(name).replace(/initializer$/, '')) : undefined
  // A class that was named and not called stands for its defaults, as in Keras.
  if (found) return found(Object(identifier).config)
  const names = initializers.map(({ className }) => snakeCase(className))
  return (
    readOwn?.(identifier, where) ??
    fail(where, {
      expected: `an initializer (${names.join(', ')})`,
      got: describeValue(name),
      remedy: didYouMean(name, names),
    })
  )
}
