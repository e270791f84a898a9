// totals [classes²·15] += weights of entries by target and prediction, over an epoch, exactly: a confusion matrix, of which each
// target is a row. predictions and targets [...rows] are class indices, weights of the first axes of the rows.

import { fail } from '../errors.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { checkWeights } from './checkWeights.ts'
import { classPairs as kernel } from './kernels.gen.ts'

export interface ClassPairsAttributes {
  /** Samples of a training step, which the sums count. */
  readonly rows: number
  readonly classes: number
  /** Entries with this target do not count; all do by default. */
  readonly ignored?: number | null | undefined
}

/** Pairs of a workgroup, a thread each. */
const PAIRS = 256

export const classPairs = defineOp({
  kernel,
  optional: ['weights'],
  updates: ['totals'],
  dims: { predictions: '...rows', targets: '...rows', weights: '...', totals: '15N' },
  shape({ rows, weights = [], N }, { classes }: ClassPairsAttributes) {
    checkWeights('classPairs', weights, rows)
    if (N !== classes ** 2)
      fail('classPairs', { expected: `totals of ${classes}² pairs of classes`, got: `${N}` })
    return {}
  },
  params: ({ rows, weights }, { rows: samples, classes, ignored }) => ({
    size: sizeOf(rows),
    classes,
    rows: samples,
    hasWeights: Number(weights !== undefined),
    group: weights === undefined ? 1 : sizeOf(rows) / sizeOf(weights),
    // A target that is no class is ignored anyway.
    ignored: ignored ?? -1,
  }),
  workgroups: ({ classes }) => Math.ceil(classes ** 2 / PAIRS),
  flopsEach: ({ size }) => size * PAIRS,
})
