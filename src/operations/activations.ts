// Activations, element by element. In Keras most are in `keras.ops.nn`.

import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { activationCodes } from '../ops/codes.gen.ts'
import { point } from '../ops/pointwise.ts'
import { ACTIVATIONS } from '../ops/pointwiseFunctions.ts'
import { broadcasting, capitalized, type Unary } from './broadcasting.ts'
import { add, expm1, less, minimum, multiply, sqrt, square, where } from './elementwise.ts'
import type { OnNumbers } from './onNumbers.ts'
import type { Operand } from './operation.ts'
import { operation } from './operationLayer.ts'

/* @__NO_SIDE_EFFECTS__ */
const activated = (name: string, code: number, module = 'nn'): OnNumbers<Unary> =>
  operation(
    module,
    capitalized(name),
    'x',
    broadcasting<Unary>(name, 1, (graph, x = 0) => point(graph, ACTIVATIONS + code, x)),
  )

const codes = activationCodes
/** The hyperbolic tangent. */
export const tanh: OnNumbers<Unary> = activated('tanh', codes.tanh, 'numpy')
/** max(x, 0). */
export const relu: OnNumbers<Unary> = activated('relu', codes.relu)
/** x between 0 and 6. */
export const relu6: OnNumbers<Unary> = activated('relu6', codes.relu6)
/** 1 / (1 + e⁻ˣ). */
export const sigmoid: OnNumbers<Unary> = activated('sigmoid', codes.sigmoid)
/** x/6 + ½ between 0 and 1. */
export const hardSigmoid: OnNumbers<Unary> = activated('hardSigmoid', codes.hard_sigmoid)
/** x between −1 and 1. */
export const hardTanh: OnNumbers<Unary> = activated('hardTanh', codes.hard_tanh)
/** ln(1 / (1 + e⁻ˣ)). */
export const logSigmoid: OnNumbers<Unary> = activated('logSigmoid', codes.log_sigmoid)
/** ln(1 + eˣ). */
export const softplus: OnNumbers<Unary> = activated('softplus', codes.softplus)
/** x / (1 + |x|). */
export const softsign: OnNumbers<Unary> = activated('softsign', codes.softsign)
/** x · sigmoid(x). */
export const silu: OnNumbers<Unary> = activated('silu', codes.silu)
/** x · sigmoid(x). */
export const swish: OnNumbers<Unary> = silu
/** x · hardSigmoid(x). */
export const hardSilu: OnNumbers<Unary> = activated('hardSilu', codes.hard_silu)
/** x · hardSigmoid(x). */
export const hardSwish: OnNumbers<Unary> = hardSilu
/** x · tanh(softplus(x)). */
export const mish: OnNumbers<Unary> = activated('mish', codes.mish)
/** x above 0, scaled and exponential below. */
export const selu: OnNumbers<Unary> = activated('selu', codes.selu)
/** x − tanh(x). */
export const tanhShrink: OnNumbers<Unary> = activated('tanhShrink', codes.tanh_shrink)
const plainSquareplus = broadcasting<Unary>('squareplus', 1, (graph, x = 0) =>
  point(graph, ACTIVATIONS + codes.squareplus, x),
)

/** (x + √(x² + b)) / 2, with b of 4 by default. */
export const squareplus = operation(
  'nn',
  'Squareplus',
  'x b=4',
  (x: Operand, b: Operand = 4): SymbolicTensor =>
    b === 4 ? plainSquareplus(x) : multiply(add(x, sqrt(add(square(x), b))), 0.5),
)

const leaky = (x: Operand, below: Operand): SymbolicTensor => where(less(0, x), x, below)

/** x, or `negativeSlope` times x where x is negative; 0.2 by default. */
export const leakyRelu = operation(
  'nn',
  'LeakyRelu',
  'x negativeSlope=0.2',
  (x: Operand, negativeSlope = 0.2): SymbolicTensor => leaky(x, multiply(x, negativeSlope)),
)

/** x, or alpha·(eˣ − 1) where x is negative; alpha is 1 by default. */
export const elu = operation(
  'nn',
  'Elu',
  'x alpha=1',
  (x: Operand, alpha = 1): SymbolicTensor => leaky(x, multiply(expm1(minimum(x, 0)), alpha)),
)

const exactGelu = broadcasting<Unary>('gelu', 1, (graph, x = 0) => point(graph, ACTIVATIONS + codes.gelu, x))

/** x·Φ(x) of the normal distribution, as in Keras by its approximation with tanh unless `approximate` is false. */
export const gelu = operation(
  'nn',
  'Gelu',
  'x approximate=true',
  (x: Operand, approximate = true): SymbolicTensor => {
    if (!approximate) return exactGelu(x)
    const inner = multiply(add(x, multiply(multiply(square(x), x), 0.044715)), Math.sqrt(2 / Math.PI))
    return multiply(multiply(x, 0.5), add(tanh(inner), 1))
  },
)
