// Prices of houses in 506 towns near Boston, by 13 features of each. The file is Keras's.

import { readOptions } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { kerasFile } from './kerasFile.ts'
import type { Loaded } from './options.ts'
import { loadTable, type TableDataOptions, tableDataTable } from './tables.ts'

/**
 * Loads rows of 13 features, and prices in thousands of dollars: `const [[xTrain, yTrain], [xTest, yTest]] = await bostonHousing.loadData()`.
 * One of the features counts people by their colour; for new work Keras advises californiaHousing.
 *
 * @returns Tensors [rows, 13] and [rows], those of Keras, in the same order.
 * @throws {RecurraError} if the file cannot be read; in a page, too, if Keras's server refuses it (CORS).
 * @see keras/src/datasets/boston_housing.py
 */
export async function loadData(options?: TableDataOptions | null): Promise<Loaded<Tensor, Tensor>> {
  const where = 'bostonHousing.loadData'
  const file = kerasFile(
    'boston_housing.npz',
    'f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5',
  )
  return loadTable(where, file, readOptions(where, tableDataTable, options))
}
