// totals [4·thresholds·labels·15] += (true positives, false positives, true negatives, false negatives) for each threshold and
// label, weighted, over an epoch, exactly. predictions and targets [...rows, C], weights of the first axes of the rows or of all.
// A prediction is positive above the threshold; a target unless it is 0.

import { fail } from '../errors.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { checkWeights } from './checkWeights.ts'
import { confusion as kernel } from './kernels.gen.ts'

export interface ConfusionAttributes {
  /** Samples of a training step, which the sums count. */
  readonly rows: number
  /** Only so many of a row's largest predictions can be positive; all by default. */
  readonly topK?: number | null
  /** Only entries of this class count; all by default. */
  readonly classId?: number | null
  /** How many labels are counted by themselves, each an entry of a row; by default one, of all entries. */
  readonly labels?: number
  /** For thresholds that lie evenly from 0 to 1 how many intervals they make; 0, the default, where they lie as they like. */
  readonly intervals?: number
  /** Whether the first of such thresholds counts as below 0. */
  readonly isWide?: boolean
}

export const confusion = defineOp({
  kernel,
  optional: ['weights'],
  updates: ['totals'],
  dims: { predictions: '...rows C', targets: '...rows C', weights: '...', thresholds: 'N', totals: '60M' },
  shape({ rows, C, weights = [], N, M }, { labels = 1 }: ConfusionAttributes) {
    checkWeights('confusion', weights, [...rows, C])
    if (M !== N * labels || (labels !== 1 && labels !== C))
      fail('confusion', { expected: `sums of ${N} thresholds and ${labels} of ${C} labels`, got: `${M}` })
    return {}
  },
  params: (
    { rows, C, weights, N },
    { rows: samples, topK, classId, labels = 1, intervals = 0, isWide = false },
  ) => ({
    size: sizeOf(rows) * C,
    count: N * labels,
    labels,
    rows: samples,
    hasWeights: Number(weights !== undefined),
    group: weights === undefined ? 1 : (sizeOf(rows) * C) / sizeOf(weights),
    classes: C,
    topK: topK ?? 0,
    classId: classId ?? -1,
    intervals,
    isWide: Number(isWide),
  }),
  workgroups: ({ count }) => count,
})
