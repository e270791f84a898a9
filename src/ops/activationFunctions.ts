// Elementwise activations: the CPU side of shaders/lib/activation.wgsl, with the same codes.

import { activations } from './activations.ts'
import { SELU_ALPHA, SELU_SCALE } from './selu.ts'

interface ActivationFunction {
  apply(x: number): number
  /** The derivative, from the stored number. */
  slope(stored: number): number
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const hardSigmoid = (x: number): number => Math.min(Math.max(x / 6 + 0.5, 0), 1)
/** 1 or 0 by a comparison of s; NaN is neither. */
const gate = (open: boolean, s: number): number => (Number.isNaN(s) ? s : open ? 1 : 0)

// Φ of the normal distribution, erfc(−x / √2) / 2, by Numerical Recipes' erfcc as in the kernel: relative error within 1.2e-7.
function gaussian(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2
  const t = 1 / (1 + 0.5 * z)
  const high = (((0.17087277 * t - 0.82215223) * t + 1.48851587) * t - 1.13520398) * t + 0.27886807
  const p = ((((high * t - 0.18628806) * t + 0.09678418) * t + 0.37409196) * t + 1.00002368) * t - 1.26551223
  const tail = 0.5 * t * Math.exp(p - z * z)
  return x < 0 ? tail : 1 - tail
}

const linear: ActivationFunction = { apply: (x) => x, slope: (s) => gate(true, s) }

/** Activations by code. */
export const activationFunctions: Readonly<Record<number, ActivationFunction>> = {
  [activations.linear.code]: linear,
  [activations.relu.code]: { apply: (x) => Math.max(x, 0), slope: (s) => gate(s > 0, s) },
  [activations.sigmoid.code]: { apply: sigmoid, slope: (s) => s * (1 - s) },
  [activations.tanh.code]: { apply: Math.tanh, slope: (s) => 1 - s * s },
  [activations.hard_sigmoid.code]: { apply: hardSigmoid, slope: (s) => gate(s > 0 && s < 1, s) / 6 },
  [activations.softplus.code]: { apply: softplus, slope: (s) => -Math.expm1(-s) },
  [activations.softsign.code]: { apply: (x) => x / (1 + Math.abs(x)), slope: (s) => (1 - Math.abs(s)) ** 2 },
  [activations.elu.code]: { apply: (x) => (x > 0 ? x : Math.expm1(x)), slope: (s) => (s > 0 ? 1 : s + 1) },
  [activations.selu.code]: {
    apply: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    slope: (s) => (s > 0 ? SELU_SCALE : s + SELU_SCALE * SELU_ALPHA),
  },
  [activations.exponential.code]: { apply: Math.exp, slope: (s) => s },
  [activations.leaky_relu.code]: {
    apply: (x) => (x > 0 ? x : 0.2 * x),
    slope: (s) => (s > 0 ? 1 : 0.2 * gate(true, s)),
  },
  [activations.relu6.code]: {
    apply: (x) => Math.min(Math.max(x, 0), 6),
    slope: (s) => gate(s > 0 && s < 6, s),
  },
  [activations.hard_tanh.code]: {
    apply: (x) => Math.min(Math.max(x, -1), 1),
    slope: (s) => gate(s > -1 && s < 1, s),
  },
  [activations.log_sigmoid.code]: { apply: (x) => -softplus(-x), slope: (s) => -Math.expm1(s) },
  [activations.sparse_plus.code]: { apply: sparsePlus, slope: (s) => Math.min(Math.sqrt(s), 1) },
  [activations.sparse_sigmoid.code]: {
    apply: (x) => Math.min(Math.max(0.5 * x + 0.5, 0), 1),
    slope: (s) => gate(s > 0 && s < 1, s) / 2,
  },
  // Keras 2 and TensorFlow.js mean this by hard_sigmoid.
  [activations.keras2_hard_sigmoid.code]: {
    apply: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
    slope: (s) => gate(s > 0 && s < 1, s) / 5,
  },
  [activations.silu.code]: { apply: (x) => x * sigmoid(x), slope: siluSlope },
  [activations.gelu.code]: {
    apply: (x) => x * gaussian(x),
    slope: (x) => gaussian(x) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI),
  },
  [activations.mish.code]: { apply: (x) => x * Math.tanh(softplus(x)), slope: mishSlope },
  [activations.hard_silu.code]: { apply: (x) => x * hardSigmoid(x), slope: hardSiluSlope },
  [activations.tanh_shrink.code]: { apply: (x) => x - Math.tanh(x), slope: (x) => Math.tanh(x) ** 2 },
  [activations.soft_shrink.code]: {
    apply: (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0),
    slope: (x) => gate(Math.abs(x) > 0.5, x),
  },
  [activations.hard_shrink.code]: {
    apply: (x) => (Math.abs(x) <= 0.5 ? 0 : x),
    slope: (x) => gate(Math.abs(x) > 0.5, x),
  },
  [activations.squareplus.code]: {
    apply: (x) => (x < 0 ? 2 / (Math.hypot(x, 2) - x) : 0.5 * (x + Math.hypot(x, 2))),
    slope: (x) => 0.5 * (1 + x / Math.hypot(x, 2)),
  },
}

/** The activation of a code; the identity for an unknown code. */
export const activationOf = (code: number): ActivationFunction => activationFunctions[code] ?? linear

function sparsePlus(x: number): number {
  const z = Math.max(x + 1, 0)
  return x >= 1 ? x : (z * z) / 4
}

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
