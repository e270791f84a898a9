// Operations that work element by element. Shapes broadcast by NumPy's rule: `[batch, steps, features]` and `[features]` →
// `[batch, steps, features]`. What is true is 1, what is false 0.

import { checkInteger } from '../errors.ts'
import { asFloat } from '../layers/own/operand.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { idMask } from '../ops/ids.ts'
import { point } from '../ops/pointwise.ts'
import type { PointwiseName } from '../ops/pointwiseFunctions.ts'
import { type Binary, broadcasting, capitalized, type Lowering, type Unary } from './broadcasting.ts'
import type { OnNumbers } from './onNumbers.ts'
import type { Operand } from './operation.ts'
import { operation } from './operationLayer.ts'

type Where = (condition: Operand, x1: Operand, x2: Operand) => SymbolicTensor
type Clip = (x: Operand, xMin: Operand, xMax: Operand) => SymbolicTensor

/* @__NO_SIDE_EFFECTS__ */
const pointed =
  (name: PointwiseName): Lowering =>
  (graph, ...operands) =>
    point(graph, name, ...operands)

/* @__NO_SIDE_EFFECTS__ */
const unary = (name: PointwiseName, className = capitalized(name), module = 'numpy'): OnNumbers<Unary> =>
  operation(module, className, 'x', broadcasting<Unary>(name, 1, pointed(name)))

/* @__NO_SIDE_EFFECTS__ */
const binary = (name: PointwiseName, className = capitalized(name)): OnNumbers<Binary> =>
  operation('numpy', className, 'x1 x2', broadcasting<Binary>(name, 2, pointed(name)))

/** A comparison, or whatever is 1 or 0. */
/* @__NO_SIDE_EFFECTS__ */
const predicate = (name: string, lower: Lowering): OnNumbers<Binary> =>
  operation('numpy', capitalized(name), 'x1 x2', broadcasting<Binary>(name, 2, lower), { dtype: 'bool' })

/* @__NO_SIDE_EFFECTS__ */
const test = (name: PointwiseName): OnNumbers<Unary> =>
  operation('numpy', capitalized(name), 'x', broadcasting<Unary>(name, 1, pointed(name)), { dtype: 'bool' })

/** x1 + x2. */
export const add: OnNumbers<Binary> = binary('add')
/** x1 − x2. */
export const subtract: OnNumbers<Binary> = binary('subtract')
/** x1 · x2, element by element. */
export const multiply: OnNumbers<Binary> = binary('multiply')
/** x1 / x2. */
export const divide: OnNumbers<Binary> = binary('divide')
/** x1 / x2. */
export const trueDivide: OnNumbers<Binary> = binary('divide', 'TrueDivide')
/** The largest integer that is at most x1 / x2. */
export const floorDivide: OnNumbers<Binary> = binary('floorDivide')
/** What remains of x1 / x2, with the sign of x2. */
export const mod: OnNumbers<Binary> = binary('mod')
/** x1 to the power of x2: NaN where x1 is negative and x2 no integer. */
export const power: OnNumbers<Binary> = operation(
  'numpy',
  'Power',
  'x1 x2',
  broadcasting<Binary>('power', 2, (graph, x = 0, exponent = 0) =>
    // Squares and roots are exact, powers are not.
    exponent === 2
      ? point(graph, 'square', x)
      : exponent === 0.5
        ? point(graph, 'sqrt', x)
        : point(graph, 'power', x, exponent),
  ),
)
/** The larger of two; NaN where one is NaN. */
export const maximum: OnNumbers<Binary> = binary('maximum')
/** The smaller of two; NaN where one is NaN. */
export const minimum: OnNumbers<Binary> = binary('minimum')
/** The angle of the point (x2, x1), from −π to π. */
export const arctan2: OnNumbers<Binary> = binary('arctan2')
/** 1 where x1 = x2, else 0. */
export const equal: OnNumbers<Binary> = predicate('equal', pointed('equal'))
/** 1 where x1 ≠ x2, else 0. */
export const notEqual: OnNumbers<Binary> = operation(
  'numpy',
  'NotEqual',
  'x1 x2',
  broadcasting<Binary>(
    'notEqual',
    2,
    (graph, a = 0, b = 0) =>
      // What masks of ids are made of.
      b === 0 && typeof a === 'object' && a.dtype === 'i32'
        ? idMask(graph, { ids: a }, { isFloat: false }).y
        : point(graph, 'notEqual', asFloat(graph, a), asFloat(graph, b)),
    true,
  ),
  { dtype: 'bool' },
)
/** 1 where x1 < x2, else 0. */
export const less: OnNumbers<Binary> = predicate('less', pointed('less'))
/** 1 where x1 ≤ x2, else 0. */
export const lessEqual: OnNumbers<Binary> = predicate('lessEqual', pointed('lessEqual'))
/** 1 where x1 > x2, else 0. */
export const greater: OnNumbers<Binary> = predicate('greater', (graph, a = 0, b = 0) =>
  point(graph, 'less', b, a),
)
/** 1 where x1 ≥ x2, else 0. */
export const greaterEqual: OnNumbers<Binary> = predicate('greaterEqual', (graph, a = 0, b = 0) =>
  point(graph, 'lessEqual', b, a),
)
/** 1 where neither is 0, else 0. */
export const logicalAnd: OnNumbers<Binary> = predicate('logicalAnd', pointed('logicalAnd'))
/** 0 where both are 0, else 1. */
export const logicalOr: OnNumbers<Binary> = predicate('logicalOr', pointed('logicalOr'))
/** 1 where one of both is 0, else 0. */
export const logicalXor: OnNumbers<Binary> = predicate('logicalXor', pointed('logicalXor'))
/** x1 where the condition is not 0, else x2. */
export const where: OnNumbers<Where> = operation(
  'numpy',
  'Where',
  'condition x1 x2',
  broadcasting<Where>('where', 3, pointed('where')),
)
/** x within bounds: at least xMin, at most xMax. */
export const clip: OnNumbers<Clip> = operation(
  'numpy',
  'Clip',
  'x xMin= xMax=',
  broadcasting<Clip>('clip', 3, (graph, x = 0, low = 0, high = 0) =>
    point(graph, 'minimum', point(graph, 'maximum', x, low), high),
  ),
)

/** −x. */
export const negative: OnNumbers<Unary> = unary('negative')
/** |x|. */
export const absolute: OnNumbers<Unary> = unary('absolute')
/** |x|. */
export const abs: OnNumbers<Unary> = absolute
/** 1, 0 or −1 by the sign. */
export const sign: OnNumbers<Unary> = unary('sign')
/** The largest integer that is at most x. */
export const floor: OnNumbers<Unary> = unary('floor')
/** The smallest integer that is at least x. */
export const ceil: OnNumbers<Unary> = unary('ceil')
const nearest = broadcasting<Unary>('round', 1, pointed('round'))

/** The nearest number of `decimals` places behind the point, an integer by default; of two that are as near, the even one. */
export const round = operation(
  'numpy',
  'Round',
  'x decimals=0',
  (x: Operand, decimals = 0): SymbolicTensor => {
    const scale = 10 ** checkInteger('ops.round', 'decimals', decimals)
    return scale === 1 ? nearest(x) : divide(nearest(multiply(x, scale)), scale)
  },
)
/** x without its fraction. */
export const trunc: OnNumbers<Unary> = unary('trunc')
/** 1 where x is 0, else 0. */
export const logicalNot: OnNumbers<Unary> = test('logicalNot')
/** 1 where x is NaN, else 0. */
export const isnan: OnNumbers<Unary> = test('isnan')
/** 1 where x is infinite, else 0. */
export const isinf: OnNumbers<Unary> = test('isinf')
/** 1 where x is neither infinite nor NaN, else 0. */
export const isfinite: OnNumbers<Unary> = test('isfinite')
/** x². */
export const square: OnNumbers<Unary> = unary('square')
/** 1 / x. */
export const reciprocal: OnNumbers<Unary> = unary('reciprocal')
/** √x; NaN below 0. */
export const sqrt: OnNumbers<Unary> = unary('sqrt')
/** 1 / √x. */
export const rsqrt: OnNumbers<Unary> = unary('rsqrt', 'Rsqrt', 'math')
/** eˣ. */
export const exp: OnNumbers<Unary> = unary('exp')
/** eˣ − 1, exact near 0. */
export const expm1: OnNumbers<Unary> = unary('expm1')
/** The natural logarithm; NaN below 0. */
export const log: OnNumbers<Unary> = unary('log')
/** ln(1 + x), exact near 0. */
export const log1p: OnNumbers<Unary> = unary('log1p')
/** The logarithm to base 2. */
export const log2: OnNumbers<Unary> = unary('log2')
/** The logarithm to base 10. */
export const log10: OnNumbers<Unary> = unary('log10')
/** The sine of an angle in radians, exact to about 10⁻⁷ where |x| is at most some thousands. */
export const sin: OnNumbers<Unary> = unary('sin')
/** The cosine of an angle in radians, as exact as {@link sin}. */
export const cos: OnNumbers<Unary> = unary('cos')
/** The tangent of an angle in radians. */
export const tan: OnNumbers<Unary> = unary('tan')
/** The angle whose sine is x, in radians. */
export const arcsin: OnNumbers<Unary> = unary('arcsin')
/** The angle whose cosine is x, in radians. */
export const arccos: OnNumbers<Unary> = unary('arccos')
/** The angle whose tangent is x, in radians. */
export const arctan: OnNumbers<Unary> = unary('arctan')
/** (eˣ − e⁻ˣ) / 2. */
export const sinh: OnNumbers<Unary> = unary('sinh')
/** (eˣ + e⁻ˣ) / 2. */
export const cosh: OnNumbers<Unary> = unary('cosh')
/** The inverse of {@link sinh}. */
export const arcsinh: OnNumbers<Unary> = unary('arcsinh')
/** The inverse of {@link cosh} from 0 on. */
export const arccosh: OnNumbers<Unary> = unary('arccosh')
/** The inverse of {@link tanh}. */
export const arctanh: OnNumbers<Unary> = unary('arctanh')
/** 2/√π times the integral of e^(−t²) from 0 to x. */
export const erf: OnNumbers<Unary> = unary('erf', 'Erf', 'math')
