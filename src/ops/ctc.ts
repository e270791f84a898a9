// Connectionist temporal classification, the loss of labels whose places in time are not known (Graves et al. 2006).

import { LOAD_FLOPS } from '../graph/launch.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { ctcGradient as gradientKernel, ctc as kernel } from './kernels.gen.ts'

export interface CtcAttributes {
  /** The class that stands between labels. */
  readonly blank: number
}

const paramsOf = (B: number, T: number, C: number, L: number, { blank }: CtcAttributes) => ({
  time: T,
  classes: C,
  most: L,
  states: 2 * L + 1,
  blank,
  batch: B,
})

const ctcGradient = defineOp({
  kernel: gradientKernel,
  dims: { x: 'B T C', labels: 'B L', labelLengths: 'B', lengths: 'B', alpha: 'B T S', dloss: 'B' },
  shape: ({ x, B, S }, _attrs: CtcAttributes) => ({ dx: x, beta: [B, 2, S] }),
  params: ({ B, T, C, L }, attrs) => paramsOf(B, T, C, L, attrs),
  workgroups: ({ batch }) => batch,
  flopsEach: ({ time, classes, states }) => (LOAD_FLOPS * time * states * (classes + 64)) / 64,
})

/**
 * The loss of each sample, from logarithms x [batch, time, classes] of probabilities and labels [batch, labels], of which as many
 * count as the lengths say; alpha is what the gradient needs of the way forward.
 */
export const ctc = defineOp({
  kernel,
  dims: { x: 'B T C', labels: 'B L', labelLengths: 'B', lengths: 'B' },
  shape: ({ B, T, L }, _attrs: CtcAttributes) => ({ loss: [B], alpha: [B, T, 2 * L + 1] }),
  params: ({ B, T, C, L }, attrs) => paramsOf(B, T, C, L, attrs),
  workgroups: ({ batch }) => batch,
  flopsEach: ({ time, states }) => (4 * LOAD_FLOPS * time * (states + 64)) / 64,
  gradient({ graph, inputs, outputs: { alpha }, attrs }, { loss: dloss }): Gradients<'x'> {
    return dloss === undefined ? {} : { x: ctcGradient(graph, { ...inputs, alpha, dloss }, attrs).dx }
  },
})

export { ctcGradient }
