// totals [4·thresholds·15] += (true positives, false positives, true negatives, false negatives) for each threshold, weighted,
// over an epoch, exactly. predictions and targets [...rows, C], weights of the first axes of the rows.
// A prediction is positive above the threshold; a target unless it is 0.

import { fail } from '../errors.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { checkWeights } from './checkWeights.ts'
import { confusion as kernel } from './kernels.gen.ts'

/** The most thresholds that fit in the kernel's uniform buffer. */
export const MOST_THRESHOLDS = 512

export interface ConfusionAttributes {
  /** Samples of a training step, which the sums count. */
  readonly rows: number
  readonly thresholds: readonly number[]
  /** Only so many of a row's largest predictions can be positive; all by default. */
  readonly topK?: number | null
  /** Only entries of this class count; all by default. */
  readonly classId?: number | null
}

export const confusion = defineOp({
  kernel,
  optional: ['weights'],
  updates: ['totals'],
  dims: { predictions: '...rows C', targets: '...rows C', weights: '...', totals: '60N' },
  shape({ rows, weights = [], N }, { thresholds }: ConfusionAttributes) {
    checkWeights('confusion', weights, rows)
    if (N !== thresholds.length || N > MOST_THRESHOLDS) {
      const expected = `sums of at most ${MOST_THRESHOLDS} thresholds, ${thresholds.length} here`
      fail('confusion', { expected, got: `${N}` })
    }
    return {}
  },
  params: ({ rows, C, weights }, { rows: samples, thresholds, topK, classId }) => ({
    size: sizeOf(rows) * C,
    count: thresholds.length,
    rows: samples,
    hasWeights: Number(weights !== undefined),
    group: weights === undefined ? 1 : (sizeOf(rows) * C) / sizeOf(weights),
    classes: C,
    topK: topK ?? 0,
    classId: classId ?? -1,
    thresholds: Array.from({ length: MOST_THRESHOLDS }, (_, i) => thresholds[i] ?? 0),
  }),
  workgroups: ({ count }) => count,
})
