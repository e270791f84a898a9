// hits [...] = 1 where the prediction [..., C] meets the target: binary (a share of entries), categorical, or sparse.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { accuracyCodes } from './accuracyCodes.ts'
import { accuracy as kernel } from './kernels.gen.ts'

export type AccuracyKind = keyof typeof accuracyCodes

interface AccuracyAttributes {
  readonly kind: AccuracyKind
  readonly threshold?: number
}

export const accuracy = defineOp({
  kernel,
  dims: ({ kind }: AccuracyAttributes) => ({
    predictions: '...rows C',
    targets: kind === 'sparse' ? '...rows' : '...rows C',
  }),
  shape: ({ rows }) => ({ hits: rows }),
  params: ({ rows, C }, { kind, threshold = 0.5 }) => ({
    size: sizeOf(rows),
    columns: C,
    code: accuracyCodes[kind],
    threshold,
  }),
  threads: ({ size }) => size,
  flopsEach: ({ columns }) => 2 * LOAD_FLOPS * columns,
})
