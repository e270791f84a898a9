// The CPU side of accuracy.ts.

import { accuracyCodes } from './accuracyCodes.ts'
import { cpuSide } from './cpuSide.ts'
import { exceeds } from './exceeds.ts'
import type * as Kernels from './kernels.gen.ts'

function largestAt(values: Float32Array, first: number, columns: number): number {
  let best = 0
  for (let j = 1; j < columns; j++) if (exceeds(values[first + j]!, values[first + best]!)) best = j
  return best
}

export const accuracy = cpuSide<typeof Kernels.accuracy>({
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
