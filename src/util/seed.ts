// The seed behind every random draw that names no seed of its own: initial weights, shuffles, dropout.

import { checkInteger } from '../errors.ts'
import { Generator } from './generator.ts'
import { testHook } from './testHook.ts'

// A separate stream, because a layer whose seed equals that of setSeed must not draw the numbers that became seeds.
const SEED_STREAM = 0xffffffff

let seeds: Generator | undefined

/**
 * Fixes every random draw that follows: the same program then gives the same numbers, on the CPU and the GPU.
 * Without it, each run starts from a random seed.
 *
 * @param seed A safe integer of at least 0.
 * @throws {RecurraError} if `seed` is anything else.
 */
export function setSeed(seed: number): void {
  const given = checkInteger('setSeed', 'seed', seed, { min: 0 })
  seeds = new Generator(testHook()?.seed ?? given, SEED_STREAM)
}

/** The key of a layer's draws in a step: 32 bits of its seed, changed by each further call of the layer in the step. */
export const drawKey = (seed: number, repetition: number): number =>
  ((seed % 2 ** 32) + repetition * 0x9e3779b9) % 2 ** 32

/** Runs code whose seeds follow from a generator: it leaves those of others as they are, however late it runs. */
export function seededBy<T>(generator: Generator, run: () => T): T {
  const outer = seeds
  seeds = generator
  try {
    return run()
  } finally {
    // The code may have called setSeed.
    if (seeds === generator) seeds = outer
  }
}

/** The next seed, a safe integer of at least 0, for one {@link Generator} or one kernel's key. */
export function nextSeed(): number {
  seeds ??= new Generator(testHook()?.seed ?? Math.floor(Math.random() * 2 ** 53), SEED_STREAM)
  return seeds.seed()
}
