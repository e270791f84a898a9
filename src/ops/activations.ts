// Elementwise activations by Keras's names, with their codes of shaders/lib/activation.wgsl. activationFunctions.ts is the CPU side
// of that file.

import { mapValues } from '../util/mapValues.ts'
import { activationCodes } from './codes.gen.ts'

/**
 * Codes under this one store the activation's result for the backward pass, because the slope can be computed from it; the
 * others store the argument.
 */
export const FROM_INPUT = 17

/** `swish`, `hard_swish` and `celu` are Keras's second names of three activations. */
const codes = {
  ...activationCodes,
  celu: activationCodes.elu,
  swish: activationCodes.silu,
  hard_swish: activationCodes.hard_silu,
} as const

/** An elementwise activation by Keras's name. */
export type ElementwiseActivation = keyof typeof codes

/** Keras's names and codes. */
export const activations = mapValues(codes, (code: number) => ({ code }))
