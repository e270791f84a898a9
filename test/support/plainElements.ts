// Elements of data sets as plain arrays.

import type { Dataset } from '../../src/data/index.ts'
import type { Tensor } from '../../src/index.ts'

/** Elements with tensors as plain arrays. */
export const plainElements = async (dataset: Pick<Dataset<unknown>, 'toArray'>): Promise<unknown[]> =>
  (await dataset.toArray()).map(bare)
const bare = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(bare) : hasValues(value) ? value.toArray() : value
const hasValues = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'toArray' in value && 'shape' in value
