// totals += [mean(values)·rows, rows]: the running mean of a loss or metric over an epoch, kept on the device, exactly.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { accumulate as kernel } from './kernels.gen.ts'

export const accumulate = defineOp({
  kernel,
  updates: ['totals'],
  shape: () => ({}),
  params: ({ values }, { rows }: { readonly rows: number }) => ({ size: sizeOf(values), rows }),
  workgroups: () => 1,
})
