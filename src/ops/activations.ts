// Elementwise activations: the CPU's half of shaders/lib/activation.wgsl, by the same codes.
//
// What a backward pass needs is one number: the activation's result where its slope can be told from that (codes
// under FROM_INPUT), its argument otherwise.

interface ActivationFunction {
  readonly code: number
  apply(x: number): number
  /** The derivative, from the stored number. */
  slope(stored: number): number
}

export const FROM_INPUT = 16
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

/** Keras's names and codes. `swish`, `hard_swish` and `celu` are other names of Keras for three of them. */
export const activations = {
  linear: { code: 0, apply: (x) => x, slope: () => 1 },
  relu: { code: 1, apply: (x) => Math.max(x, 0), slope: (s) => gate(s > 0) },
  sigmoid: { code: 2, apply: sigmoid, slope: (s) => s * (1 - s) },
  tanh: { code: 3, apply: Math.tanh, slope: (s) => 1 - s * s },
  hard_sigmoid: { code: 4, apply: hardSigmoid, slope: (s) => gate(s > 0 && s < 1) / 6 },
  softplus: { code: 5, apply: softplus, slope: (s) => 1 - Math.exp(-s) },
  softsign: { code: 6, apply: (x) => x / (1 + Math.abs(x)), slope: (s) => (1 - Math.abs(s)) ** 2 },
  elu: { code: 7, apply: (x) => (x > 0 ? x : Math.expm1(x)), slope: (s) => (s > 0 ? 1 : s + 1) },
  celu: { code: 7, apply: (x) => (x > 0 ? x : Math.expm1(x)), slope: (s) => (s > 0 ? 1 : s + 1) },
  selu: {
    code: 8,
    apply: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    slope: (s) => (s > 0 ? SELU_SCALE : s + SELU_SCALE * SELU_ALPHA),
  },
  exponential: { code: 9, apply: Math.exp, slope: (s) => s },
  leaky_relu: { code: 10, apply: (x) => (x > 0 ? x : 0.2 * x), slope: (s) => (s > 0 ? 1 : 0.2) },
  relu6: { code: 11, apply: (x) => Math.min(Math.max(x, 0), 6), slope: (s) => gate(s > 0 && s < 6) },
  hard_tanh: { code: 12, apply: (x) => Math.min(Math.max(x, -1), 1), slope: (s) => gate(s > -1 && s < 1) },
  log_sigmoid: { code: 13, apply: (x) => -softplus(-x), slope: (s) => -Math.expm1(s) },
  silu: { code: 16, apply: (x) => x * sigmoid(x), slope: siluSlope },
  swish: { code: 16, apply: (x) => x * sigmoid(x), slope: siluSlope },
  gelu: {
    code: 17,
    apply: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
    slope: (x) => 0.5 * (1 + erf(x * Math.SQRT1_2)) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI),
  },
  mish: { code: 18, apply: (x) => x * Math.tanh(softplus(x)), slope: mishSlope },
  hard_silu: { code: 19, apply: (x) => x * hardSigmoid(x), slope: hardSiluSlope },
  hard_swish: { code: 19, apply: (x) => x * hardSigmoid(x), slope: hardSiluSlope },
  tanh_shrink: { code: 20, apply: (x) => x - Math.tanh(x), slope: (x) => Math.tanh(x) ** 2 },
  soft_shrink: {
    code: 21,
    apply: (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0),
    slope: (x) => gate(Math.abs(x) > 0.5),
  },
  hard_shrink: { code: 22, apply: (x) => (Math.abs(x) > 0.5 ? x : 0), slope: (x) => gate(Math.abs(x) > 0.5) },
  squareplus: {
    code: 23,
    apply: (x) => 0.5 * (x + Math.sqrt(x * x + 4)),
    slope: (x) => 0.5 * (1 + x / Math.sqrt(x * x + 4)),
  },
} as const satisfies Readonly<Record<string, ActivationFunction>>

/** An elementwise activation by Keras's name. */
export type ElementwiseActivation = keyof typeof activations

const byCode: ActivationFunction[] = []
for (const activation of Object.values(activations)) byCode[activation.code] ??= activation

/** The activation of a code; identity for one that does not exist. */
export const activationOf = (code: number): ActivationFunction => byCode[code] ?? activations.linear

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
