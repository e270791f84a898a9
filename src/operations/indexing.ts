// Operations that take parts of a tensor, by places or by indices.

import { checkInteger, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Lattice, strided } from '../ops/strided.ts'
import { reshape as view } from '../ops/view.ts'
import type { OpenShape, Shape } from '../util/shape.ts'
import {
  axisOf,
  defineOperation,
  integersOf,
  type Operand,
  shapeOfOperand,
  single,
  tensorOf,
} from './operation.ts'
import { operation } from './operationLayer.ts'
import { expandDims } from './shapes.ts'

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
  name: 'getItem',
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
 * what is left out are as in `x[start:stop:step]`; null for the whole axis, `'...'` for all axes that are not named, `'newaxis'` for
 * a new one.
 */
export type Index = number | null | '...' | 'newaxis' | readonly (number | null)[]

/** The indices with null for each axis that `'...'` stands for. */
function spread(where: string, indices: readonly Index[], rank: number): readonly Index[] {
  const dots = indices.indexOf('...')
  if (dots < 0) return indices
  const named = indices.filter((index) => index !== '...' && index !== 'newaxis').length
  if (indices.lastIndexOf('...') > dots) fail(where, { expected: "'...' once", got: describeValue(indices) })
  const whole = Array<Index>(Math.max(0, rank - named)).fill(null)
  return [...indices.slice(0, dots), ...whole, ...indices.slice(dots + 1)]
}

/**
 * A part of a tensor, as Python's `x[:, -1]` or `x[:, 2:5]`: `ops.getItem(x, [null, -1])`, `ops.getItem(x, [null, [2, 5]])`. Axes
 * that are not named are taken whole.
 */
export const getItem = operation(
  'numpy',
  'GetItem',
  'x key',
  (x: Operand, indices: readonly Index[]): SymbolicTensor => {
    const where = 'ops.getItem'
    const shape = shapeOfOperand(x, where)
    const given = Array.isArray(indices) ? spread(where, indices, shape.length) : null
    const named = given?.filter((index) => index !== 'newaxis')
    if (!given || !named || named.length > shape.length)
      return fail(where, { expected: `at most ${shape.length} indices`, got: describeValue(indices) })
    const without: number[] = []
    const parts = named.map((index, axis): Part | null => {
      if (index === null) return null
      if (!Array.isArray(index)) {
        const place = checkInteger(where, `index ${axis}`, index)
        const extent = shape[axis] ?? null
        if (extent !== null && (place >= extent || place < -extent))
          fail(where, { expected: `an index of ${extent} entries along axis ${axis}`, got: `${place}` })
        without.push(axis)
        return { start: place, stop: place === -1 ? null : place + 1, step: 1 }
      }
      const bounds = integersOf(where, `slice ${axis}`, index, true)
      const [start = null, stop = null, step] = bounds
      if (step === 0) fail(where, { expected: 'a step that is not 0', got: '0' })
      return { start, stop, step: step ?? 1 }
    })
    const part = single(items(where, [x], { parts, without }))
    // Where new axes are among those that are left.
    const left = given.filter((index) => typeof index !== 'number')
    const added = left.flatMap((index, axis) => (index === 'newaxis' ? [axis] : []))
    return added.length === 0 ? part : expandDims(part, added)
  },
)

/**
 * The entry at a place along an axis, from the end where it is negative, without that axis: `ops.at(h, -1, 1)` is the last time step
 * of `[batch, steps, features]`. Keras's files have it as `x[:, -1]`.
 */
export const at = (x: Operand, index: number, axis: number): SymbolicTensor => {
  const where = 'ops.at'
  const place = axisOf(where, axis, shapeOfOperand(x, where).length)
  return getItem(x, [...Array<null>(place).fill(null), checkInteger(where, 'index', index)])
}

/** A part of a tensor: from `startIndices` as many entries along each axis as `shape` says; −1 for all to the end. */
export const slice = operation(
  'core',
  'Slice',
  'x startIndices shape=',
  (x: Operand, startIndices: readonly number[], shape: readonly number[]): SymbolicTensor => {
    const where = 'ops.slice'
    const starts = integersOf(where, 'startIndices', startIndices) as readonly number[]
    const extents = integersOf(where, 'shape', shape) as readonly number[]
    return getItem(
      x,
      starts.map((start, axis) => [start, extents[axis] === -1 ? null : start + (extents[axis] ?? 1)]),
    )
  },
)

/** The entries of an axis, or of several or all, in reverse. */
export const flip = operation(
  'numpy',
  'Flip',
  'x axis=null',
  (x: Operand, axis: number | readonly number[] | null = null): SymbolicTensor => {
    const where = 'ops.flip'
    const { length: rank } = shapeOfOperand(x, where)
    const axes = axis === null ? null : [axis].flat().map((each) => axisOf(where, each, rank))
    return getItem(
      x,
      Array.from({ length: rank }, (_, i) => (axes === null || axes.includes(i) ? [null, null, -1] : null)),
    )
  },
)
