// hits [...] = 1 where the prediction [..., C] meets the target: binary (a share of entries), categorical, or sparse.

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { lastOf, rowsOf } from '../util/shape.ts'
import { exceeds } from './exceeds.ts'
import { accuracy as kernel } from './kernels.gen.ts'

export const accuracyCodes = { binary: 0, categorical: 1, sparse: 2 } as const
export type AccuracyKind = keyof typeof accuracyCodes

function largestAt(values: Float32Array, first: number, columns: number): number {
  let best = 0
  for (let j = 1; j < columns; j++) if (exceeds(values[first + j]!, values[first + best]!)) best = j
  return best
}

export const accuracy = defineOp({
  kernel,
  shape: ({ predictions }) => ({ hits: predictions.slice(0, -1) }),
  params: (
    { predictions },
    { kind, threshold = 0.5 }: { readonly kind: AccuracyKind; readonly threshold?: number },
  ) => ({
    size: rowsOf(predictions),
    columns: lastOf(predictions),
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
