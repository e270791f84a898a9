// Elementwise activations: the CPU's half of shaders/lib/activation.wgsl, by the same codes.

import { activations } from './activations.ts'

interface ActivationFunction {
  apply(x: number): number
  /** The derivative, from the stored number. */
  slope(stored: number): number
}

const SELU_SCALE = 1.0507009873554805
const SELU_ALPHA = 1.6732632423543772

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const hardSigmoid = (x: number): number => Math.min(Math.max(x / 6 + 0.5, 0), 1)
const gate = (open: boolean): number => (open ? 1 : 0)

// Abramowitz and Stegun 7.1.26, absolute error under 1.5e-7: below f32's, and the same as the kernel's.
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.sign(x) * (1 - p * Math.exp(-x * x))
}

const linear: ActivationFunction = { apply: (x) => x, slope: () => 1 }

/** By code. */
export const activationFunctions: Readonly<Record<number, ActivationFunction>> = {
  [activations.linear.code]: linear,
  [activations.relu.code]: { apply: (x) => Math.max(x, 0), slope: (s) => gate(s > 0) },
  [activations.sigmoid.code]: { apply: sigmoid, slope: (s) => s * (1 - s) },
  [activations.tanh.code]: { apply: Math.tanh, slope: (s) => 1 - s * s },
  [activations.hard_sigmoid.code]: { apply: hardSigmoid, slope: (s) => gate(s > 0 && s < 1) / 6 },
  [activations.softplus.code]: { apply: softplus, slope: (s) => 1 - Math.exp(-s) },
  [activations.softsign.code]: { apply: (x) => x / (1 + Math.abs(x)), slope: (s) => (1 - Math.abs(s)) ** 2 },
  [activations.elu.code]: { apply: (x) => (x > 0 ? x : Math.expm1(x)), slope: (s) => (s > 0 ? 1 : s + 1) },
  [activations.selu.code]: {
    apply: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    slope: (s) => (s > 0 ? SELU_SCALE : s + SELU_SCALE * SELU_ALPHA),
  },
  [activations.exponential.code]: { apply: Math.exp, slope: (s) => s },
  [activations.leaky_relu.code]: { apply: (x) => (x > 0 ? x : 0.2 * x), slope: (s) => (s > 0 ? 1 : 0.2) },
  [activations.relu6.code]: { apply: (x) => Math.min(Math.max(x, 0), 6), slope: (s) => gate(s > 0 && s < 6) },
  [activations.hard_tanh.code]: {
    apply: (x) => Math.min(Math.max(x, -1), 1),
    slope: (s) => gate(s > -1 && s < 1),
  },
  [activations.log_sigmoid.code]: { apply: (x) => -softplus(-x), slope: (s) => -Math.expm1(s) },
  [activations.silu.code]: { apply: (x) => x * sigmoid(x), slope: siluSlope },
  [activations.gelu.code]: {
    apply: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
    slope: (x) => 0.5 * (1 + erf(x * Math.SQRT1_2)) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI),
  },
  [activations.mish.code]: { apply: (x) => x * Math.tanh(softplus(x)), slope: mishSlope },
  [activations.hard_silu.code]: { apply: (x) => x * hardSigmoid(x), slope: hardSiluSlope },
  [activations.tanh_shrink.code]: { apply: (x) => x - Math.tanh(x), slope: (x) => Math.tanh(x) ** 2 },
  [activations.soft_shrink.code]: {
    apply: (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0),
    slope: (x) => gate(Math.abs(x) > 0.5),
  },
  [activations.hard_shrink.code]: {
    apply: (x) => (Math.abs(x) > 0.5 ? x : 0),
    slope: (x) => gate(Math.abs(x) > 0.5),
  },
  [activations.squareplus.code]: {
    apply: (x) => 0.5 * (x + Math.sqrt(x * x + 4)),
    slope: (x) => 0.5 * (1 + x / Math.sqrt(x * x + 4)),
  },
}

/** The activation of a code; identity for one that does not exist. */
export const activationOf = (code: number): ActivationFunction => activationFunctions[code] ?? linear

function siluSlope(x: number): number {
  const g = sigmoid(x)
  return g * (1 + x * (1 - g))
}

function mishSlope(x: number): number {
  const t = Math.tanh(softplus(x))
  return t + x * sigmoid(x) * (1 - t * t)
}

function hardSiluSlope(x: number): number {
  return hardSigmoid(x) + (x > -3 && x < 3 ? x / 6 : 0)
}
