// NumPy's shorthands for what other functions do along one axis, and products and powers of all entries.

import { checkExtent, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { asType } from './casting.ts'
import { copy } from './curves.ts'
import { floorDivide, isnan, mod, multiply, power, where } from './elementwise.ts'
import { getItem } from './indexing.ts'
import { concatenate, split } from './joining.ts'
import { integersOf, knownAxisOf, listOf, type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { checkPlaces } from './places.ts'
import { type Axes, all, argmax, argmin } from './reductions.ts'
import { expandDims, onesLike, reshape, zerosLike } from './shapes.ts'
import { take } from './taking.ts'

const rankOf = (name: string, x: Operand): number => shapeOfOperand(x, name).length

/** A number everywhere, in the shape of x. */
export const fullLike = operation(
  'numpy',
  'FullLike',
  'x fillValue dtype=null',
  (x: Operand, fillValue: Operand, dtype: string | null = null): SymbolicTensor =>
    asType(multiply(onesLike(x), fillValue), dtype),
)
/** 0 everywhere, in the shape of x: nothing is left unwritten here. */
export const emptyLike = operation(
  'numpy',
  'EmptyLike',
  'x dtype=null',
  (x: Operand, dtype: string | null = null): SymbolicTensor => zerosLike(x, dtype),
)

/** Rows as the columns of a matrix, and matrices beside each other. */
export const columnStack = operation(
  'numpy',
  'ColumnStack',
  'xs',
  (xs: readonly Operand[]): SymbolicTensor =>
    concatenate(
      listOf('ops.columnStack', xs).map((x) => (rankOf('ops.columnStack', x) === 1 ? expandDims(x, 1) : x)),
      1,
    ),
)
/** Tensors behind each other along the third axis, which rows and matrices are given. */
export const dstack = operation('numpy', 'Dstack', 'xs', (xs: readonly Operand[]): SymbolicTensor => {
  const deep = (x: Operand): Operand => {
    const rank = rankOf('ops.dstack', x)
    return rank === 1 ? expandDims(x, [0, 2]) : rank === 2 ? expandDims(x, 2) : x
  }
  return concatenate(listOf('ops.dstack', xs).map(deep), 2)
})

/* @__NO_SIDE_EFFECTS__ */
const splitAt = (className: string, axis: number) =>
  operation(
    'numpy',
    className,
    'x indicesOrSections=',
    (x: Operand, indicesOrSections: number | readonly number[]): readonly SymbolicTensor[] =>
      split(x, indicesOrSections, axis),
  )
/** Parts along the first axis, as {@link split}. */
export const vsplit = splitAt('Vsplit', 0)
/** Parts along the third axis, as {@link split}. */
export const dsplit = splitAt('Dsplit', 2)
/** Parts along the second axis, as {@link split}; of a row along its only one. */
export const hsplit = operation(
  'numpy',
  'Hsplit',
  'x indicesOrSections=',
  (x: Operand, indicesOrSections: number | readonly number[]): readonly SymbolicTensor[] =>
    split(x, indicesOrSections, Math.min(rankOf('ops.hsplit', x) - 1, 1)),
)

/** The products of all entries of two tensors, in blocks: `[m, n]` and `[p, q]` → `[mp, nq]`; missing axes at the front are 1. */
export const kron = operation('numpy', 'Kron', 'x1 x2', (x1: Operand, x2: Operand): SymbolicTensor => {
  const name = 'ops.kron'
  const given = [shapeOfOperand(x1, name), shapeOfOperand(x2, name)]
  const rank = Math.max(...given.map(({ length }) => length))
  const [a = [], b = []] = given.map((shape) => [...Array<1>(rank - shape.length).fill(1), ...shape])
  const open = [...a, ...b].filter((extent) => extent === null).length
  if (rank === 0 || open > 1)
    fail(name, {
      expected: 'two tensors of known extents',
      got: given.map(showShape).join(' and '),
    })
  const ranked = (x: Operand, { length }: OpenShape): Operand =>
    length === rank ? x : expandDims(x, [...Array(rank - length).keys()])
  const odd = a.map((_, axis) => 2 * axis + 1)
  const even = b.map((_, axis) => 2 * axis)
  const extents = a.map((extent, axis) => {
    const other = b[axis] ?? null
    return extent === null || other === null ? -1 : extent * other
  })
  return reshape(
    multiply(expandDims(ranked(x1, given[0] ?? []), odd), expandDims(ranked(x2, given[1] ?? []), even)),
    extents,
  )
})

/* @__NO_SIDE_EFFECTS__ */
const place = (className: string, find: typeof argmax, least: number) =>
  operation(
    'numpy',
    className,
    'x axis=null keepdims=false',
    (x: Operand, axis: number | null = null, keepdims = false): SymbolicTensor =>
      where(all(isnan(x), axis as Axes, keepdims), -1, find(where(isnan(x), least, x), axis, keepdims)),
    { dtype: 'int32' },
  )
/** The index of the largest number that is not NaN along an axis; −1 where there is none. It has no gradient. */
export const nanargmax = place('Nanargmax', argmax, Number.NEGATIVE_INFINITY)
/** The index of the smallest number that is not NaN along an axis; −1 where there is none. It has no gradient. */
export const nanargmin = place('Nanargmin', argmin, Number.POSITIVE_INFINITY)

/** The powers of each entry of a row, the highest first, or last where they are `increasing`: `[n]` → `[n, N]`. */
export const vander = operation(
  'numpy',
  'Vander',
  'x N=null increasing=false',
  (x: Operand, N: number | null = null, increasing = false): SymbolicTensor => {
    const name = 'ops.vander'
    const count = checkExtent(name, 'N', N ?? shapeOfOperand(x, name)[0])
    const exponents = Array.from({ length: count }, (_, i) => (increasing ? i : count - 1 - i))
    return power(expandDims(x, -1), exponents)
  },
)

/** Windows of the last axis: `[..., L]` → `[..., 1 + ⌊(L − sequenceLength)/sequenceStride⌋, sequenceLength]`. */
export const extractSequences = operation(
  'math',
  'ExtractSequences',
  'x sequenceLength= sequenceStride=',
  (x: Operand, sequenceLength: number, sequenceStride: number): SymbolicTensor => {
    const name = 'ops.extractSequences'
    const length = checkExtent(name, 'sequenceLength', sequenceLength)
    const stride = checkExtent(name, 'sequenceStride', sequenceStride)
    const extent = shapeOfOperand(x, name).at(-1) ?? null
    if (extent === null || extent < length)
      return fail(name, { expected: `a last axis of at least ${length} entries`, got: `${extent}` })
    const rows = 1 + Math.floor((extent - length) / stride)
    checkPlaces(name, extent, rows * length)
    const places = Float32Array.from(
      { length: rows * length },
      (_, i) => Math.floor(i / length) * stride + (i % length),
    )
    return take(x, new Tensor(places, [rows, length]), -1)
  },
)

/**
 * Parts along an axis as {@link split}, of which the first have an entry more where the number of parts does not divide the extent: of
 * 7 entries in 3 parts 3, 2 and 2.
 */
export const arraySplit = operation(
  'numpy',
  'ArraySplit',
  'x indicesOrSections= axis=0',
  (x: Operand, indicesOrSections: number | readonly number[], axis = 0): readonly SymbolicTensor[] => {
    const name = 'ops.arraySplit'
    if (typeof indicesOrSections !== 'number') return split(x, indicesOrSections, axis)
    const { extent } = knownAxisOf(name, x, axis)
    const parts = checkExtent(name, 'indicesOrSections', indicesOrSections)
    const [least, longer] = [Math.floor(extent / parts), extent % parts]
    const ends = Array.from({ length: parts - 1 }, (_, i) => (i + 1) * least + Math.min(i + 1, longer))
    return split(x, ends, axis)
  },
)

/** The coordinates of flat indices in a tensor of a shape, the last axis counted first: a tensor for each axis. They have no gradient. */
export const unravelIndex = operation(
  'numpy',
  'UnravelIndex',
  'indices shape=',
  (indices: Operand, shape: readonly number[]): readonly SymbolicTensor[] => {
    const extents = listOf('ops.unravelIndex', shape).map((extent) =>
      checkExtent('ops.unravelIndex', 'shape', extent),
    )
    return extents.map((extent, axis) => {
      const behind = extents.slice(axis + 1).reduce((product, each) => product * each, 1)
      return mod(floorDivide(indices, behind), extent)
    })
  },
  { dtype: 'int32' },
)

/** `inputs` with `updates` in the place of the part that begins at `startIndices` and has the shape of the updates. */
export const sliceUpdate = operation(
  'core',
  'SliceUpdate',
  'inputs startIndices updates',
  (inputs: Operand, startIndices: readonly number[], updates: Operand): SymbolicTensor => {
    const name = 'ops.sliceUpdate'
    const [shape, part] = [shapeOfOperand(inputs, name), shapeOfOperand(updates, name)]
    const starts = integersOf(name, 'startIndices', startIndices) as readonly number[]
    const fits = shape.every((extent, axis) => {
      const [start = -1, count = null] = [starts[axis], part[axis]]
      if (extent === null || count === null) return start === 0 && extent === count
      return start >= 0 && start + count <= extent
    })
    if (starts.length !== shape.length || part.length !== shape.length || !fits)
      fail(name, {
        expected: `updates that lie within ${showShape(shape)}, whole along axes of open extent`,
        got: `${showShape(part)} at [${starts.join(', ')}]`,
      })
    // Along each axis what is before the part, the part, and what is behind it; the part itself differs along the axes that follow.
    const updated = (x: Operand, axis: number): Operand => {
      if (axis === shape.length) return updates
      const [extent = null, count = null, start = 0] = [shape[axis], part[axis], starts[axis]]
      if (extent === null || count === null || extent === count) return updated(x, axis + 1)
      const between = (from: number, to: number): SymbolicTensor =>
        getItem(x, [...Array<null>(axis).fill(null), [from, to]])
      const pieces = [
        ...(start > 0 ? [between(0, start)] : []),
        updated(between(start, start + count), axis + 1),
        ...(start + count < extent ? [between(start + count, extent)] : []),
      ]
      return concatenate(pieces, axis)
    }
    return copy(updated(inputs, 0))
  },
)
