// What one of several updates in a step reads in place of the state of loss scaling: its own learning rate and count, which scalars of
// the step give (shaders/lib/step.wgsl).

import { defineOp } from '../graph/operation.ts'
import { updateGate as kernel } from './kernels.gen.ts'
import { GATE_SIZE } from './lossScaleState.ts'

/** The most updates in a step that have gates. */
export const MOST_GATES = 8

/** gate [6] of the update of a number, from 0, in the order of the step. Its gradients are multiplied by `factor`. */
export const updateGate = defineOp({
  kernel,
  dims: {},
  shape: (_inputs, _attrs: { readonly update: number; readonly factor: number }) => ({ gate: [GATE_SIZE] }),
  params: (_shapes, { update, factor }) => ({ size: GATE_SIZE, factor, UPDATE: update }),
  threads: ({ size }) => size,
})
