// Loops and branches over functions of tensors. A step is compiled before values are known: loops are unrolled, each round operations
// of its own, and of branches all are computed and one result is taken. What loops carry is a tensor, or lists and objects of tensors;
// a list is never a tensor here, as in Keras.

import { checkCount, checkExtent, checkInteger, describeValue, fail } from '../errors.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { flag, nullable, option, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { equal, lessEqual, logicalAnd, where } from './elementwise.ts'
import { flip, getItem } from './indexing.ts'
import { concatenate, stack } from './joining.ts'
import { atEach, leavesOf } from './nested.ts'
import { axisOf, type Operand, shapeOfOperand } from './operation.ts'
import { reshape, zerosLike } from './shapes.ts'

/** Rounds of a loop at most, since each is operations of a step. */
const MOST_ROUNDS = 4096

function checkFunction(name: string, argument: string, value: unknown): void {
  if (!(value instanceof Function))
    fail(name, { expected: `${argument} to be a function`, got: describeValue(value) })
}

/** A condition as a number of no axes, or as what JavaScript knows already. */
function conditionOf(name: string, condition: Operand): boolean | SymbolicTensor {
  if (typeof condition === 'boolean' || typeof condition === 'number')
    return condition !== false && condition !== 0
  const shape = shapeOfOperand(condition, name)
  if (condition instanceof Tensor && condition.data.length === 1) return condition.data[0] !== 0
  if (!(condition instanceof SymbolicTensor) || shape.some((extent) => extent !== 1))
    return fail(name, {
      expected: 'a condition of one entry',
      got: showShape(shape),
      remedy: 'Reduce it with ops.any or ops.all, or choose entry by entry with ops.where.',
    })
  return shape.length === 0 ? condition : reshape(condition, [])
}

const choose = (name: string, condition: SymbolicTensor, yes: unknown, no: unknown): unknown =>
  atEach(name, [yes, no], ([p = 0, q = 0]) => (p === q ? p : where(condition, p, q)))

/**
 * What one of two functions returns, by a condition of one entry. Both are computed, and gradients go through the chosen one alone; of a
 * condition that JavaScript knows, `true` or `false`, only that one is.
 */
export function cond<Result>(pred: Operand, trueFn: () => Result, falseFn: () => Result): Result {
  const name = 'ops.cond'
  checkFunction(name, 'trueFn', trueFn)
  checkFunction(name, 'falseFn', falseFn)
  const condition = conditionOf(name, pred)
  if (typeof condition === 'boolean') return condition ? trueFn() : falseFn()
  return choose(name, condition, trueFn(), falseFn()) as Result
}

/** What the function of an index among `branches` returns of the operands; an index below 0 is 0, one beyond the last is the last. */
export function switchOf<Result, Operands extends readonly unknown[]>(
  index: Operand,
  branches: readonly ((...operands: Operands) => Result)[],
  ...operands: Operands
): Result {
  const name = 'ops.switch'
  if (!Array.isArray(branches) || branches.length === 0)
    return fail(name, { expected: 'a list of functions', got: describeValue(branches) })
  const list = branches as readonly ((...operands: Operands) => Result)[]
  for (const branch of list) checkFunction(name, 'each branch', branch)
  const last = list.length - 1
  if (typeof index === 'number') {
    const place = checkInteger(name, 'index', index)
    return (list[Math.min(Math.max(place, 0), last)] as (...of: Operands) => Result)(...operands)
  }
  if (last === 0) return (list[0] as (...of: Operands) => Result)(...operands)
  const results = list.map((branch) => branch(...operands))
  return results.slice(0, -1).reduceRight<unknown>((rest, result, i) => {
    // All below the first are the first.
    const isHere = conditionOf(name, i === 0 ? lessEqual(index, 0) : equal(index, i))
    return choose(name, isHere as SymbolicTensor, result, rest)
  }, results[last]) as Result
}

/**
 * Repeats `body` while `condition` is true of what it returned last. Where the condition is a tensor, as many rounds as `maximumIterations`
 * says are computed, and what they give no longer counts once it is false; where it is what JavaScript knows, as of a counter that is a
 * number, there are as many as it is true for.
 *
 * @param loopVars A list, of which both functions get the entries, or one tensor.
 */
export function whileLoop<Vars>(
  condition: (...vars: never[]) => Operand,
  body: (...vars: never[]) => unknown,
  loopVars: Vars,
  maximumIterations: number | null = null,
): Vars {
  const name = 'ops.whileLoop'
  checkFunction(name, 'cond', condition)
  checkFunction(name, 'body', body)
  const limit =
    maximumIterations === null
      ? null
      : checkInteger(name, 'maximumIterations', maximumIterations, { min: 0, max: MOST_ROUNDS })
  const call = (fn: (...vars: never[]) => unknown, vars: unknown): unknown =>
    (fn as (...of: readonly unknown[]) => unknown)(...(Array.isArray(vars) ? vars : [vars]))
  let vars: unknown = loopVars
  let isActive: SymbolicTensor | null = null
  for (let round = 0; round !== limit; round++) {
    const goesOn = conditionOf(name, call(condition, vars) as Operand)
    if (goesOn === false) break
    if (goesOn !== true) {
      if (limit === null)
        fail(name, {
          expected: 'maximumIterations where the condition is a tensor',
          got: 'none',
          remedy: 'A step is compiled for so many rounds: give the most that there can be.',
        })
      isActive = isActive === null ? goesOn : logicalAnd(isActive, goesOn)
    } else if (round === MOST_ROUNDS) fail(name, { expected: `at most ${MOST_ROUNDS} rounds`, got: 'more' })
    const returned = call(body, vars)
    const next = Array.isArray(vars) && !Array.isArray(returned) ? [returned] : returned
    vars = isActive === null ? atEach(name, [next, vars], ([x]) => x) : choose(name, isActive, next, vars)
  }
  return vars as Vars
}

/** What `body(i, value)` returns last, called for the integers from `lower` on and below `upper` with what it returned before. */
export function foriLoop<Value>(
  lower: number,
  upper: number,
  body: (i: number, value: Value) => Value,
  initVal: Value,
): Value {
  const name = 'ops.foriLoop'
  const first = checkInteger(name, 'lower', lower)
  const end = checkInteger(name, 'upper', upper, { max: first + MOST_ROUNDS })
  checkFunction(name, 'bodyFun', body)
  let value = initVal
  for (let i = first; i < end; i++) value = body(i, value)
  return value
}

/** How many entries the first axis of all tensors has. */
function roundsOf(name: string, xs: unknown, given: number | null): number {
  const extents = leavesOf(xs).map((x) => shapeOfOperand(x, name)[0] ?? null)
  const [count = null] = given === null ? extents : [given]
  if (
    count === null ||
    extents.some((extent) => extent === null || extent < count || (given === null && extent !== count))
  )
    return fail(name, {
      expected: 'tensors whose first axes have the same known extent',
      got:
        leavesOf(xs)
          .map((x) => showShape(shapeOfOperand(x, name)))
          .join(' and ') || 'none',
      remedy:
        'A loop has as many rounds as a step is compiled for, and a batch may be of any size: write the function for a batch, or move the axis to go along to the front with ops.moveaxis.',
    })
  return checkInteger(name, 'the number of rounds', count, { min: 0, max: MOST_ROUNDS })
}

const rowOf = (name: string, xs: unknown, index: number): unknown =>
  atEach(name, [xs], ([x = 0]) => getItem(x, [index]))

/** Results of rounds, along a new first axis. */
function stacked(name: string, results: readonly unknown[]): unknown {
  if (results.length === 0) return fail(name, { expected: 'at least one round', got: 'none' })
  return atEach(name, results, (rows) => stack(rows))
}

export interface ScanOptions {
  /** The number of rounds; null, the default, for the extent of the first axis. */
  readonly length?: number | null
  /** Whether it begins at the last entry; `false` by default. */
  readonly reverse?: boolean
  /** Changes nothing: all rounds are operations of their own. */
  readonly unroll?: number | boolean
}

const scanOptions = {
  length: nullable(checkCount),
  reverse: flag(false),
  unroll: option<number | boolean>(1, (where, name, value) =>
    typeof value === 'boolean' ? value : checkExtent(where, name, value),
  ),
} as const satisfies TableFor<ScanOptions>

/**
 * Calls `f(carry, x)` for each entry of the first axis of `xs`, with what it carried on from the one before; it returns
 * `[carry, y]`. The results are the last carry, and the ys along a new first axis.
 *
 * @param xs Tensors, or null for `length` rounds without.
 * @param options.length The number of rounds; null, the default, for the extent of the first axis.
 * @param options.reverse Whether it begins at the last entry; ys are at the places of their entries.
 */
export function scan<Carry, X, Y>(
  f: (carry: Carry, x: X) => readonly [carry: Carry, y: Y],
  init: Carry,
  xs: X | null = null,
  options: ScanOptions = {},
): [carry: Carry, ys: Y] {
  const name = 'ops.scan'
  checkFunction(name, 'f', f)
  const { length, reverse } = readOptions(name, scanOptions, options)
  const rounds = roundsOf(name, xs, length)
  const ys: unknown[] = Array(rounds)
  let carry = init
  for (let round = 0; round < rounds; round++) {
    const place = reverse ? rounds - 1 - round : round
    const returned: unknown = f(carry, rowOf(name, xs, place) as X)
    if (!Array.isArray(returned) || returned.length !== 2)
      return fail(name, { expected: 'f to return [carry, y]', got: describeValue(returned) })
    const [next, y] = returned as unknown as readonly [Carry, unknown]
    carry = next
    // As in Keras, zeros stand for what a round does not return.
    ys[place] = y ?? atEach(name, [init], ([x = 0]) => (typeof x === 'number' ? 0 : zerosLike(x)))
  }
  return [carry, stacked(name, ys) as Y]
}

/** What a function returns of each entry of the first axis, along a new first axis; each is operations of its own. */
export function map<X, Y>(f: (x: X) => Y, xs: X): Y {
  return mapped('ops.map', f, xs)
}

/** As {@link map}. */
export function vectorizedMap<X, Y>(fn: (x: X) => Y, elements: X): Y {
  return mapped('ops.vectorizedMap', fn, elements)
}

function mapped<X, Y>(name: string, f: (x: X) => Y, xs: X): Y {
  checkFunction(name, 'the first argument', f)
  const rounds = roundsOf(name, xs, null)
  return stacked(
    name,
    Array.from({ length: rounds }, (_, i) => f(rowOf(name, xs, i) as X)),
  ) as Y
}

/**
 * All running combinations along an axis: x₀, f(x₀, x₁), f(f(x₀, x₁), x₂), … of an associative function of tensors, in about
 * 2·log₂ n calls of it.
 *
 * @param reverse Whether they begin at the last entry.
 */
export function associativeScan<X>(f: (a: X, b: X) => X, elems: X, reverse = false, axis = 0): X {
  const name = 'ops.associativeScan'
  checkFunction(name, 'f', f)
  const along = (of: unknown, fn: (x: Operand, at: number) => unknown): unknown =>
    atEach(name, [of], ([x = 0]) => fn(x, axisOf(name, axis, shapeOfOperand(x, name).length)))
  const part = (of: unknown, start: number, stop: number | null, step = 1): unknown =>
    along(of, (x, at) => getItem(x, [...Array<null>(at).fill(null), [start, stop, step]]))
  const countOf = (of: unknown): number => {
    const extents = new Set(leavesOf(of).map((x) => shapeOfOperand(x, name).at(axis) ?? null))
    const [count = null] = extents
    if (count === null || extents.size > 1)
      return fail(name, {
        expected: `tensors of the same known extent along axis ${axis}`,
        got: describeValue([...extents]),
      })
    return count
  }
  const joined = (parts: readonly unknown[]): unknown =>
    atEach(name, parts, (tensors) => concatenate(tensors, axis))
  const scanned = (of: unknown): unknown => {
    const count = countOf(of)
    if (count < 2) return of
    // Of the combinations of neighbours those at odd places follow, and of these those at even ones.
    const odd = scanned(f(part(of, 0, -1, 2) as X, part(of, 1, null, 2) as X))
    const first = part(of, 0, 1)
    const even =
      count === 2
        ? first
        : joined([first, f((count % 2 === 0 ? part(odd, 0, -1) : odd) as X, part(of, 2, null, 2) as X)])
    return interleaved(name, even, odd, axis)
  }
  const turned = (of: unknown): unknown => (reverse ? along(of, (x, at) => flip(x, at)) : of)
  return turned(scanned(turned(elems))) as X
}

/** The entries of two tensors along an axis in turn; the first may have one more. */
function interleaved(name: string, even: unknown, odd: unknown, axis: number): unknown {
  return atEach(name, [even, odd], ([a = 0, b = 0]) => {
    const shape = shapeOfOperand(b, name)
    const at = axisOf(name, axis, shape.length)
    const count = shape[at] as number
    const open = shape.map((extent) => extent ?? -1)
    const before = Array<null>(at).fill(null)
    const pairs = reshape(stack([getItem(a, [...before, [0, count]]), b], at + 1), [
      ...open.slice(0, at),
      2 * count,
      ...open.slice(at + 1),
    ])
    return shapeOfOperand(a, name)[at] === count
      ? pairs
      : concatenate([pairs, getItem(a, [...before, [count, null]])], at)
  })
}
