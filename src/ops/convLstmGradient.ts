// The ConvLSTM recurrence backwards: at each step dh is what the windows that see a position give back of dz, then
// through the cell as in lstmGradient.ts. dz overwrites the stored gates.

import { inTiles, launchesOf } from '../graph/launch.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { chunksOf } from './convolutionGeometry.ts'
import {
  convRecurrentKernelGradientTiled,
  lstmStepGradient as kernel,
  convRecurrentKernelGradient as kernelGradientKernel,
} from './kernels.gen.ts'
import { GATES, type LstmAttributes } from './lstmAttributes.ts'
import { spaceParams } from './recurrentConvolution.ts'
import { dropoutParams } from './recurrentDropout.ts'
import { stepLaunches } from './recurrentLaunches.ts'
import { backwards, stepsOf } from './recurrentSchedule.ts'

export const convLstmGradient = defineOp({
  kernel,
  factors: ['recurrentKernel'],
  optional: ['c0', 'dh', 'dcLast'],
  discardable: ['dh0'],
  inPlace: { gates: 'stored' },
  shape({ stored, recurrentKernel }, _attrs: LstmAttributes & { readonly lastOnly: boolean }) {
    const [batch = 1, , height = 1, width = 1] = stored
    const state = [batch, height, width, recurrentKernel[2] ?? 1]
    return { gates: stored, dh0: state, dc0: state }
  },
  params: ({ stored, recurrentKernel, c0, dh, dcLast, dh0 }, attrs) => ({
    ...spaceParams(stored, recurrentKernel),
    reverse: Number(attrs.reverse),
    hasState: Number(c0 !== undefined),
    ACTIVATION: attrs.activation,
    RECURRENT_ACTIVATION: attrs.recurrentActivation,
    dhKind: dh === undefined ? 0 : attrs.lastOnly ? 2 : 1,
    hasDcLast: Number(dcLast !== undefined),
    keepDh0: Number(dh0 !== undefined),
    // The gradient of the cell state travels through it from launch to launch.
    keepDc0: 1,
    step: 0,
    until: stored[1] ?? 1,
    ...dropoutParams(attrs.recurrentDropout),
  }),
  launches(params, device) {
    const steps = backwards(stepsOf(params.time), params.time, params.keepDh0 === 1)
    return stepLaunches(kernel, GATES, params, steps, device)
  },
  flops: ({ batch, time, units, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 }) =>
    8 * batch * time * units * units * KERNEL_HEIGHT * KERNEL_WIDTH,
})

interface KernelGradientAttributes {
  readonly reverse: boolean
  readonly recurrentDropout?: LstmAttributes['recurrentDropout']
  /** The recurrent kernel's shape. */
  readonly window: Shape
}

const kernelChunks = ([batch = 1, time = 1, height = 1, width = 1]: Shape, window: Shape): number =>
  chunksOf(batch * time * height * width, sizeOf(window))

/** dR in parts [chunks, KH·KW·F, 4F] that are still to be summed: the state before a step that windows see, times dz. */
export const convRecurrentKernelGradient = defineOp({
  kernel: kernelGradientKernel,
  factors: ['h', 'dz'],
  optional: ['h0'],
  strategies(_inputs, { recurrentDropout }: KernelGradientAttributes, { isSoftware }) {
    // With dropout the state before is another one for each gate.
    if (recurrentDropout && recurrentDropout.rate > 0) return ['registers']
    return isSoftware ? ['registers', 'tile32'] : ['tile32', 'registers']
  },
  shape({ h }, { window }) {
    const [kernelHeight = 1, kernelWidth = 1, filters = 1, wide = 1] = window
    return { parts: [kernelChunks(h, window), kernelHeight * kernelWidth * filters, wide] }
  },
  params({ h, h0, dz }, { reverse, window, recurrentDropout }) {
    const space = spaceParams(dz, window)
    const chunks = kernelChunks(h, window)
    return {
      ...space,
      reverse: Number(reverse),
      hasState: Number(h0 !== undefined),
      chunks,
      start: 0,
      until: Math.ceil((space.batch * space.time) / chunks),
      ...dropoutParams(recurrentDropout),
    }
  },
  launches(params, device, strategy) {
    const { units, chunks, until, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 } = params
    const work = inTiles(4 * units, KERNEL_HEIGHT * KERNEL_WIDTH * units, chunks, until, [32, 32])
    return strategy === 'tile32'
      ? launchesOf(convRecurrentKernelGradientTiled, params, work, device, { SIDE: 8 })
      : launchesOf(kernelGradientKernel, params, work, device)
  },
  flops: ({ batch, time, units, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 }) =>
    8 * batch * time * units * units * KERNEL_HEIGHT * KERNEL_WIDTH,
})
