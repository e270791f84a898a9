// hits [...] = 1 where the prediction [..., C] meets the target: binary (a share of entries), categorical, or sparse.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { exceeds } from './exceeds.ts'
import { accuracy as kernel } from './kernels.gen.ts'

export const accuracyCodes = { binary: 0, categorical: 1, sparse: 2 } as const
export type AccuracyKind = keyof typeof accuracyCodes

function largestAt(values: Float32Array, first: number, columns: number): number {
  let best = 0
  for (let j = 1; j < columns; j++) if (exceeds(values[first + j]!, values[first + best]!)) best = j
  return best
}

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
  cpu({ predictions, targets, hits }, { size, columns, code, threshold }) {
    for (let i = 0; i < size; i++) {
      const first = i * columns
      if (code === accuracyCodes.binary) {
        let sum = 0
        for (let j = first; j < first + columns; j++)
          sum += Number(Number(predictions[j]! > threshold) === targets[j])
        hits[i] = sum / columns
      } else {
        const expected = code === accuracyCodes.sparse ? targets[i]! : largestAt(targets, first, columns)
        hits[i] = Number(largestAt(predictions, first, columns) === expected)
      }
    }
  },
})
