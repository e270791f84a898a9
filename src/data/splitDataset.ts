// A data set in two.

import { describeValue, fail } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { flag, readOptions, type TableFor } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import { Dataset, setOf } from './dataset.ts'
import { type Slice, type Slices, slicesOf } from './elements.ts'
import { seedOption, size, sizesOf } from './split.ts'

export interface SplitDatasetOptions {
  /** Samples on the left: a share or a count; `null`, the default: what `rightSize` leaves. */
  readonly leftSize?: number | null
  /** Samples on the right: a share or a count; `null`, the default: what `leftSize` leaves. */
  readonly rightSize?: number | null
  /** Whether samples are drawn, `false` by default. */
  readonly shuffle?: boolean
  /** Of the draws; `null`, the default, takes the next of `setSeed`. */
  readonly seed?: number | null
}

const splitOptions = {
  leftSize: size,
  rightSize: size,
  shuffle: flag(false),
  seed: seedOption,
} as const satisfies TableFor<SplitDatasetOptions>

/**
 * The samples of a data set, or of arrays as `Dataset.fromTensorSlices` takes them, in two data sets; those of batches are in batches
 * again. All of them are held in memory.
 *
 * @throws {RecurraError} without a size, or if a side has no samples.
 * @see keras/src/utils/dataset_utils.py
 */
export async function splitDataset<T>(
  dataset: Dataset<T>,
  options: SplitDatasetOptions,
): Promise<[left: Dataset<T>, right: Dataset<T>]>
export async function splitDataset<const Data extends Slices | readonly Slices[]>(
  dataset: Data,
  options: SplitDatasetOptions,
): Promise<[left: Dataset<Slice<Data>>, right: Dataset<Slice<Data>>]>
export async function splitDataset(
  dataset: unknown,
  options: SplitDatasetOptions,
): Promise<[left: Dataset<unknown>, right: Dataset<unknown>]> {
  const where = 'splitDataset'
  const { leftSize, rightSize, shuffle, seed } = readOptions(where, splitOptions, options)
  if (leftSize === null && rightSize === null)
    fail(where, { expected: 'leftSize or rightSize', got: 'neither' })
  const source = dataset instanceof Dataset ? dataset : setOf(slicesOf(dataset ?? failFor(dataset), where))
  const { batchSize } = source
  const all: readonly unknown[] = await (batchSize === null ? source : source.unbatch()).toArray()
  const order = shuffle ? [...new Generator(seed ?? nextSeed()).permutation(all.length)] : [...all.keys()]
  const [left, right] = sizesOf(all.length, { left: leftSize, right: rightSize }, where, [
    Math.round,
    Math.round,
  ])
  const of = (numbers: readonly number[]): Dataset<unknown> => {
    const part = setOf(numbers.map((i) => all[i]))
    return batchSize === null ? part : part.batch(batchSize)
  }
  return [of(order.slice(0, left)), of(order.slice(order.length - right))]
}

const failFor = (got: unknown): never =>
  fail('splitDataset', { expected: 'a data set, or arrays', got: describeValue(got) })
