// Tables of numbers with a target for each row, in an order that a seed draws.

import { takeRows } from '../data/numbers.ts'
import type { Config, TableFor } from '../util/options.ts'
import { type Tensor, toTensor } from '../util/tensor.ts'
import { checkSamples, numbersNamed, readArrays } from './arrays.ts'
import type { KerasFile } from './kerasFile.ts'
import {
  type DatasetOptions,
  datasetOptionTable,
  datasetSeed,
  type Loaded,
  ordersOf,
  testSplitOption,
} from './options.ts'

export interface TableDataOptions extends DatasetOptions {
  /** The share of rows to test on, the last of their order; `0.2` by default. */
  readonly testSplit?: number
  /** Of the order of rows, drawn as NumPy draws it; `113` by default, as in Keras. `null` takes the next of `setSeed`. */
  readonly seed?: number | null
}

export const tableDataTable = {
  ...datasetOptionTable,
  testSplit: testSplitOption,
  seed: datasetSeed,
} as const satisfies TableFor<TableDataOptions>

/** Loads a table of Keras's, or its first rows. */
export async function loadTable(
  where: string,
  file: KerasFile,
  { path, signal, onProgress, testSplit, seed }: Config<typeof tableDataTable>,
  most = Number.POSITIVE_INFINITY,
): Promise<Loaded<Tensor, Tensor>> {
  const arrays = await readArrays(where, file, { path, signal, onProgress })
  const x = numbersNamed(where, arrays, 'x')
  const y = numbersNamed(where, arrays, 'y')
  const [rows = 0] = x.shape
  checkSamples(where, rows, y)
  const count = Math.min(rows, most)
  const order = ordersOf(seed)(count)
  const trained = Math.trunc(count * (1 - testSplit))
  const [rowsOfX, rowsOfY] = [toTensor(x, where), toTensor(y, where)]
  const part = (indices: Uint32Array): readonly [Tensor, Tensor] => [
    takeRows(rowsOfX, indices),
    takeRows(rowsOfY, indices),
  ]
  return [part(order.subarray(0, trained)), part(order.subarray(trained))]
}
