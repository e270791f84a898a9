// Dynamic loss scaling without a read-back: the loss's gradient is multiplied by a scale that lies on the device, so that
// small gradients do not vanish as halves; after the backward pass the scale follows what became of them.
//
// `scaling` is its state, of lossScaleState.ts.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { lossScale as lossScaleKernel, overflow as overflowKernel } from './kernels.gen.ts'
import { LEAST_SCALE, MOST_SCALE, OVERFLOWED } from './lossScaleState.ts'

const MOST_FLAGS = 64
const flagsOf = (size: number): number => Math.min(Math.ceil(size / 256), MOST_FLAGS)

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
  cpu({ flags, scaling, skipped }, { count, growthSteps }) {
    const [scale = 1, before = 0] = scaling
    const overflows = scaling[OVERFLOWED]! > 0 || flags.subarray(0, count).some((flag) => flag > 0)
    scaling[OVERFLOWED] = 0
    if (overflows) {
      scaling[0] = Math.max(scale / 2, LEAST_SCALE)
      scaling[1] = 0
      scaling[3] = 0
      skipped[0]! += 1
      return
    }
    const grows = before + 1 >= growthSteps
    scaling[0] = grows ? Math.min(2 * scale, MOST_SCALE) : scale
    scaling[1] = grows ? 0 : before + 1
    scaling[2]! += 1
    scaling[3] = 1 / scale
    skipped[0] = 0
  },
})
