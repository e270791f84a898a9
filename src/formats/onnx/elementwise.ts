// Functions of `ops` that work element by element, by their names. What is true is 1, what is false 0.

import { mapValues } from '../../util/mapValues.ts'
import { namedActivation } from './activations.ts'
import {
  add,
  cast,
  compare,
  divide,
  multiply,
  pointwise,
  scale,
  subtract,
  unary,
  where,
} from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

type Function = (graph: OnnxGraph, ...operands: readonly [OnnxValue, ...OnnxValue[]]) => OnnxValue

const operator =
  (opType: string): Function =>
  (graph, ...operands) =>
    pointwise(graph, opType, operands)

/** A comparison of numbers. */
const comparison =
  (opType: string): Function =>
  (graph, a, b) =>
    compare(graph, opType, a, b as OnnxValue)

const not = (graph: OnnxGraph, x: OnnxValue): OnnxValue =>
  graph.node('Not', [cast(graph, x, 'bool')], { shape: x.shape, type: 'bool' })

/** A function of truths. */
const logical =
  (opType: 'And' | 'Or' | 'Xor'): Function =>
  (graph, ...operands) => {
    const truths = operands.map((operand) => cast(graph, operand, 'bool'))
    return cast(graph, pointwise(graph, opType, truths), 'float')
  }

const test =
  (opType: 'IsNaN' | 'IsInf'): Function =>
  (graph, x) =>
    cast(graph, graph.node(opType, [x], { shape: x.shape, type: 'bool' }), 'float')

const isNan = test('IsNaN')
const isInfinite = test('IsInf')

const floorOfQuotient: Function = (graph, a, b) => unary(graph, 'Floor', divide(graph, a, b as OnnxValue))

const one = (graph: OnnxGraph): OnnxValue => graph.scalar(1)

/** eˣ − 1, exact near 0: tanh(x / 2)·(eˣ + 1). */
const expm1: Function = (graph, x) => {
  const sum = add(graph, unary(graph, 'Exp', x), one(graph))
  return multiply(graph, unary(graph, 'Tanh', scale(graph, x, 0.5)), sum)
}

/** ln(1 + x), exact near 0: there 2·artanh(x / (x + 2)). */
const log1p: Function = (graph, x) => {
  const isSmall = compare(graph, 'Less', unary(graph, 'Abs', x), graph.scalar(0.5))
  const ratio = divide(graph, x, add(graph, x, graph.scalar(2)))
  const small = scale(graph, unary(graph, 'Atanh', where(graph, isSmall, ratio, graph.scalar(0))), 2)
  return where(graph, isSmall, small, unary(graph, 'Log', add(graph, x, one(graph))))
}

/** The angle of the point (x, y). */
const arctan2: Function = (graph, y, second) => {
  const x = second as OnnxValue
  const zero = graph.scalar(0)
  const turn = where(graph, compare(graph, 'Less', y, zero), graph.scalar(-Math.PI), graph.scalar(Math.PI))
  const angle = unary(graph, 'Atan', divide(graph, y, x))
  const turned = where(graph, compare(graph, 'Less', x, zero), add(graph, angle, turn), angle)
  const both = multiply(graph, compare(graph, 'Equal', x, zero), compare(graph, 'Equal', y, zero))
  return where(graph, both, zero, turned)
}

const logarithm =
  (base: number): Function =>
  (graph, x) =>
    scale(graph, unary(graph, 'Log', x), 1 / Math.log(base))

/** Operators of ONNX that are the function of a name. */
const OPERATORS = {
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'Div',
  maximum: 'Max',
  minimum: 'Min',
  power: 'Pow',
  negative: 'Neg',
  absolute: 'Abs',
  sign: 'Sign',
  floor: 'Floor',
  ceil: 'Ceil',
  round: 'Round',
  reciprocal: 'Reciprocal',
  sqrt: 'Sqrt',
  exp: 'Exp',
  log: 'Log',
  sin: 'Sin',
  cos: 'Cos',
  tan: 'Tan',
  arcsin: 'Asin',
  arccos: 'Acos',
  arctan: 'Atan',
  sinh: 'Sinh',
  cosh: 'Cosh',
  arcsinh: 'Asinh',
  arccosh: 'Acosh',
  arctanh: 'Atanh',
  erf: 'Erf',
} as const

/** Activations, by the names that they have in `ops` and in layers. */
const ACTIVATIONS = {
  tanh: 'tanh',
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
  hardSigmoid: 'hard_sigmoid',
  hardTanh: 'hard_tanh',
  logSigmoid: 'log_sigmoid',
  softplus: 'softplus',
  softsign: 'softsign',
  silu: 'silu',
  hardSilu: 'hard_silu',
  mish: 'mish',
  selu: 'selu',
  tanhShrink: 'tanh_shrink',
  squareplus: 'squareplus',
  gelu: 'gelu',
} as const

export const elementwiseFunctions: Readonly<Record<string, Function>> = {
  ...mapValues(OPERATORS, operator),
  ...mapValues(ACTIVATIONS, (name) => (graph, x) => namedActivation(graph, x, name)),
  floorDivide: floorOfQuotient,
  mod: (graph, a, b) =>
    subtract(graph, a, multiply(graph, b as OnnxValue, floorOfQuotient(graph, a, b as OnnxValue))),
  arctan2,
  equal: comparison('Equal'),
  notEqual: (graph, a, b) => cast(graph, not(graph, compare(graph, 'Equal', a, b as OnnxValue)), 'float'),
  less: comparison('Less'),
  lessEqual: comparison('LessOrEqual'),
  greater: comparison('Greater'),
  greaterEqual: comparison('GreaterOrEqual'),
  logicalAnd: logical('And'),
  logicalOr: logical('Or'),
  logicalXor: logical('Xor'),
  logicalNot: (graph, x) => cast(graph, not(graph, x), 'float'),
  where: (graph, condition, x, y) => where(graph, condition, x as OnnxValue, y as OnnxValue),
  clip: (graph, x, low, high) =>
    pointwise(graph, 'Min', [pointwise(graph, 'Max', [x, low as OnnxValue]), high as OnnxValue]),
  trunc: (graph, x) =>
    multiply(graph, unary(graph, 'Sign', x), unary(graph, 'Floor', unary(graph, 'Abs', x))),
  isnan: isNan,
  isinf: isInfinite,
  isfinite: (graph, x) => {
    const either = pointwise(graph, 'Max', [isNan(graph, x), isInfinite(graph, x)])
    return subtract(graph, one(graph), either)
  },
  square: (graph, x) => multiply(graph, x, x),
  rsqrt: (graph, x) => unary(graph, 'Reciprocal', unary(graph, 'Sqrt', x)),
  expm1,
  log1p,
  log2: logarithm(2),
  log10: logarithm(10),
}
