// Operations that work element by element. Shapes broadcast by NumPy's rule: `[batch, steps, features]` and `[features]` →
// `[batch, steps, features]`. What is true is 1, what is false 0.

import type { Graph, Value } from '../graph/graph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { activationCodes } from '../ops/codes.gen.ts'
import { point } from '../ops/pointwise.ts'
import { ACTIVATIONS, type PointwiseName } from '../ops/pointwiseFunctions.ts'
import { broadcastOpen, defineOperation, type LoweredOperand, type Operand, single } from './operation.ts'

type Lowering = (graph: Graph, ...operands: readonly LoweredOperand[]) => Value
type Unary = (x: Operand) => SymbolicTensor
type Binary = (x1: Operand, x2: Operand) => SymbolicTensor

/** An operation of operands alone, whose result has the shape that they broadcast to. */
/* @__NO_SIDE_EFFECTS__ */
function elementwise(
  name: string,
  className: string,
  lower: Lowering,
  module = 'numpy',
): (...operands: readonly Operand[]) => SymbolicTensor {
  const apply = defineOperation<object>({
    className,
    module,
    outputShapes: (shapes) => [broadcastOpen(shapes, `ops.${name}`)],
    lower: (graph, operands) => [lower(graph, ...operands)],
  })
  return (...operands) => single(apply(`ops.${name}`, operands, {}))
}

const capitalized = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)

/* @__NO_SIDE_EFFECTS__ */
const pointwise = (name: PointwiseName, className = capitalized(name), module = 'numpy') =>
  elementwise(name, className, (graph, ...operands) => point(graph, name, ...operands), module)

/* @__NO_SIDE_EFFECTS__ */
const swapped = (name: string, inner: PointwiseName): Binary =>
  elementwise(name, capitalized(name), (graph, a = 0, b = 0) => point(graph, inner, b, a))

/* @__NO_SIDE_EFFECTS__ */
const activated = (name: string, className: string, code: number, module = 'nn'): Unary =>
  elementwise(name, className, (graph, x = 0) => point(graph, ACTIVATIONS + code, x), module)

/** A function of one operand with arguments. */
/* @__NO_SIDE_EFFECTS__ */
function parametric<Args extends object>(
  name: string,
  className: string,
  lower: (graph: Graph, x: LoweredOperand, args: Args) => Value,
): (x: Operand, args: Args) => SymbolicTensor {
  const apply = defineOperation<Args>({
    className,
    module: 'nn',
    outputShapes: (shapes) => shapes,
    lower: (graph, [x = 0], args) => [lower(graph, x, args)],
  })
  return (x, args) => single(apply(`ops.${name}`, [x], args))
}

/** x1 + x2. */
export const add: Binary = pointwise('add')
/** x1 − x2. */
export const subtract: Binary = pointwise('subtract')
/** x1 · x2, element by element. */
export const multiply: Binary = pointwise('multiply')
/** x1 / x2. */
export const divide: Binary = pointwise('divide')
/** x1 / x2. */
export const trueDivide: Binary = pointwise('divide', 'TrueDivide')
/** The largest integer that is at most x1 / x2. */
export const floorDivide: Binary = pointwise('floorDivide')
/** What remains of x1 / x2, with the sign of x2. */
export const mod: Binary = pointwise('mod')
/** x1 to the power of x2: NaN where x1 is negative and x2 no integer. */
export const power: Binary = elementwise('power', 'Power', (graph, x = 0, exponent = 0) =>
  // Squares and roots are exact, powers are not.
  exponent === 2
    ? point(graph, 'square', x)
    : exponent === 0.5
      ? point(graph, 'sqrt', x)
      : point(graph, 'power', x, exponent),
)
/** The larger of two; NaN where one is NaN. */
export const maximum: Binary = pointwise('maximum')
/** The smaller of two; NaN where one is NaN. */
export const minimum: Binary = pointwise('minimum')
/** The angle of the point (x2, x1), from −π to π. */
export const arctan2: Binary = pointwise('arctan2')
/** 1 where x1 = x2, else 0. */
export const equal: Binary = pointwise('equal')
/** 1 where x1 ≠ x2, else 0. */
export const notEqual: Binary = pointwise('notEqual')
/** 1 where x1 < x2, else 0. */
export const less: Binary = pointwise('less')
/** 1 where x1 ≤ x2, else 0. */
export const lessEqual: Binary = pointwise('lessEqual')
/** 1 where x1 > x2, else 0. */
export const greater: Binary = swapped('greater', 'less')
/** 1 where x1 ≥ x2, else 0. */
export const greaterEqual: Binary = swapped('greaterEqual', 'lessEqual')
/** 1 where neither is 0, else 0. */
export const logicalAnd: Binary = pointwise('logicalAnd')
/** 0 where both are 0, else 1. */
export const logicalOr: Binary = pointwise('logicalOr')
/** 1 where one of both is 0, else 0. */
export const logicalXor: Binary = pointwise('logicalXor')
/** x1 where the condition is not 0, else x2. */
export const where: (condition: Operand, x1: Operand, x2: Operand) => SymbolicTensor = pointwise('where')
/** x within bounds: at least xMin, at most xMax. */
export const clip: (x: Operand, xMin: Operand, xMax: Operand) => SymbolicTensor = elementwise(
  'clip',
  'Clip',
  (graph, x = 0, low = 0, high = 0) => point(graph, 'minimum', point(graph, 'maximum', x, low), high),
)

/** −x. */
export const negative: Unary = pointwise('negative')
/** |x|. */
export const absolute: Unary = pointwise('absolute')
/** |x|. */
export const abs: Unary = pointwise('absolute', 'Abs')
/** 1, 0 or −1 by the sign. */
export const sign: Unary = pointwise('sign')
/** The largest integer that is at most x. */
export const floor: Unary = pointwise('floor')
/** The smallest integer that is at least x. */
export const ceil: Unary = pointwise('ceil')
/** The nearest integer; of two that are as near, the even one. */
export const round: Unary = pointwise('round')
/** x without its fraction. */
export const trunc: Unary = pointwise('trunc')
/** 1 where x is 0, else 0. */
export const logicalNot: Unary = pointwise('logicalNot')
/** 1 where x is NaN, else 0. */
export const isnan: Unary = pointwise('isnan')
/** 1 where x is infinite, else 0. */
export const isinf: Unary = pointwise('isinf')
/** 1 where x is neither infinite nor NaN, else 0. */
export const isfinite: Unary = pointwise('isfinite')
/** x². */
export const square: Unary = pointwise('square')
/** 1 / x. */
export const reciprocal: Unary = pointwise('reciprocal')
/** √x; NaN below 0. */
export const sqrt: Unary = pointwise('sqrt')
/** 1 / √x. */
export const rsqrt: Unary = pointwise('rsqrt', 'Rsqrt', 'math')
/** eˣ. */
export const exp: Unary = pointwise('exp')
/** eˣ − 1, exact near 0. */
export const expm1: Unary = pointwise('expm1')
/** The natural logarithm; NaN below 0. */
export const log: Unary = pointwise('log')
/** ln(1 + x), exact near 0. */
export const log1p: Unary = pointwise('log1p')
/** The logarithm to base 2. */
export const log2: Unary = pointwise('log2')
/** The logarithm to base 10. */
export const log10: Unary = pointwise('log10')
/** The sine of an angle in radians, exact to about 10⁻⁷ where |x| is at most some thousands. */
export const sin: Unary = pointwise('sin')
/** The cosine of an angle in radians, as exact as {@link sin}. */
export const cos: Unary = pointwise('cos')
/** The tangent of an angle in radians. */
export const tan: Unary = pointwise('tan')
/** The angle whose sine is x, in radians. */
export const arcsin: Unary = pointwise('arcsin')
/** The angle whose cosine is x, in radians. */
export const arccos: Unary = pointwise('arccos')
/** The angle whose tangent is x, in radians. */
export const arctan: Unary = pointwise('arctan')
/** (eˣ − e⁻ˣ) / 2. */
export const sinh: Unary = pointwise('sinh')
/** (eˣ + e⁻ˣ) / 2. */
export const cosh: Unary = pointwise('cosh')
/** The inverse of {@link sinh}. */
export const arcsinh: Unary = pointwise('arcsinh')
/** The inverse of {@link cosh} from 0 on. */
export const arccosh: Unary = pointwise('arccosh')
/** The inverse of {@link tanh}. */
export const arctanh: Unary = pointwise('arctanh')
/** 2/√π times the integral of e^(−t²) from 0 to x. */
export const erf: Unary = pointwise('erf', 'Erf', 'math')

const codes = activationCodes
/** The hyperbolic tangent. */
export const tanh: Unary = activated('tanh', 'Tanh', codes.tanh, 'numpy')
/** max(x, 0). */
export const relu: Unary = activated('relu', 'Relu', codes.relu)
/** x between 0 and 6. */
export const relu6: Unary = activated('relu6', 'Relu6', codes.relu6)
/** 1 / (1 + e⁻ˣ). */
export const sigmoid: Unary = activated('sigmoid', 'Sigmoid', codes.sigmoid)
/** x/6 + ½ between 0 and 1. */
export const hardSigmoid: Unary = activated('hardSigmoid', 'HardSigmoid', codes.hard_sigmoid)
/** x between −1 and 1. */
export const hardTanh: Unary = activated('hardTanh', 'HardTanh', codes.hard_tanh)
/** ln(1 / (1 + e⁻ˣ)). */
export const logSigmoid: Unary = activated('logSigmoid', 'LogSigmoid', codes.log_sigmoid)
/** ln(1 + eˣ). */
export const softplus: Unary = activated('softplus', 'Softplus', codes.softplus)
/** x / (1 + |x|). */
export const softsign: Unary = activated('softsign', 'Softsign', codes.softsign)
/** x · sigmoid(x). */
export const silu: Unary = activated('silu', 'Silu', codes.silu)
/** x · sigmoid(x). */
export const swish: Unary = activated('swish', 'Silu', codes.silu)
/** x · hardSigmoid(x). */
export const hardSilu: Unary = activated('hardSilu', 'HardSilu', codes.hard_silu)
/** x · tanh(softplus(x)). */
export const mish: Unary = activated('mish', 'Mish', codes.mish)
/** x above 0, scaled and exponential below. */
export const selu: Unary = activated('selu', 'Selu', codes.selu)
/** x − tanh(x). */
export const tanhShrink: Unary = activated('tanhShrink', 'TanhShrink', codes.tanh_shrink)
/** (x + √(x² + 4)) / 2. */
export const squareplus: Unary = activated('squareplus', 'Squareplus', codes.squareplus)

const leaky = (graph: Graph, x: LoweredOperand, below: LoweredOperand): Value =>
  point(graph, 'where', point(graph, 'less', 0, x), x, below)

const leakyRelus = parametric<{ readonly negativeSlope: number }>(
  'leakyRelu',
  'LeakyRelu',
  (graph, x, { negativeSlope }) => leaky(graph, x, point(graph, 'multiply', x, negativeSlope)),
)

/** x, or `negativeSlope` times x where x is negative; 0.2 by default. */
export const leakyRelu = (x: Operand, negativeSlope = 0.2): SymbolicTensor => leakyRelus(x, { negativeSlope })

const elus = parametric<{ readonly alpha: number }>('elu', 'Elu', (graph, x, { alpha }) =>
  leaky(graph, x, point(graph, 'multiply', point(graph, 'expm1', point(graph, 'minimum', x, 0)), alpha)),
)

/** x, or alpha·(eˣ − 1) where x is negative; alpha is 1 by default. */
export const elu = (x: Operand, alpha = 1): SymbolicTensor => elus(x, { alpha })

const gelus = parametric<{ readonly approximate: boolean }>('gelu', 'Gelu', (graph, x, { approximate }) => {
  if (!approximate) return point(graph, ACTIVATIONS + codes.gelu, x)
  const cube = point(graph, 'multiply', point(graph, 'square', x), point(graph, 'multiply', x, 0.044715))
  const inner = point(graph, 'multiply', point(graph, 'add', x, cube), Math.sqrt(2 / Math.PI))
  const half = point(graph, 'multiply', x, 0.5)
  const gate = point(graph, 'add', point(graph, ACTIVATIONS + codes.tanh, inner), 1)
  return point(graph, 'multiply', half, gate)
})

/** x·Φ(x) of the normal distribution, as in Keras by its approximation with tanh unless `approximate` is false. */
export const gelu = (x: Operand, approximate = true): SymbolicTensor => gelus(x, { approximate })
