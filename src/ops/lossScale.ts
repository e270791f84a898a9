// Dynamic loss scaling without a read-back: the loss's gradient is multiplied by a scale that lies on the device, so that
// small gradients do not vanish as f16; after the backward pass the scale is halved if they overflowed, and grows if not.
//
// `scaling` is the state that lossScaleState.ts describes.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { lossScale as lossScaleKernel, overflow as overflowKernel } from './kernels.gen.ts'

const MOST_FLAGS = 64
const flagsOf = (size: number): number => Math.min(Math.ceil(size / 256), MOST_FLAGS)

/** flags: 1 for each part of x with an infinite number or NaN, else 0; a part is the share of one workgroup. */
export const overflow = defineOp({
  kernel: overflowKernel,
  dims: { x: '...S' },
  shape: ({ x }) => ({ flags: [flagsOf(sizeOf(x))] }),
  params: ({ x, flags }, _attrs: object) => ({ size: sizeOf(x), count: sizeOf(flags) }),
  workgroups: ({ count }) => count,
})

interface LossScaleAttributes {
  readonly growthSteps: number
  /** The number of the update in the step, `0` by default. */
  readonly update?: number
}

/**
 * Halves the scale where a flag is set or f16 values overflowed, doubles it after `growthSteps` training steps without overflow.
 * The first and the sixth word of `skipped` count the training steps that were skipped: those in a row, and all. Says the rate of the step's update,
 * which is that of `gate` where the step has several (updateGate.ts).
 */
export const lossScale = defineOp({
  kernel: lossScaleKernel,
  dims: { flags: '_', scaling: '_', skipped: '_', gate: '_' },
  optional: ['gate'],
  updates: ['scaling', 'skipped'],
  shape: () => ({}),
  params: ({ flags, gate }, { growthSteps, update = 0 }: LossScaleAttributes) => ({
    count: sizeOf(flags),
    growthSteps,
    UPDATE: update,
    GATED: Number(gate !== undefined),
  }),
  workgroups: () => 1,
})
