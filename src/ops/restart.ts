// y = state, or start in the first training step of an epoch.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { restart as kernel } from './kernels.gen.ts'

export const restart = defineOp({
  kernel,
  dims: { state: '...S', start: '...S' },
  shape: ({ S }) => ({ y: S }),
  params: ({ S }, _attrs: object) => ({ size: sizeOf(S) }),
  threads: ({ size }) => size,
})
