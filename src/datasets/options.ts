// Options that loaders of data sets share.

import { checkFinite, checkInteger, describeValue, fail } from '../errors.ts'
import { readOptionTable } from '../formats/readOptions.ts'
import type { ReadOptions, Source } from '../models/saving.ts'
import { nullable, option, orNull, type TableFor } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import { randomState } from './randomState.ts'

export interface DatasetOptions extends ReadOptions {
  /**
   * Where the file is, in place of the address that Keras loads it from: a URL, a path in Node, bytes, a Blob, or another source of
   * `loadModel`. `null`, the default, and Keras's name of the file, such as `'imdb.npz'`: from that address, once. In Node the file stays
   * in `~/.keras/datasets`, where Keras keeps it too, if `recurra/node` is imported; in a page in its Cache API.
   */
  readonly path?: Source | null
}

/** @internal */
export const datasetOptionTable = {
  path: nullable<Source>((where, name, value) => {
    if ((typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null))
      return value as Source
    return fail(where, {
      expected: `${name} to be a URL, a path, bytes or a Blob`,
      got: describeValue(value),
    })
  }),
  ...readOptionTable,
} as const satisfies TableFor<DatasetOptions>

/** The most that NumPy's generator takes. */
const LAST_SEED = 2 ** 32 - 1

/** Of the order of samples, as NumPy draws it; Keras's default is 113. `null` takes the next of `setSeed`. */
export const datasetSeed = option(
  113,
  orNull((where, name, value) => checkInteger(where, name, value, { min: 0, max: LAST_SEED })),
)

/** Draws orders of samples. */
export const ordersOf = (seed: number | null): ((count: number) => Uint32Array) =>
  randomState((seed ?? nextSeed()) >>> 0)

/** The share of samples to test on. */
export const testSplitOption = option(0.2, (where, name, value) => {
  const share = checkFinite(where, name, value, { min: 0 })
  return share < 1 ? share : fail(where, { expected: `${name} to be below 1`, got: `${share}` })
})

/** What is loaded: samples and their targets, to train on and to test on. */
export type Loaded<X, Y> = readonly [train: readonly [x: X, y: Y], test: readonly [x: X, y: Y]]
