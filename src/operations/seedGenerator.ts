// `keras.random.SeedGenerator`: a stream of seeds of one's own, for functions of `random` that are to follow from its seed.

import { checkInteger } from '../errors.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { Generator } from '../util/generator.ts'
import { nextSeed } from '../util/seed.ts'
import { Unproxied } from '../util/unproxied.ts'

class Seeds extends Unproxied {
  /** What the seeds follow from. */
  readonly seed: number
  readonly #draws: Generator

  constructor(seed: number | null = null) {
    super()
    this.seed = seed === null ? nextSeed() : checkInteger('SeedGenerator', 'seed', seed, { min: 0 })
    this.#draws = new Generator(this.seed)
  }

  /** The next seed, a safe integer of at least 0. */
  next(): number {
    return this.#draws.seed()
  }
}

/** A stream of seeds. */
export type SeedGenerator = Seeds

/**
 * A stream of seeds: `random.normal(shape, 0, 1, null, generator)`. Each call that is given it takes its next seed, and draws anew in every
 * step, where an integer as seed gives the same numbers in every step. As `keras.random.SeedGenerator`.
 *
 * @param seed A safe integer of at least 0; `null`, the default, takes one that follows from `setSeed`.
 * @throws {RecurraError} for any other seed.
 */
export const SeedGenerator: CallableClass<[seed?: number | null], SeedGenerator> = callableClass(
  'SeedGenerator',
  Seeds,
)
