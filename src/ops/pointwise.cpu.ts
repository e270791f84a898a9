// The CPU side of pointwise.ts: each instruction on a block of elements, before the next one.

import { activationOf } from './activationFunctions.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import {
  ACTIVATIONS,
  FIRST_CONSTANT,
  FIRST_RESULT,
  type Instruction,
  instructionsIn,
  type PointwiseName,
  pointwiseNames,
  SLOPES,
} from './pointwiseFunctions.ts'

const truth = (condition: boolean): number => (condition ? 1 : 0)

/** To the nearest integer, of two the even one. */
function round(p: number): number {
  const below = Math.floor(p)
  if (p - below === 0.5) return below % 2 === 0 ? below : below + 1
  return Math.round(p)
}

/** By its series, and where that cancels by the continued fraction of 1 − erf. */
function erf(p: number): number {
  const z = Math.abs(p)
  if (z < 2.5) {
    let term = p
    let sum = p
    for (let n = 1; n < 40; n++) {
      term *= (-p * p) / n
      sum += term / (2 * n + 1)
    }
    return (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = z
  for (let n = 40; n > 0; n--) fraction = z + n / 2 / fraction
  const value = 1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction)
  return Number.isNaN(p) ? p : p < 0 ? -value : value
}

type Fn = (p: number, q: number, r: number) => number

const functions: Readonly<Record<PointwiseName, Fn>> = {
  add: (p, q) => p + q,
  subtract: (p, q) => p - q,
  multiply: (p, q) => p * q,
  divide: (p, q) => p / q,
  maximum: Math.max,
  minimum: Math.min,
  floorDivide: (p, q) => Math.floor(Math.fround(p / q)),
  mod: (p, q) => p - q * Math.floor(Math.fround(p / q)),
  power: (p, q) => p ** q,
  arctan2: Math.atan2,
  equal: (p, q) => truth(p === q),
  notEqual: (p, q) => truth(p !== q),
  less: (p, q) => truth(p < q),
  lessEqual: (p, q) => truth(p <= q),
  logicalAnd: (p, q) => truth(p !== 0 && q !== 0),
  logicalOr: (p, q) => truth(p !== 0 || q !== 0),
  logicalXor: (p, q) => truth((p !== 0) !== (q !== 0)),
  where: (p, q, r) => (p !== 0 ? q : r),
  negative: (p) => -p,
  absolute: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  round,
  trunc: Math.trunc,
  logicalNot: (p) => truth(p === 0),
  isnan: (p) => truth(Number.isNaN(p)),
  isinf: (p) => truth(Math.abs(p) === Number.POSITIVE_INFINITY),
  isfinite: (p) => truth(Number.isFinite(p)),
  square: (p) => p * p,
  reciprocal: (p) => 1 / p,
  sqrt: Math.sqrt,
  rsqrt: (p) => 1 / Math.sqrt(p),
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  arcsinh: Math.asinh,
  arccosh: Math.acosh,
  arctanh: Math.atanh,
  erf,
}

function functionOf(code: number): Fn {
  if (code >= SLOPES) return activationOf(code - SLOPES).slope
  if (code >= ACTIVATIONS) return activationOf(code - ACTIVATIONS).apply
  return functions[pointwiseNames[code] as PointwiseName]
}

const BLOCK = 1024
const MOST_AXES = 8

export const pointwise = cpuSide<typeof Kernels.pointwise>({
  cpu({ a, b, c, d, e, f, y }, params) {
    const { size, shape, strides, constants, TENSORS = 1, AXES = 0 } = params
    const instructions = instructionsIn(params)
    const tensors = [a, b, c, d, e, f].slice(0, TENSORS)
    // Room for a block of each operand that there is: of the constants those that instructions name.
    const operands: Float32Array[] = []
    const room = Math.min(size, BLOCK)
    tensors.forEach((_, i) => {
      operands[i] = new Float32Array(room)
    })
    for (const operand of instructions.flatMap(({ operands: named }) => named)) {
      const constant = constants[operand - FIRST_CONSTANT]
      if (operand < FIRST_RESULT && constant !== undefined)
        operands[operand] ??= new Float32Array(room).fill(constant)
    }
    instructions.forEach((_, i) => {
      operands[FIRST_RESULT + i] = new Float32Array(room)
    })
    const result = operands[FIRST_RESULT + instructions.length - 1] ?? operands[0]!
    for (let start = 0; start < size; start += BLOCK) {
      const count = Math.min(BLOCK, size - start)
      tensors.forEach((tensor, i) => {
        const steps = strides.slice(i * MOST_AXES, i * MOST_AXES + AXES)
        load(operands[i]!, tensor, { start, count, shape: shape.slice(0, AXES), steps })
      })
      instructions.forEach((instruction, i) => {
        evaluate(instruction, operands, operands[FIRST_RESULT + i]!, count)
      })
      y.set(count < BLOCK ? result.subarray(0, count) : result, start)
    }
  },
})

interface Window {
  readonly start: number
  readonly count: number
  readonly shape: readonly number[]
  readonly steps: readonly number[]
}

/** Copies the elements of a tensor that stand beside a block of y; without axes the tensor lies as y does. */
function load(to: Float32Array, from: Float32Array, { start, count, shape, steps }: Window): void {
  if (shape.length === 0) {
    to.set(from.subarray(start, start + count))
    return
  }
  const at: number[] = []
  let rest = start
  let place = 0
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at[axis] = rest % shape[axis]!
    place += at[axis]! * steps[axis]!
    rest = Math.floor(rest / shape[axis]!)
  }
  for (let i = 0; i < count; i++) {
    to[i] = from[place]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += steps[axis]!
      at[axis]!++
      if (at[axis]! < shape[axis]!) break
      place -= shape[axis]! * steps[axis]!
      at[axis] = 0
    }
  }
}

function evaluate(
  { code, operands: [first = 0, second = first, third = first] }: Instruction,
  operands: readonly Float32Array[],
  to: Float32Array,
  count: number,
): void {
  const [p, q, r] = [operands[first]!, operands[second]!, operands[third]!]
  const fn = functionOf(code)
  for (let i = 0; i < count; i++) to[i] = fn(p[i]!, q[i]!, r[i]!)
}
