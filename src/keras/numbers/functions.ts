// Functions of numpy on arrays whose numbers are known, by numpy's names.

import {
  concatenate,
  expandDims,
  joined,
  repeat,
  reshape,
  squeeze,
  stack,
  tile,
  transpose,
} from './arranging.ts'
import { arraysOf, axisOf, extents, type Given, isArray, type NumpyFunction } from './given.ts'
import { arange, eye, full, like, linspace, triangle } from './making.ts'
import { elementwise, type NdArray, product, reduced, scalar } from './ndarray.ts'

const unary =
  (compute: (x: number) => number, keepsIntegers = false): NumpyFunction =>
  ({ x }) =>
    isArray(x) ? { data: x.data.map(compute), shape: x.shape, isInteger: keepsIntegers && x.isInteger } : null

const binary =
  (compute: (a: number, b: number) => number, keepsIntegers = true): NumpyFunction =>
  ({ x1, x2 }) =>
    isArray(x1) && isArray(x2)
      ? elementwise(x1, x2, keepsIntegers && x1.isInteger && x2.isInteger, compute)
      : null

const compared = (compute: (a: number, b: number) => boolean): NumpyFunction =>
  binary((a, b) => Number(compute(a, b)))

const reduction =
  (compute: (entries: Float64Array) => number, keepsIntegers = false): NumpyFunction =>
  ({ a, axis, keepdims }) => {
    if (!isArray(a)) return null
    const all = a.shape.map((_, i) => i)
    const given = axis === undefined || axis === null ? all : extents(axis)
    const axes = given?.map((one) => axisOf(one, a.shape.length))
    if (!axes || axes.includes(null)) return null
    const made = reduced(a, axes as number[], keepdims === true, compute)
    return { ...made, isInteger: keepsIntegers && a.isInteger }
  }

const sum = (entries: Float64Array): number => entries.reduce((total, value) => total + value, 0)
const mean = (entries: Float64Array): number => sum(entries) / entries.length
function variance(entries: Float64Array): number {
  const center = mean(entries)
  return mean(entries.map((value) => (value - center) ** 2))
}

function where({ condition, x, y }: Given): NdArray | null {
  if (!isArray(condition) || !isArray(x) || !isArray(y)) return null
  const chosen = elementwise(condition, x, false, (test, value) => (test ? value : 0))
  const other = chosen && elementwise(condition, y, false, (test, value) => (test ? 0 : value))
  const both = chosen && other && elementwise(chosen, other, x.isInteger && y.isInteger, (a, b) => a + b)
  return both
}

function clip({ a, a_min, a_max }: Given): NdArray | null {
  const low = isArray(a_min) ? a_min : scalar(-Infinity, true)
  const high = isArray(a_max) ? a_max : scalar(Infinity, true)
  const raised = isArray(a) ? elementwise(a, low, a.isInteger && low.isInteger, Math.max) : null
  return raised && elementwise(raised, high, raised.isInteger && high.isInteger, Math.min)
}

const matrixProduct: NumpyFunction = ({ x1, x2 }) => (isArray(x1) && isArray(x2) ? product(x1, x2) : null)

function outer({ x1, x2 }: Given): NdArray | null {
  if (!isArray(x1) || !isArray(x2)) return null
  const [a, b] = [
    { ...x1, shape: [x1.data.length, 1] },
    { ...x2, shape: [x2.data.length] },
  ]
  return elementwise(a, b, a.isInteger && b.isInteger, (left, right) => left * right)
}

function cumsum({ a, axis }: Given): NdArray | null {
  const isFlat = axis === undefined || axis === null
  if (!isArray(a) || !(a.shape.length === 1 || isFlat)) return null
  let total = 0
  return { data: a.data.map((value) => (total += value)), shape: [a.data.length], isInteger: a.isInteger }
}

/** Rounded as numpy does: halves to even. */
function rint(x: number): number {
  const floor = Math.floor(x)
  return x - floor === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(x)
}

export const modulo = (a: number, b: number): number => a - Math.floor(a / b) * b

/** Each function with its parameters. */
export const numpyFunctions: Readonly<Record<string, readonly [parameters: string, compute: NumpyFunction]>> =
  {
    arange: ['start stop step dtype', arange],
    linspace: ['start stop num endpoint', linspace],
    zeros: ['shape dtype', full(0)],
    ones: ['shape dtype', full(1)],
    full: ['shape fill_value dtype', full(null)],
    zeros_like: ['a', like(0)],
    ones_like: ['a', like(1)],
    eye: ['n m k', eye],
    identity: ['n', eye],
    tril: ['a k', triangle(true)],
    triu: ['a k', triangle(false)],
    sin: ['x', unary(Math.sin)],
    cos: ['x', unary(Math.cos)],
    tan: ['x', unary(Math.tan)],
    tanh: ['x', unary(Math.tanh)],
    exp: ['x', unary(Math.exp)],
    expm1: ['x', unary(Math.expm1)],
    log: ['x', unary(Math.log)],
    log1p: ['x', unary(Math.log1p)],
    log2: ['x', unary(Math.log2)],
    log10: ['x', unary(Math.log10)],
    sqrt: ['x', unary(Math.sqrt)],
    rsqrt: ['x', unary((x) => 1 / Math.sqrt(x))],
    square: ['x', unary((x) => x * x, true)],
    abs: ['x', unary(Math.abs, true)],
    absolute: ['x', unary(Math.abs, true)],
    negative: ['x', unary((x) => -x, true)],
    sign: ['x', unary(Math.sign, true)],
    floor: ['x', unary(Math.floor)],
    ceil: ['x', unary(Math.ceil)],
    rint: ['x', unary(rint)],
    reciprocal: ['x', unary((x) => 1 / x)],
    add: ['x1 x2', binary((a, b) => a + b)],
    subtract: ['x1 x2', binary((a, b) => a - b)],
    multiply: ['x1 x2', binary((a, b) => a * b)],
    divide: ['x1 x2', binary((a, b) => a / b, false)],
    true_divide: ['x1 x2', binary((a, b) => a / b, false)],
    floor_divide: ['x1 x2', binary((a, b) => Math.floor(a / b))],
    power: ['x1 x2', binary(Math.pow)],
    mod: ['x1 x2', binary(modulo)],
    maximum: ['x1 x2', binary(Math.max)],
    minimum: ['x1 x2', binary(Math.min)],
    equal: ['x1 x2', compared((a, b) => a === b)],
    not_equal: ['x1 x2', compared((a, b) => a !== b)],
    less: ['x1 x2', compared((a, b) => a < b)],
    less_equal: ['x1 x2', compared((a, b) => a <= b)],
    greater: ['x1 x2', compared((a, b) => a > b)],
    greater_equal: ['x1 x2', compared((a, b) => a >= b)],
    matmul: ['x1 x2', matrixProduct],
    dot: ['x1 x2', matrixProduct],
    outer: ['x1 x2', outer],
    sum: ['a axis keepdims', reduction(sum, true)],
    mean: ['a axis keepdims', reduction(mean)],
    std: ['a axis keepdims', reduction((entries) => Math.sqrt(variance(entries)))],
    var: ['a axis keepdims', reduction(variance)],
    prod: ['a axis keepdims', reduction((entries) => entries.reduce((all, value) => all * value, 1), true)],
    max: [
      'a axis keepdims',
      reduction((entries) => entries.reduce((a, b) => Math.max(a, b), -Infinity), true),
    ],
    min: [
      'a axis keepdims',
      reduction((entries) => entries.reduce((a, b) => Math.min(a, b), Infinity), true),
    ],
    cumsum: ['a axis', cumsum],
    reshape: ['a shape newshape', reshape],
    transpose: ['a axes', transpose],
    ravel: ['a', ({ a }) => (isArray(a) ? { ...a, shape: [a.data.length] } : null)],
    expand_dims: ['a axis', expandDims],
    squeeze: ['a axis', squeeze],
    concatenate: ['arrays axis', concatenate],
    stack: ['arrays axis', stack],
    hstack: [
      'arrays',
      (given) => joined(arraysOf(given.arrays)?.[0]?.shape.length === 1 ? 0 : 1, false)(given),
    ],
    vstack: ['arrays', joined(0, true)],
    tile: ['a reps', tile],
    repeat: ['a repeats axis', repeat],
    where: ['condition x y', where],
    clip: ['a a_min a_max', clip],
  }
