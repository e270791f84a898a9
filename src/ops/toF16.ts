// y = x as f16 (IEEE binary16), two to a word: the form in which products read their operands in mixed precision. Rounds to
// nearest, ties to even; beyond 65504 it gives infinity. `overflowed` is the state of a loss scale (lossScaleState.ts), whose fifth
// number is set where a result is infinite or NaN. Gradients alone would not show this overflow: the tanh of an infinite product
// is 1.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { toF16 as kernel } from './kernels.gen.ts'

export const toF16 = defineOp({
  kernel,
  dims: { x: '...S', overflowed: '_' },
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
