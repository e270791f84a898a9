// totals += [mean(values)·rows, rows]: the running mean of a loss or metric over an epoch, kept on the device, exactly.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { addExactly } from './addExactly.ts'
import { accumulate as kernel } from './kernels.gen.ts'

const THREADS = 256
const sums = new Float32Array(THREADS)

export const accumulate = defineOp({
  kernel,
  updates: ['totals'],
  shape: () => ({}),
  params: ({ values }, { rows }: { readonly rows: number }) => ({ size: sizeOf(values), rows }),
  workgroups: () => 1,
  // The kernel's tree of additions, so that both backends give the same bits.
  cpu({ values, totals }, { size, rows }, { reset }) {
    if (reset) totals.fill(0)
    sums.fill(0)
    for (let i = 0; i < size; i++) sums[i % THREADS]! += values[i]!
    for (let half = THREADS / 2; half >= 1; half /= 2) {
      for (let i = 0; i < half; i++) sums[i]! += sums[i + half]!
    }
    addExactly(totals, Math.fround(sums[0]! / size) * rows, rows)
  },
})
