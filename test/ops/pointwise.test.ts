// Functions of pointwise expressions against doubles, their gradients against differences, broadcasting, and expressions that are
// one launch.
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { activations } from '../../src/ops/activations.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { type Operand, point } from '../../src/ops/pointwise.ts'
import { ACTIVATIONS, type PointwiseName, pointwiseNames } from '../../src/ops/pointwiseFunctions.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const apply = (
  graph: Graph,
  { p, q, r }: { readonly p: Value; readonly q?: Value; readonly r?: Value },
  { fn, operands = [] }: { fn: PointwiseName | number; operands?: readonly Operand[] },
) => ({ y: point(graph, fn, ...[p, q, r].flatMap((value) => value ?? []), ...operands) })

interface Case {
  readonly exact: (p: number, q: number, r: number) => number
  /** Where p and q are drawn from. */
  readonly p?: readonly [number, number]
  readonly q?: readonly [number, number]
  readonly arity?: number
  /** Whether it has a gradient; yes by default. */
  readonly isStep?: boolean
}

const truth = Number
const positive = [0.5, 3] as const
const integers = [-2, 3] as const

const cases: Readonly<Record<PointwiseName, Case>> = {
  add: { arity: 2, exact: (p, q) => p + q },
  subtract: { arity: 2, exact: (p, q) => p - q },
  multiply: { arity: 2, exact: (p, q) => p * q },
  divide: { arity: 2, q: positive, exact: (p, q) => p / q },
  maximum: { arity: 2, exact: (p, q) => Math.max(p, q) },
  minimum: { arity: 2, exact: (p, q) => Math.min(p, q) },
  floorDivide: { arity: 2, q: positive, exact: (p, q) => Math.floor(p / q), isStep: true },
  mod: { arity: 2, p: [3.1, 3.9], q: [2.1, 2.9], exact: (p, q) => p - q * Math.floor(p / q) },
  power: { arity: 2, p: positive, exact: (p, q) => p ** q },
  arctan2: { arity: 2, q: positive, exact: Math.atan2 },
  equal: { arity: 2, p: integers, q: integers, exact: (p, q) => truth(p === q), isStep: true },
  notEqual: { arity: 2, p: integers, q: integers, exact: (p, q) => truth(p !== q), isStep: true },
  less: { arity: 2, exact: (p, q) => truth(p < q), isStep: true },
  lessEqual: { arity: 2, p: integers, q: integers, exact: (p, q) => truth(p <= q), isStep: true },
  logicalAnd: {
    arity: 2,
    p: integers,
    q: integers,
    exact: (p, q) => truth(p !== 0 && q !== 0),
    isStep: true,
  },
  logicalOr: { arity: 2, p: integers, q: integers, exact: (p, q) => truth(p !== 0 || q !== 0), isStep: true },
  logicalXor: {
    arity: 2,
    p: integers,
    q: integers,
    exact: (p, q) => truth((p !== 0) !== (q !== 0)),
    isStep: true,
  },
  where: { arity: 3, p: integers, exact: (p, q, r) => (p !== 0 ? q : r) },
  negative: { exact: (p) => -p },
  absolute: { p: [0.2, 1], exact: Math.abs },
  sign: { exact: Math.sign, isStep: true },
  floor: { p: [-3, 3], exact: Math.floor, isStep: true },
  ceil: { p: [-3, 3], exact: Math.ceil, isStep: true },
  round: { p: [-3, 3], exact: Math.round, isStep: true },
  trunc: { p: [-3, 3], exact: Math.trunc, isStep: true },
  logicalNot: { p: integers, exact: (p) => truth(p === 0), isStep: true },
  isnan: { exact: () => 0, isStep: true },
  isinf: { exact: () => 0, isStep: true },
  isfinite: { exact: () => 1, isStep: true },
  square: { exact: (p) => p * p },
  reciprocal: { p: positive, exact: (p) => 1 / p },
  sqrt: { p: positive, exact: Math.sqrt },
  rsqrt: { p: positive, exact: (p) => 1 / Math.sqrt(p) },
  exp: { exact: Math.exp },
  expm1: { exact: Math.expm1 },
  log: { p: positive, exact: Math.log },
  log1p: { p: [-0.5, 2], exact: Math.log1p },
  log2: { p: positive, exact: Math.log2 },
  log10: { p: positive, exact: Math.log10 },
  sin: { exact: Math.sin },
  cos: { exact: Math.cos },
  tan: { exact: Math.tan },
  arcsin: { p: [-0.6, 0.6], exact: Math.asin },
  arccos: { p: [-0.6, 0.6], exact: Math.acos },
  arctan: { exact: Math.atan },
  sinh: { exact: Math.sinh },
  cosh: { exact: Math.cosh },
  tanh: { exact: Math.tanh },
  arcsinh: { exact: Math.asinh },
  arccosh: { p: [1.3, 3], exact: Math.acosh },
  arctanh: { p: [-0.6, 0.6], exact: Math.atanh },
  erf: { p: [-2, 2], exact: erf },
}

/** By Simpson's rule. */
function erf(p: number): number {
  const n = 200
  const h = p / n
  const density = (x: number): number => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)
  let total = density(0) + density(p)
  for (let i = 1; i < n; i++) total += (i % 2 ? 4 : 2) * density(i * h)
  return (total * h) / 3
}

const draw = ([low, high]: readonly [number, number], seed: number) => {
  const values = uniform([7, 5], low, high, seed)
  return low === integers[0] && high === integers[1]
    ? tensor([...values.data].map(Math.floor), [7, 5])
    : values
}

test.each(sampled(pointwiseNames, 4))('%s', async (name) => {
  const { exact, p = [-1, 1], q = [-1, 1], arity = 1, isStep = false } = cases[name]
  const drawn = { p: draw(p, 1), q: draw(q, 2), r: draw([-1, 1], 3) }
  const names = (['p', 'q', 'r'] as const).slice(0, arity)
  const { outputs } = await checkOp(apply, {
    inputs: Object.fromEntries(names.map((key) => [key, drawn[key]])) as typeof drawn,
    attrs: { fn: name },
    by: isStep ? [] : names.filter((key) => name !== 'where' || key !== 'p'),
    roundings: 16,
  })
  outputs.y.forEach((y, i) => {
    const [a = 0, b = 0, c = 0] = [drawn.p, drawn.q, drawn.r].map(({ data }) => Number(data[i]))
    expect(Math.abs(y - exact(a, b, c))).toBeLessThan(2e-6 * Math.max(1, Math.abs(y)))
  })
})

test.each(['relu', 'sigmoid', 'softplus', 'gelu'] as const)('%s as an expression', async (name) => {
  await checkOp(apply, {
    inputs: { p: uniform([7, 5], 0.1, 1) },
    attrs: { fn: ACTIVATIONS + activations[name].code },
    by: ['p'],
  })
})

test.each([
  ['[3, 1, 5] and [4, 1]', [3, 1, 5], [4, 1]],
  ['[2, 3] and [2, 3]', [2, 3], [2, 3]],
  ['[1] and [3, 130]', [1], [3, 130]],
  ['five axes that broadcast in turn', [2, 1, 3, 1, 2], [1, 3, 1, 2, 1]],
] as const)('shapes broadcast: %s', async (_, p, q) => {
  await checkOp(apply, { inputs: { p, q }, attrs: { fn: 'multiply' }, by: ['p', 'q'] })
})

test('shapes that do not broadcast are refused', async () => {
  const inputs = { p: [2, 3], q: [2, 2] }
  await expect(checkOp(apply, { inputs, attrs: { fn: 'add' } })).rejects.toThrow(
    'pointwise: expected shapes that broadcast, got [2, 3] and [2, 2].',
  )
})

test('numbers that are not finite, and 0, are as in NumPy', async () => {
  const list = [0, -0, 1, -1, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 88, -104]
  const p = tensor(list, [list.length])
  const found = async (fn: PointwiseName, ...operands: readonly number[]): Promise<readonly number[]> => {
    const test = { inputs: { p }, attrs: { fn, operands } }
    return [...(await checkOp(apply, test)).outputs.y]
  }
  const { NaN: not, POSITIVE_INFINITY: inf } = Number
  expect(await found('maximum', 1)).toEqual([1, 1, 1, 1, 2, inf, 1, not, 88, 1])
  expect(await found('isnan')).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0])
  expect(await found('isinf')).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0, 0])
  expect(await found('log')).toEqual([
    -inf,
    -inf,
    0,
    not,
    Math.fround(Math.LN2),
    inf,
    not,
    not,
    expect.closeTo(Math.log(88), 6),
    not,
  ])
  expect(await found('sqrt')).toEqual([
    0,
    -0,
    1,
    not,
    Math.fround(Math.SQRT2),
    inf,
    not,
    not,
    expect.closeTo(Math.sqrt(88), 6),
    not,
  ])
  expect(await found('power', 2)).toEqual([0, 0, 1, 1, 4, inf, inf, not, 7744, 10816])
  expect(await found('power', 0)).toEqual(list.map(() => 1))
})

test('each number in an expression is itself, also in one that others were absorbed by', async () => {
  const { NaN: not, POSITIVE_INFINITY: inf } = Number
  const numbers = [not, -0, 0, inf, -inf, 1]
  const chosen = (graph: Graph, { x }: { readonly x: Value }, { isAbsorbed }: { isAbsorbed: boolean }) => {
    const list = numbers.map((number, i) => {
      const y = point(graph, 'where', point(graph, 'equal', x, i), number, 0.5)
      return [`y${i}`, isAbsorbed ? point(graph, 'multiply', y, -1) : y] as const
    })
    return Object.fromEntries(list)
  }
  const x = tensor([...numbers.keys()], [numbers.length])
  for (const isAbsorbed of [false, true]) {
    const { outputs } = await checkOp(chosen, { inputs: { x }, attrs: { isAbsorbed } })
    const found = numbers.map((_, i) => outputs[`y${i}`]?.[i])
    expect(found).toEqual(isAbsorbed ? [not, 0, -0, -inf, inf, -1] : numbers)
  }
})

type Tensors = Readonly<Record<'x' | 'y' | 'bias', Value>>

test('an expression is one launch, and so is its gradient by each tensor', async () => {
  // Keras's way to write a loss: mean(where(|e| < 1, e²/2, |e| − 1/2)) of e = tanh(x + bias) − y.
  const loss = (graph: Graph, { x, y, bias }: Tensors) => {
    const e = point(graph, 'subtract', point(graph, 'tanh', point(graph, 'add', x, bias)), y)
    const size = point(graph, 'absolute', e)
    const square = point(graph, 'multiply', point(graph, 'square', e), 0.5)
    const isSmall = point(graph, 'less', size, 1)
    return { losses: point(graph, 'where', isSmall, square, point(graph, 'subtract', size, 0.5)) }
  }
  const { plan } = await checkOp(loss, {
    inputs: {
      x: uniform([9, 7], 0.2, 2),
      y: uniform([9, 7], -1.2, -0.4, 2),
      bias: uniform([7], 0.1, 0.2, 3),
    },
    attrs: {},
    by: ['x', 'y', 'bias'],
    roundings: 32,
    differenceStep: 2 ** -8,
  })
  expect(plan.operations.map(({ op }) => op.name)).toEqual(['pointwise'])
})

test('an activation that follows a product is a part of its launch', async () => {
  const layer = (graph: Graph, { x, kernel }: Readonly<Record<'x' | 'kernel', Value>>) => ({
    y: point(graph, ACTIVATIONS + activations.tanh.code, matmul(graph, { a: x, b: kernel }, {}).y),
  })
  const { plan } = await checkOp(layer, { inputs: { x: [5, 3], kernel: [3, 4] }, attrs: {}, by: ['kernel'] })
  expect(plan.operations.map(({ op }) => op.name)).toEqual(['matmul'])
})
