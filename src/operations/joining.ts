// Operations that make one tensor of several, or of itself several times, and several of one.

import { checkExtent, checkInteger, describeValue, fail, impossible } from '../errors.ts'
import { isTracing } from '../layers/own/tracing.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as columnsSides from '../ops/columns.cpu.ts'
import { concatAlong } from '../ops/columns.ts'
import { splitAlong } from '../ops/cuts.ts'
import { repeat as repeatAlong } from '../ops/reduce.ts'
import { reshape as view } from '../ops/view.ts'
import { type OpenShape, sameShape, showShape } from '../util/shape.ts'
import { getItem } from './indexing.ts'
import {
  axisOf,
  broadcastOpen,
  defineOperation,
  integersOf,
  knownAxisOf,
  type Operand,
  shapeOfOperand,
  single,
  tensorOf,
} from './operation.ts'
import { operation } from './operationLayer.ts'
import { expandDims, ravel, reshape } from './shapes.ts'
import { take } from './taking.ts'

const concatenations = defineOperation<{ readonly axis: number }>({
  name: 'concatenate',
  sides: columnsSides,
  outputShapes: (shapes, { axis }, where) => {
    const [first = []] = shapes
    const open = (shape: OpenShape): OpenShape => shape.map((extent, i) => (i === axis ? 1 : extent))
    const fits = shapes.every(
      (shape) =>
        shape.length === first.length &&
        shape.every((extent, i) => i === axis || extent === null || first[i] === null || extent === first[i]),
    )
    if (!fits)
      fail(where, {
        expected: `shapes that differ along axis ${axis} alone`,
        got: shapes.map(showShape).join(' and '),
      })
    const extents = shapes.map((shape) => shape[axis] as number | null)
    const sum = extents.reduce((a, b) => (a === null || b === null ? null : a + b))
    return [broadcastOpen(shapes.map(open), where).map((extent, i) => (i === axis ? sum : extent))]
  },
  lower: (graph, operands, { axis }) => [
    concatAlong(
      graph,
      operands.map((operand) => tensorOf(operand, 'ops.concatenate')),
      axis,
    ),
  ],
})

/** Tensors one after another along an axis, by default the first; the layer of the name takes the last one. */
export const concatenate = operation(
  'numpy',
  'Concatenate',
  'xs axis=0',
  (xs: readonly Operand[], axis = 0): SymbolicTensor => {
    const where = 'ops.concatenate'
    if (!Array.isArray(xs) || xs.length === 0)
      fail(where, { expected: 'a list of tensors', got: describeValue(xs) })
    const { length: rank } = shapeOfOperand(xs[0], where)
    return single(concatenations(where, xs, { axis: axisOf(where, axis, rank) }))
  },
)

/** Tensors of one shape along a new axis, the first by default. */
export const stack = operation(
  'numpy',
  'Stack',
  'xs axis=0',
  (xs: readonly Operand[], axis = 0): SymbolicTensor => {
    const where = 'ops.stack'
    if (!Array.isArray(xs) || xs.length === 0)
      fail(where, { expected: 'a list of tensors', got: describeValue(xs) })
    const shapes = (xs as readonly Operand[]).map((x) => shapeOfOperand(x, where))
    const [first = []] = shapes
    if (!shapes.every((shape) => sameShape(shape, first)))
      fail(where, { expected: 'tensors of one shape', got: shapes.map(showShape).join(' and ') })
    return concatenate(
      (xs as readonly Operand[]).map((x) => expandDims(x, axis)),
      axis,
    )
  },
)

const sections = defineOperation<{ readonly axis: number; readonly extents: readonly number[] }>({
  name: 'split',
  sides: columnsSides,
  outputShapes: ([shape = []], { axis, extents }) =>
    extents.map((extent) => shape.map((whole, i) => (i === axis ? extent : whole))),
  lower: (graph, [x], { axis, extents }) => splitAlong(graph, tensorOf(x, 'ops.split'), axis, extents),
})

/** Equal parts along an axis, as many as asked for, or parts that end at indices. */
export const split = operation(
  'numpy',
  'Split',
  'x indicesOrSections= axis=0',
  (x: Operand, indicesOrSections: number | readonly number[], axis = 0): readonly SymbolicTensor[] => {
    const where = 'ops.split'
    const { shape, at, extent } = knownAxisOf(where, x, axis)
    const isCount = typeof indicesOrSections === 'number'
    if (isCount && extent % checkExtent(where, 'indicesOrSections', indicesOrSections) !== 0)
      fail(where, { expected: `a divisor of ${extent}`, got: `${indicesOrSections}` })
    const ends = isCount
      ? Array.from({ length: indicesOrSections - 1 }, (_, i) => ((i + 1) * extent) / indicesOrSections)
      : (integersOf(where, 'indicesOrSections', indicesOrSections) as readonly number[])
    const extents = [...ends, extent].map((end, i) => end - (ends[i - 1] ?? 0))
    if (extents.every((part) => part > 0) && extents.length > 1)
      return sections(where, [x], { axis: at, extents })
    return [...ends, extent].map((end, i) =>
      getItem(
        x,
        shape.map((_, k) => (k === at ? [ends[i - 1] ?? 0, end] : null)),
      ),
    )
  },
)

/** The entries along an axis as tensors without it. */
export const unstack = operation(
  'core',
  'Unstack',
  'x num=null axis=0',
  (x: Operand, num: number | null = null, axis = 0): readonly SymbolicTensor[] => {
    const where = 'ops.unstack'
    const { shape, at, extent } = knownAxisOf(where, x, axis)
    if (num !== null && num !== extent)
      fail(where, {
        expected: `num to be ${extent}, the entries along axis ${axis}`,
        got: describeValue(num),
      })
    return Array.from({ length: extent }, (_, index) =>
      getItem(
        x,
        shape.map((_extent, i) => (i === at ? index : null)),
      ),
    )
  },
)

/** A number of repetitions; in a function that is traced it may be an open extent. */
const checkRepeats = (where: string, repeats: unknown): number | null =>
  repeats === null && isTracing() ? null : checkExtent(where, 'repeats', repeats)

const repetitions = defineOperation<{
  readonly axis: number
  /** Null where an open extent says it, which a step knows. */
  readonly repeats: number | null
  readonly isTiled: boolean
}>({
  name: 'repeat',
  outputShapes: ([shape = []], { axis, repeats }) => [
    shape.map((extent, i) => (i === axis ? extent && repeats && extent * repeats : extent)),
  ],
  lower: (graph, [operand], { axis, repeats: given, isTiled }) => {
    const repeats = given ?? impossible('a step has known extents')
    const x = tensorOf(operand, 'ops.repeat')
    const { y } = repeatAlong(graph, { x }, { axis: isTiled ? axis : axis + 1, n: repeats })
    return [view(graph, y, { shape: x.shape.map((extent, i) => (i === axis ? extent * repeats : extent)) })]
  },
})

/**
 * Each entry along an axis several times in a row, all as often or each as often as a list says; without an axis the entries of the
 * tensor as a row. In the `call` of a class as often as an open extent says: `ops.repeat(x, ops.shape(y)[0], 0)`.
 */
export const repeat = operation(
  'numpy',
  'Repeat',
  'x repeats= axis=null',
  (x: Operand, repeats: number | null | readonly number[], axis: number | null = null): SymbolicTensor => {
    const where = 'ops.repeat'
    const [from, along] = axis === null ? [ravel(x), 0] : [x, axis]
    const at = axisOf(where, along, shapeOfOperand(from, where).length)
    if (!Array.isArray(repeats)) {
      const args = { repeats: checkRepeats(where, repeats), axis: at, isTiled: false }
      return single(repetitions(where, [from], args))
    }
    const { extent } = knownAxisOf(where, from, at)
    const counts = integersOf(where, 'repeats', repeats) as readonly number[]
    if (counts.length !== extent || counts.some((count) => count < 0))
      fail(where, { expected: `repeats of ${extent} entries`, got: describeValue(repeats) })
    return take(
      from,
      counts.flatMap((count, i) => Array<number>(count).fill(i)),
      at,
    )
  },
)

/**
 * The whole tensor several times along each axis; a shorter list is that of the last axes. In the `call` of a class a number may be an
 * open extent: `ops.tile(mask, [ops.shape(x)[0], 1, 1])`.
 */
export const tile = operation(
  'numpy',
  'Tile',
  'x repeats=',
  (x: Operand, repeats: number | readonly (number | null)[]): SymbolicTensor => {
    const where = 'ops.tile'
    const list: readonly unknown[] = [repeats].flat()
    let result: Operand = x
    for (let missing = list.length - shapeOfOperand(x, where).length; missing > 0; missing--)
      result = expandDims(result, 0)
    const { length: rank } = shapeOfOperand(result, where)
    list.forEach((count, i) => {
      if (count === 1) return
      const args = {
        repeats: checkRepeats(where, count),
        axis: rank - list.length + i,
        isTiled: true,
      }
      result = single(repetitions(where, [result], args))
    })
    return result === x ? reshape(x, shapeOfOperand(x, where)) : (result as SymbolicTensor)
  },
)

/**
 * The entries along an axis moved by `shift`; those that leave one end come in at the other. Along several axes with a list; without
 * an axis as if the tensor were a row.
 */
export const roll = operation(
  'numpy',
  'Roll',
  'x shift= axis=null',
  (
    x: Operand,
    shift: number | readonly number[],
    axis: number | readonly number[] | null = null,
  ): SymbolicTensor => {
    const where = 'ops.roll'
    if (axis === null) return reshape(roll(ravel(x), shift, 0), shapeOfOperand(x, where))
    const axes = [axis].flat()
    const shifts = typeof shift === 'number' ? axes.map(() => shift) : shift
    if (!Array.isArray(shifts) || shifts.length !== axes.length)
      fail(where, { expected: `a shift for each of ${axes.length} axes`, got: describeValue(shift) })
    return axes.reduce((rolled: Operand, each, i) => rollOne(rolled, shifts[i], each), x) as SymbolicTensor
  },
)

function rollOne(x: Operand, shift: unknown, axis: number): SymbolicTensor {
  const where = 'ops.roll'
  const { shape, at, extent } = knownAxisOf(where, x, axis)
  const by = ((checkInteger(where, 'shift', shift) % extent) + extent) % extent
  const part = (start: number | null, stop: number | null): SymbolicTensor =>
    getItem(
      x,
      shape.map((_, i) => (i === at ? [start, stop] : null)),
    )
  return by === 0 ? part(null, null) : concatenate([part(extent - by, null), part(null, extent - by)], at)
}
