// Elementwise activations by Keras's names, with their codes in shaders/lib/activation.wgsl. activationFunctions.ts is the
// CPU side of that file.

/**
 * Codes under this one store the activation's result for the backward pass, because the slope can be computed from it; the
 * others store the argument.
 */
export const FROM_INPUT = 16

/** Keras's names and codes. `swish`, `hard_swish` and `celu` are Keras's second names of three activations. */
export const activations = {
  linear: { code: 0 },
  relu: { code: 1 },
  sigmoid: { code: 2 },
  tanh: { code: 3 },
  hard_sigmoid: { code: 4 },
  softplus: { code: 5 },
  softsign: { code: 6 },
  elu: { code: 7 },
  celu: { code: 7 },
  selu: { code: 8 },
  exponential: { code: 9 },
  leaky_relu: { code: 10 },
  relu6: { code: 11 },
  hard_tanh: { code: 12 },
  log_sigmoid: { code: 13 },
  silu: { code: 16 },
  swish: { code: 16 },
  gelu: { code: 17 },
  mish: { code: 18 },
  hard_silu: { code: 19 },
  hard_swish: { code: 19 },
  tanh_shrink: { code: 20 },
  soft_shrink: { code: 21 },
  hard_shrink: { code: 22 },
  squareplus: { code: 23 },
} as const satisfies Readonly<Record<string, { readonly code: number }>>

/** An elementwise activation by Keras's name. */
export type ElementwiseActivation = keyof typeof activations
