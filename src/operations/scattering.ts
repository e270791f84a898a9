// Functions that write entries at places given by indices. What is written at a place is found by comparing all indices with all places,
// so that work is entries times places.

import { checkOneOf, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Shape, showShape, sizeOf } from '../util/shape.ts'
import type { Binary } from './broadcasting.ts'
import {
  add,
  equal,
  greaterEqual,
  isfinite,
  isnan,
  less,
  logicalOr,
  maximum,
  minimum,
  multiply,
  where,
} from './elementwise.ts'
import { getItem } from './indexing.ts'
import { concatenate } from './joining.ts'
import { integersOf, type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { matmul } from './products.ts'
import { max, min, prod, sum } from './reductions.ts'
import { expandDims, ravel, reshape } from './shapes.ts'
import { take } from './taking.ts'

interface Places {
  /** 1 where an index is a place: [places, indices]. */
  readonly isAt: SymbolicTensor
  /** The number of places. */
  readonly count: number
  /** The number of entries of one. */
  readonly entries: number
}

/** The places of a tensor of these extents that the last axis of indices gives, below 0 from the end. */
function placesOf(name: string, indices: Operand, extents: Shape): Places {
  const found = shapeOfOperand(indices, name)
  const depth = found.at(-1) ?? null
  if (depth === null || depth > extents.length)
    return fail(name, {
      expected: `indices of at most ${extents.length} places, [..., places]`,
      got: showShape(found),
    })
  const front = extents.slice(0, depth)
  const strides = front.map((_, i) => sizeOf(front.slice(i + 1)))
  const fromStart = add(indices, multiply(less(indices, 0), Float32Array.from(front)))
  const flat = ravel(sum(multiply(fromStart, Float32Array.from(strides)), -1))
  const count = sizeOf(front)
  const all = Float32Array.from({ length: count }, (_, i) => i)
  return {
    isAt: equal(expandDims(all, 1), expandDims(flat, 0)),
    count,
    entries: Math.max(1, sizeOf(extents.slice(depth))),
  }
}

/** The sums of the values of each place. */
function summed({ isAt, entries }: Places, values: Operand): SymbolicTensor {
  const rows = reshape(values, [-1, entries])
  const finite = isfinite(rows)
  // Nothing times infinity is no number: what is not finite is counted beside.
  const rises = logicalOr(isnan(rows), equal(rows, Number.POSITIVE_INFINITY))
  const falls = logicalOr(isnan(rows), equal(rows, Number.NEGATIVE_INFINITY))
  const all = matmul(isAt, concatenate([where(finite, rows, 0), rises, falls], 1))
  const part = (i: number): SymbolicTensor => getItem(all, [null, [i * entries, (i + 1) * entries]])
  const beyond = add(
    where(greaterEqual(part(1), 1), Number.POSITIVE_INFINITY, 0),
    where(greaterEqual(part(2), 1), Number.NEGATIVE_INFINITY, 0),
  )
  return add(part(0), beyond)
}

/** Zeros of a shape with values at the places that the last axis of `indices` gives; values of one place are summed. */
export const scatter = operation(
  'core',
  'Scatter',
  'indices values shape=',
  (indices: Operand, values: Operand, shape: readonly number[]): SymbolicTensor => {
    const name = 'ops.scatter'
    const extents = integersOf(name, 'shape', shape) as readonly number[]
    return reshape(summed(placesOf(name, indices, extents), values), extents)
  },
)

/** How updates of one place become one: null for the last one, else together with what is there. */
export type ScatterReduction = 'add' | 'max' | 'min' | 'mul' | null

/**
 * `inputs` with `updates` at the places that the last axis of `indices` gives: `[n, 1]` for the first axis, `[n, 2]` for the first two.
 *
 * @param reduction null, the default, writes, of several updates of a place the last; `'add'`, `'max'`, `'min'` and `'mul'` combine
 * them with what is there.
 */
export const scatterUpdate = operation(
  'core',
  'ScatterUpdate',
  'inputs indices updates reduction=null',
  (
    inputs: Operand,
    indices: Operand,
    updates: Operand,
    reduction: ScatterReduction = null,
  ): SymbolicTensor => {
    const name = 'ops.scatterUpdate'
    const shape = shapeOfOperand(inputs, name)
    if (shape.includes(null))
      return fail(name, { expected: 'a tensor of known extents', got: showShape(shape) })
    if (reduction !== null) checkOneOf(name, 'reduction', reduction, ['add', 'max', 'min', 'mul'])
    const places = placesOf(name, indices, shape as Shape)
    const { count, entries } = places
    const before = reshape(inputs, [count, entries])
    const rows = reshape(updates, [-1, entries])
    return reshape(updated(places, before, rows, reduction), shape)
  },
)

type Fold = (x: Operand, axis: number) => SymbolicTensor

function updated(
  places: Places,
  before: Operand,
  rows: SymbolicTensor,
  reduction: ScatterReduction,
): SymbolicTensor {
  const { isAt } = places
  if (reduction === 'add') return add(before, summed(places, rows))
  if (reduction !== null) {
    const folds: Readonly<Record<typeof reduction, readonly [fold: Fold, none: number, combine: Binary]>> = {
      max: [max, Number.NEGATIVE_INFINITY, maximum],
      min: [min, Number.POSITIVE_INFINITY, minimum],
      mul: [prod, 1, multiply],
    }
    const [fold, none, combine] = folds[reduction]
    return combine(before, fold(where(expandDims(isAt, 2), expandDims(rows, 0), none), 1))
  }
  const count = isAt.shape[1] ?? 0
  const order = Float32Array.from({ length: count }, (_, i) => i)
  const last = max(where(isAt, order, -1), 1)
  return where(expandDims(less(last, 0), 1), before, take(rows, maximum(last, 0), 0))
}
