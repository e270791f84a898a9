// Prices of houses in 20,640 districts of California, by 8 features of each. The file is Keras's.

import { oneOf, option, readOptions, type TableFor } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { kerasFile } from './kerasFile.ts'
import type { Loaded } from './options.ts'
import { loadTable, type TableDataOptions, tableDataTable } from './tables.ts'

export interface CaliforniaHousingOptions extends TableDataOptions {
  /** `'large'`, the default: all districts; `'small'`: the first 600. */
  readonly version?: 'large' | 'small'
}

const californiaTable = {
  ...tableDataTable,
  version: option<'large' | 'small'>('large', oneOf(['large', 'small'])),
} as const satisfies TableFor<CaliforniaHousingOptions>

/** Districts of the small version. */
const SMALL = 600

/**
 * Loads rows of 8 features, and prices in dollars: `const [[xTrain, yTrain], [xTest, yTest]] = await californiaHousing.loadData()`.
 *
 * @returns Tensors [rows, 8] and [rows], those of Keras, in the same order.
 * @throws {RecurraError} if the file cannot be read; in a page, too, if Keras's server refuses it (CORS).
 * @see keras/src/datasets/california_housing.py
 */
export async function loadData(options?: CaliforniaHousingOptions | null): Promise<Loaded<Tensor, Tensor>> {
  const where = 'californiaHousing.loadData'
  const { version, ...read } = readOptions(where, californiaTable, options)
  const file = kerasFile(
    'california_housing.npz',
    '1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f',
  )
  return loadTable(where, file, read, version === 'small' ? SMALL : undefined)
}
