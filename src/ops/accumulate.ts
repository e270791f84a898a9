// totals [15·sums] += sums of a training step's values, exact over an epoch: the state of losses and metrics on the device.
//   values [...rows, columns] or [...rows], weights of the first axes of the rows
//   one sum a column: Σ weight·value; with `isMean` the mean of the values times `rows`, with `isSum` their sum times `rows`
//   with `countsWeights` one more sum: Σ weight, where a missing weight counts as 1
// The first training step of an epoch starts the sums from zero.

import { fail } from '../errors.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { checkWeights } from './checkWeights.ts'
import { accumulate as kernel } from './kernels.gen.ts'

export interface AccumulateAttributes {
  /** Samples of a training step, which the sums count. */
  readonly rows: number
  /** How many sums of values there are, each of a column of the last axis; by default one, of all values. */
  readonly columns?: number
  readonly isMean?: boolean
  readonly isSum?: boolean
  readonly countsWeights?: boolean
}

export const accumulate = defineOp({
  kernel,
  optional: ['weights'],
  updates: ['totals'],
  dims: ({ columns }: AccumulateAttributes) => ({
    values: columns === undefined ? '...rows' : '...rows columns',
    weights: '...',
    totals: '15N',
  }),
  shape({ rows, weights = [], N }, { columns = 1, countsWeights = false }) {
    checkWeights('accumulate', weights, rows)
    const expected = columns + Number(countsWeights)
    if (N !== expected) fail('accumulate', { expected: `totals of ${expected} sums`, got: `${N}` })
    return {}
  },
  params: ({ rows, weights }, { rows: samples, columns = 1, isMean, isSum, countsWeights = false }) => ({
    size: sizeOf(rows),
    columns,
    rows: samples,
    divisor: isMean ? sizeOf(rows) : Number(isSum ?? false),
    hasWeights: Number(weights !== undefined),
    group: weights === undefined ? 1 : sizeOf(rows) / sizeOf(weights),
    sums: columns + Number(countsWeights),
  }),
  workgroups: ({ sums }) => sums,
})
