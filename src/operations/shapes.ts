// Operations that give the same entries another shape or another order of axes. Axes count from the end where they are negative; the
// batch is axis 0 and stays open (null) until a step is compiled.

import { describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { broadcast } from '../ops/broadcasting.ts'
import { point } from '../ops/pointwise.ts'
import { transpose as permute } from '../ops/transpose.ts'
import { detach, reshape as view } from '../ops/view.ts'
import { type OpenShape, type Shape, showShape, sizeOf } from '../util/shape.ts'
import { asType } from './casting.ts'
import {
  axisOf,
  broadcastOpen,
  defineOperation,
  integersOf,
  type Operand,
  shapeOfOperand,
  single,
  tensorOf,
} from './operation.ts'
import { operation } from './operationLayer.ts'

const size = (shape: OpenShape): number => sizeOf(shape.map((extent) => extent ?? 1))

const reshapes = defineOperation<{ readonly shape: readonly (number | null)[] }>({
  name: 'reshape',
  outputShapes: ([shape = []], { shape: target }, where) => [reshaped(shape, target, where)],
  lower: (graph, [operand], { shape }) => {
    const x = tensorOf(operand, 'ops.reshape')
    return [view(graph, x, { shape: reshaped(x.shape, shape, 'ops.reshape') as Shape })]
  },
})

/** The shape with its −1, or null, settled where it can be. */
function reshaped(shape: OpenShape, target: OpenShape, where: string): OpenShape {
  const unknown = target.flatMap((extent, axis) => (extent === -1 || extent === null ? [axis] : []))
  const known = target.map((extent) => (extent === -1 ? null : extent))
  const isOpen = shape.includes(null)
  const rest = size(known)
  const fits = isOpen
    ? unknown.length > 0
    : unknown.length === 0
      ? size(shape) === rest
      : unknown.length === 1 && rest > 0 && size(shape) % rest === 0
  if (!fits || unknown.length > 1 + shape.filter((extent) => extent === null).length) {
    fail(where, {
      expected: `a shape of the entries of ${showShape(shape)}, with −1 for the batch`,
      got: `[${target.map((extent) => extent ?? 'null').join(', ')}]`,
    })
  }
  if (isOpen) {
    // An open extent that is the only one on both sides stays open, or becomes known where it must be 1.
    return known
  }
  return known.map((extent) => extent ?? size(shape) / rest)
}

/** The same entries in another shape, one of whose extents may be −1: what remains, such as the batch. A number is a row's. */
export const reshape = operation(
  'numpy',
  'Reshape',
  'x newshape=',
  (x: Operand, newShape: number | readonly (number | null)[]): SymbolicTensor => {
    const where = 'ops.reshape'
    const shape = typeof newShape === 'number' ? [newShape] : newShape
    return single(reshapes(where, [x], { shape: integersOf(where, 'newShape', shape, true) }))
  },
)

/** All entries in one row. */
export const ravel = operation('numpy', 'Ravel', 'x', (x: Operand): SymbolicTensor => reshape(x, [-1]))

const expansions = defineOperation<{ readonly axes: readonly number[] }>({
  name: 'expandDims',
  outputShapes: ([shape = []], { axes }) => [expanded(shape, axes)],
  lower: (graph, [operand], { axes }) => {
    const x = tensorOf(operand, 'ops.expandDims')
    return [view(graph, x, { shape: expanded(x.shape, axes) as Shape })]
  },
})

function expanded(shape: OpenShape, axes: readonly number[]): OpenShape {
  const rest = [...shape]
  return Array.from({ length: shape.length + axes.length }, (_, axis) =>
    axes.includes(axis) ? 1 : (rest.shift() as number | null),
  )
}

/** With a new axis of extent 1, or several. */
export const expandDims = operation(
  'numpy',
  'ExpandDims',
  'x axis=',
  (x: Operand, axis: number | readonly number[]): SymbolicTensor => {
    const where = 'ops.expandDims'
    const list = [axis].flat()
    const rank = shapeOfOperand(x, where).length + list.length
    return single(expansions(where, [x], { axes: list.map((each) => axisOf(where, each, rank)) }))
  },
)

const squeezes = defineOperation<{ readonly axes: readonly number[] }>({
  name: 'squeeze',
  outputShapes: ([shape = []], { axes }) => [shape.filter((_, axis) => !axes.includes(axis))],
  lower: (graph, [operand], { axes }) => {
    const x = tensorOf(operand, 'ops.squeeze')
    return [view(graph, x, { shape: x.shape.filter((_, axis) => !axes.includes(axis)) })]
  },
})

/** Without an axis of extent 1, several, or all of them. */
export const squeeze = operation(
  'numpy',
  'Squeeze',
  'x axis=null',
  (x: Operand, axis: number | readonly number[] | null = null): SymbolicTensor => {
    const where = 'ops.squeeze'
    const shape = shapeOfOperand(x, where)
    const axes =
      axis === null
        ? shape.flatMap((extent, i) => (extent === 1 ? [i] : []))
        : [axis].flat().map((each) => axisOf(where, each, shape.length))
    if (axes.some((each) => shape[each] !== 1))
      fail(where, { expected: 'axes of extent 1', got: `axis ${describeValue(axis)} of ${showShape(shape)}` })
    return single(squeezes(where, [x], { axes }))
  },
)

const transposes = defineOperation<{ readonly permutation: readonly number[] }>({
  name: 'transpose',
  outputShapes: ([shape = []], { permutation }) => [permutation.map((axis) => shape[axis] as number | null)],
  lower: (graph, [x], { permutation }) => [
    permute(graph, { x: tensorOf(x, 'ops.transpose') }, { permutation }).y,
  ],
})

/** The axes in another order; without `axes` in reverse. */
export const transpose = operation(
  'numpy',
  'Transpose',
  'x axes=null',
  (x: Operand, axes: readonly number[] | null = null): SymbolicTensor => {
    const where = 'ops.transpose'
    const { length: rank } = shapeOfOperand(x, where)
    const given = axes === null ? null : integersOf(where, 'axes', axes)
    const permutation = (given ?? Array.from({ length: rank }, (_, i) => rank - 1 - i)).map((axis) =>
      axisOf(where, axis, rank),
    )
    if (permutation.length !== rank || new Set(permutation).size < rank)
      fail(where, { expected: `each of ${rank} axes once`, got: describeValue(axes) })
    return single(transposes(where, [x], { permutation }))
  },
)

/** Two axes exchanged. */
export const swapaxes = operation(
  'numpy',
  'Swapaxes',
  'x axis1= axis2=',
  (x: Operand, axis1: number, axis2: number): SymbolicTensor => {
    const where = 'ops.swapaxes'
    const { length: rank } = shapeOfOperand(x, where)
    const [a, b] = [axisOf(where, axis1, rank), axisOf(where, axis2, rank)]
    return transpose(
      x,
      Array.from({ length: rank }, (_, i) => (i === a ? b : i === b ? a : i)),
    )
  },
)

/** An axis at another place, or several, the others in their order. */
export const moveaxis = operation(
  'numpy',
  'Moveaxis',
  'x source= destination=',
  (
    x: Operand,
    source: number | readonly number[],
    destination: number | readonly number[],
  ): SymbolicTensor => {
    const where = 'ops.moveaxis'
    const { length: rank } = shapeOfOperand(x, where)
    const from = [source].flat().map((axis) => axisOf(where, axis, rank))
    const to = [destination].flat().map((axis) => axisOf(where, axis, rank))
    if (from.length !== to.length || new Set(from).size < from.length || new Set(to).size < to.length)
      fail(where, {
        expected: 'as many places as axes, each once',
        got: `${describeValue(source)} and ${describeValue(destination)}`,
      })
    const others = Array.from({ length: rank }, (_, i) => i).filter((i) => !from.includes(i))
    const places = Array.from({ length: rank }, (_, i) => from[to.indexOf(i)] ?? (others.shift() as number))
    return transpose(x, places)
  },
)

const broadcasts = defineOperation<{ readonly shape: OpenShape }>({
  name: 'broadcastTo',
  outputShapes: ([shape = []], { shape: target }, where) => [broadcastOpen([shape, target], where)],
  lower: (graph, [operand], { shape }) => {
    const x = tensorOf(operand, 'ops.broadcastTo')
    const rank = Math.max(x.shape.length, shape.length)
    const target = Array.from(
      { length: rank },
      (_, axis) => shape[axis - rank + shape.length] ?? x.shape[axis - rank + x.shape.length] ?? 1,
    )
    return [broadcast(graph, x, target)]
  },
})

/** Repeated to a shape, by NumPy's rule of broadcasting; null stands for an extent that stays, such as the batch. */
export const broadcastTo = operation(
  'numpy',
  'BroadcastTo',
  'x shape=',
  (x: Operand, shape: OpenShape): SymbolicTensor => {
    const where = 'ops.broadcastTo'
    return single(broadcasts(where, [x], { shape: integersOf(where, 'shape', shape, true) }))
  },
)

const stops = defineOperation<object>({
  name: 'stopGradient',
  outputShapes: ([shape = []]) => [shape],
  lower: (graph, [x]) => [detach(graph, tensorOf(x, 'ops.stopGradient'), {})],
})

/** The same numbers, through which no gradient flows. */
export const stopGradient = operation(
  'core',
  'StopGradient',
  'variable',
  (x: Operand): SymbolicTensor => single(stops('ops.stopGradient', [x], {})),
)

/** The shape, its batch null. */
export const shape = (x: Operand): OpenShape => shapeOfOperand(x, 'ops.shape')
/** The number of axes. */
export const ndim = (x: Operand): number => shapeOfOperand(x, 'ops.ndim').length

/* @__NO_SIDE_EFFECTS__ */
function filledLike(name: string, className: string, value: number) {
  const apply = defineOperation<object>({
    name,
    outputShapes: ([of = []]) => [of],
    lower: (graph, [x = 0]) => [point(graph, 'where', 0, x, value)],
  })
  return operation(
    'numpy',
    className,
    'x dtype=null',
    (x: Operand, dtype: string | null = null): SymbolicTensor =>
      asType(single(apply(`ops.${name}`, [x], {})), dtype),
  )
}

/** 0 everywhere, in the shape of x. */
export const zerosLike = filledLike('zerosLike', 'ZerosLike', 0)
/** 1 everywhere, in the shape of x. */
export const onesLike = filledLike('onesLike', 'OnesLike', 1)
