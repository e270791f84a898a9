// Dynamic loss scaling without a read-back: the loss's gradient is multiplied by a scale that lies on the device, so that
// small gradients do not vanish as halves; after the backward pass the scale follows what became of them.
//
// `scaling` is its state, of lossScaleState.ts.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { lossScale as lossScaleKernel, overflow as overflowKernel } from './kernels.gen.ts'

const MOST_FLAGS = 64
const flagsOf = (size: number): number => Math.min(Math.ceil(size / 256), MOST_FLAGS)

/** flags: for each of some parts of x whether it holds an infinity or no number, 1 or 0. */
export const overflow = defineOp({
  kernel: overflowKernel,
  shape: ({ x }) => ({ flags: [flagsOf(sizeOf(x))] }),
  params: ({ x }, _attrs: object) => ({ size: sizeOf(x), count: flagsOf(sizeOf(x)) }),
  workgroups: ({ count }) => count,
})

/**
 * Halves the scale where a flag is set or halves overflowed, doubles it after `growthSteps` steps without; counts in `skipped`
 * [1] how many steps in a row have been skipped.
 */
export const lossScale = defineOp({
  kernel: lossScaleKernel,
  updates: ['scaling', 'skipped'],
  shape: () => ({}),
  params: ({ flags }, { growthSteps }: { readonly growthSteps: number }) => ({
    count: sizeOf(flags),
    growthSteps,
  }),
  workgroups: () => 1,
})
