// y = x as f16 (IEEE binary16), two to a word: how products read their operands in mixed precision. Rounds to nearest, ties
// to even; beyond 65504 it gives infinity. Where a half is infinite or NaN and `overflowed` is given, the words of a loss
// scale's state (lossScale.ts), its fifth says so: products of such halves need not be infinite, a tanh behind them is 1.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { toHalf as kernel } from './kernels.gen.ts'

export const toHalf = defineOp({
  kernel,
  f16Outputs: ['y'],
  optional: ['overflowed'],
  updates: ['overflowed'],
  shape: ({ x }) => ({ y: x }),
  params: ({ x, overflowed }, _attrs: object) => ({
    size: sizeOf(x),
    reports: Number(overflowed !== undefined),
  }),
  threads: ({ size }) => Math.ceil(size / 4),
})
