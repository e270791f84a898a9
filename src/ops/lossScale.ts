// Dynamic loss scaling without a read-back: the loss's gradient is multiplied by a scale that lies on the device, so that
// small gradients do not vanish as halves; after the backward pass the scale follows what became of them.
//
// scaling [4]: the scale, steps since it changed, updates made, and by what this step's gradients are multiplied in the
// update, 1 / scale; 0 where one of them overflowed, and the update does nothing.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { lossScale as lossScaleKernel, overflow as overflowKernel } from './kernels.gen.ts'

const MOST_FLAGS = 64
const flagsOf = (size: number): number => Math.min(Math.ceil(size / 256), MOST_FLAGS)
/** A scale of 0 would never grow again. */
const LEAST = 2 ** -126

/** flags: for each of some parts of x whether it holds an infinity or no number, 1 or 0. */
export const overflow = defineOp({
  kernel: overflowKernel,
  shape: ({ x }) => ({ flags: [flagsOf(sizeOf(x))] }),
  params: ({ x }, _attrs: object) => ({ size: sizeOf(x), count: flagsOf(sizeOf(x)) }),
  workgroups: ({ count }) => count,
  cpu({ x, flags }, { size }) {
    flags.fill(0)
    for (let i = 0; i < size; i++) if (!Number.isFinite(x[i])) flags[(i >> 6) % flags.length] = 1
  },
})

/** Halves the scale where a flag is set, doubles it after `growthSteps` steps without. */
export const lossScale = defineOp({
  kernel: lossScaleKernel,
  updates: ['scaling'],
  shape: () => ({}),
  params: ({ flags }, { growthSteps }: { readonly growthSteps: number }) => ({
    count: sizeOf(flags),
    growthSteps,
  }),
  workgroups: () => 1,
  cpu({ flags, scaling }, { count, growthSteps }) {
    const [scale = 1, before = 0] = scaling
    if (flags.subarray(0, count).some((flag) => flag > 0)) {
      scaling[0] = Math.max(scale / 2, LEAST)
      scaling[1] = 0
      scaling[3] = 0
      return
    }
    const grows = before + 1 >= growthSteps
    scaling[0] = grows ? 2 * scale : scale
    scaling[1] = grows ? 0 : before + 1
    scaling[2]! += 1
    scaling[3] = 1 / scale
  },
})
