// Operations that take parts of a tensor, by places or by indices, and put constants around one.

import { checkExtent, checkFinite, checkInteger, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { point } from '../ops/pointwise.ts'
import { type Lattice, strided } from '../ops/strided.ts'
import { take as takeEntries } from '../ops/take.ts'
import { reshape as view } from '../ops/view.ts'
import { type OpenShape, type Shape, sizeOf } from '../util/shape.ts'
import {
  axisOf,
  defineOperation,
  integersOf,
  type Operand,
  shapeOfOperand,
  single,
  tensorOf,
} from './operation.ts'
import { ravel } from './shapes.ts'

const numpy = 'numpy'

interface PartArguments {
  /** For each axis where it starts, in which steps, and how many entries there are; null where the whole axis is taken. */
  readonly parts: readonly (Part | null)[]
  /** Axes that are taken away, of one entry each. */
  readonly without: readonly number[]
}

interface Part {
  /** Of the first entry, from the end where negative. */
  readonly start: number | null
  /** Behind the last entry, from the end where negative; null for all. */
  readonly stop: number | null
  readonly step: number
}

const isNegative = (extent: number): boolean => extent < 0

/** The entries of a part of an axis, as in Python. */
function latticeOf(extent: number, part: Part | null): Lattice {
  if (part === null) return { count: extent, start: 0, step: 1, spacing: 1 }
  const { step } = part
  const within = (place: number | null, standard: number): number => {
    if (place === null) return standard
    const from = isNegative(place) ? place + extent : place
    return step > 0 ? Math.min(Math.max(from, 0), extent) : Math.min(Math.max(from, -1), extent - 1)
  }
  const start = within(part.start, step > 0 ? 0 : extent - 1)
  const stop = within(part.stop, step > 0 ? extent : -1)
  return { count: Math.max(0, Math.ceil((stop - start) / step)), start, step, spacing: 1 }
}

function partShape(shape: OpenShape, { parts, without }: PartArguments, where: string): OpenShape {
  return shape.flatMap((extent, axis) => {
    const part = parts[axis] ?? null
    if (part === null) return [extent]
    if (extent === null) return without.includes(axis) ? [] : [null]
    const { count } = latticeOf(extent, part)
    if (count === 0)
      fail(where, { expected: `entries of axis ${axis}`, got: `none: it has ${extent} entries` })
    return without.includes(axis) ? [] : [count]
  })
}

const items = defineOperation<PartArguments>({
  className: 'GetItem',
  module: numpy,
  outputShapes: ([shape = []], args, where) => [partShape(shape, args, where)],
  lower: (graph, [operand], args) => {
    const x = tensorOf(operand, 'ops.getItem')
    const axes = x.shape.map((extent, axis) => latticeOf(extent, args.parts[axis] ?? null))
    const part = strided(graph, { x }, { axes }).y
    return [view(graph, part, { shape: partShape(x.shape, args, 'ops.getItem') as Shape })]
  },
})

/**
 * What Python's brackets take of an axis: an index, which takes the axis away, or a slice `[start, stop, step]`, of which null and
 * what is left out are as in `x[start:stop:step]`; null for the whole axis.
 */
export type Index = number | null | readonly (number | null)[]

/**
 * A part of a tensor, as Python's `x[:, -1]` or `x[:, 2:5]`: `ops.getItem(x, [null, -1])`, `ops.getItem(x, [null, [2, 5]])`. Axes
 * that are not named are taken whole.
 */
export function getItem(x: Operand, indices: readonly Index[]): SymbolicTensor {
  const where = 'ops.getItem'
  const shape = shapeOfOperand(x, where)
  if (!Array.isArray(indices) || indices.length > shape.length)
    fail(where, { expected: `at most ${shape.length} indices`, got: describeValue(indices) })
  const without: number[] = []
  const parts = (indices as readonly Index[]).map((index, axis): Part | null => {
    if (index === null) return null
    if (typeof index === 'number') {
      checkInteger(where, `index ${axis}`, index)
      const extent = shape[axis] ?? null
      if (extent !== null && (index >= extent || index < -extent))
        fail(where, { expected: `an index of ${extent} entries along axis ${axis}`, got: `${index}` })
      without.push(axis)
      return { start: index, stop: index === -1 ? null : index + 1, step: 1 }
    }
    const [start = null, stop = null, step] = index
    if (step === 0) fail(where, { expected: 'a step that is not 0', got: '0' })
    return { start, stop, step: step ?? 1 }
  })
  return single(items(where, [x], { parts, without }))
}

/** A part of a tensor: from `startIndices` as many entries along each axis as `shape` says; −1 for all to the end. */
export const slice = (
  x: Operand,
  startIndices: readonly number[],
  shape: readonly number[],
): SymbolicTensor => {
  const where = 'ops.slice'
  const starts = integersOf(where, 'startIndices', startIndices) as readonly number[]
  const extents = integersOf(where, 'shape', shape) as readonly number[]
  return getItem(
    x,
    starts.map((start, axis) => [start, extents[axis] === -1 ? null : start + (extents[axis] ?? 1)]),
  )
}

/** The entries of an axis, or of several or all, in reverse. */
export const flip = (x: Operand, axis: number | readonly number[] | null = null): SymbolicTensor => {
  const where = 'ops.flip'
  const { length: rank } = shapeOfOperand(x, where)
  const axes = axis === null ? null : [axis].flat().map((each) => axisOf(where, each, rank))
  return getItem(
    x,
    Array.from({ length: rank }, (_, i) => (axes === null || axes.includes(i) ? [null, null, -1] : null)),
  )
}

const paddings = defineOperation<{
  readonly widths: readonly (readonly number[])[]
  readonly value: number
}>({
  className: 'Pad',
  module: numpy,
  outputShapes: ([shape = []], { widths }) => [
    shape.map((extent, axis) =>
      extent === null ? extent : extent + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0),
    ),
  ],
  lower: (graph, [operand], { widths, value }) => {
    const x = tensorOf(operand, 'ops.pad')
    const axes = x.shape.map((extent, axis): Lattice => {
      const [before = 0, behind = 0] = widths[axis] ?? []
      return { count: extent + before + behind, start: -before, step: 1, spacing: 1 }
    })
    return [strided(graph, { x }, { axes, value }).y]
  },
})

/**
 * A constant around a tensor: `padWidth` has `[before, behind]` for each axis, or is one number for all.
 *
 * @param mode `'constant'`.
 * @param constantValues 0 by default.
 */
export const pad = (
  x: Operand,
  padWidth: number | readonly (readonly [number, number])[],
  mode: 'constant' = 'constant',
  constantValues = 0,
): SymbolicTensor => {
  const where = 'ops.pad'
  const { length: rank } = shapeOfOperand(x, where)
  if (mode !== 'constant') fail(where, { expected: "mode 'constant'", got: describeValue(mode) })
  const widths: readonly (readonly number[])[] =
    typeof padWidth === 'number'
      ? Array.from({ length: rank }, () => [padWidth, padWidth])
      : Array.isArray(padWidth)
        ? padWidth
        : []
  const isWidth = (width: unknown): boolean => Number.isInteger(width) && Number(width) >= 0
  const fits = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && pair.every(isWidth)
  if (widths.length !== rank || !widths.every(fits))
    fail(where, { expected: `[before, behind] for each of ${rank} axes`, got: describeValue(padWidth) })
  const value = checkFinite(where, 'constantValues', constantValues)
  return single(paddings(where, [x], { widths, value }))
}

const taken = defineOperation<{ readonly axis: number; readonly isAlong: boolean }>({
  className: 'Take',
  module: numpy,
  outputShapes: ([shape = [], indices = []], { axis, isAlong }) => [
    isAlong ? indices : [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)],
  ],
  lower: (graph, [operand, indices], { axis, isAlong }) => [
    takeEntries(
      graph,
      { x: tensorOf(operand, 'ops.take'), indices: tensorOf(indices, 'ops.take') },
      { axis, isAlong },
    ).y,
  ],
})

/** Entries along an axis by their indices, below 0 from the end; without an axis those of the tensor as a row. */
export const take = (x: Operand, indices: Operand, axis: number | null = null): SymbolicTensor => {
  const where = 'ops.take'
  if (axis === null) return take(ravel(x), indices, 0)
  const shape = shapeOfOperand(x, where)
  const at = axisOf(where, axis, shape.length)
  if (typeof indices === 'number')
    return getItem(
      x,
      shape.map((_, i) => (i === at ? indices : null)),
    )
  return single(taken(where, [x, indices], { axis: at, isAlong: false }))
}

/** Entries along an axis, each by an index of its own: `indices` have the shape of x but for that axis. */
export const takeAlongAxis = (x: Operand, indices: Operand, axis: number): SymbolicTensor => {
  const where = 'ops.takeAlongAxis'
  const { length: rank } = shapeOfOperand(x, where)
  return single(taken(where, [x, indices], { axis: axisOf(where, axis, rank), isAlong: true }))
}

const oneHots = defineOperation<{ readonly axis: number; readonly numClasses: number }>({
  className: 'OneHot',
  module: 'nn',
  outputShapes: ([shape = []], { axis, numClasses }) => [
    [...shape.slice(0, axis), numClasses, ...shape.slice(axis)],
  ],
  lower: (graph, [operand, classes], { axis }) => {
    const x = tensorOf(operand, 'ops.oneHot')
    const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]
    const numbers = tensorOf(classes, 'ops.oneHot')
    const along = view(graph, numbers, {
      shape: [sizeOf(numbers.shape), ...x.shape.slice(axis).map(() => 1)],
    })
    return [point(graph, 'equal', view(graph, x, { shape }), along)]
  },
})

/** 1 at the place of a class along a new axis, the last by default, else 0: `[batch, steps]` → `[batch, steps, numClasses]`. */
export const oneHot = (x: Operand, numClasses: number, axis = -1): SymbolicTensor => {
  const where = 'ops.oneHot'
  const count = checkExtent(where, 'numClasses', numClasses)
  const { length: rank } = shapeOfOperand(x, where)
  const classes = Float32Array.from({ length: count }, (_, i) => i)
  return single(oneHots(where, [x, classes], { axis: axisOf(where, axis, rank + 1), numClasses: count }))
}
