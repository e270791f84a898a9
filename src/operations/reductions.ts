// Operations that reduce axes: sums, means, extremes. `axis` is one, a list, or null, the default, for all; counted from the end where
// it is negative. With `keepdims` a reduced axis stays with an extent of 1.

import { fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { argExtreme, fold, scan } from '../ops/fold.ts'
import { point } from '../ops/pointwise.ts'
import { sum as sumOver } from '../ops/reduce.ts'
import { reshape } from '../ops/view.ts'
import { extentOf, type OpenShape, type Shape, sizeOf } from '../util/shape.ts'
import {
  alongAxis,
  axisOf,
  defineOperation,
  type Operand,
  shapeOfOperand,
  single,
  tensorOf,
} from './operation.ts'

/** One axis, several, or null for all. */
export type Axes = number | readonly number[] | null

interface ReductionArguments {
  /** Counted from the start, in ascending order. */
  readonly axes: readonly number[]
  readonly keepdims: boolean
}

type Reduction = (x: Operand, axis?: Axes, keepdims?: boolean) => SymbolicTensor
/** Adds the reduction over one axis, which is removed. */
type Reduce = (graph: Graph, x: Value, axis: number) => Value

const reducedShape = (shape: OpenShape, { axes, keepdims }: ReductionArguments): OpenShape =>
  shape.flatMap((extent, axis) => (!axes.includes(axis) ? [extent] : keepdims ? [1] : []))

/** Reduces axes; neighbours are one axis. */
function overAxes(graph: Graph, x: Value, axes: readonly number[], reduce: Reduce): Value {
  let result = x
  let end = axes.length
  while (end > 0) {
    let start = end - 1
    while (start > 0 && axes[start - 1] === (axes[start] as number) - 1) start--
    const [first = 0, last = 0] = [axes[start], axes[end - 1]]
    const { shape } = result
    const merged: Shape = [
      ...shape.slice(0, first),
      sizeOf(shape.slice(first, last + 1)),
      ...shape.slice(last + 1),
    ]
    result = reduce(graph, reshape(graph, result, { shape: merged }), first)
    end = start
  }
  return result
}

/** An operation that reduces axes of a tensor. */
/* @__NO_SIDE_EFFECTS__ */
function reduction(
  name: string,
  className: string,
  lower: (graph: Graph, x: Value, axes: readonly number[]) => Value,
  module = 'numpy',
): Reduction {
  const apply = defineOperation<ReductionArguments>({
    className,
    module,
    outputShapes: ([shape = []], args) => [reducedShape(shape, args)],
    lower: (graph, [operand], args) => {
      const x = tensorOf(operand, `ops.${name}`)
      return [reshape(graph, lower(graph, x, args.axes), { shape: reducedShape(x.shape, args) as Shape })]
    },
  })
  return (x, axis = null, keepdims = false) => {
    const where = `ops.${name}`
    return single(apply(where, [x], { axes: axesOf(where, axis, shapeOfOperand(x, where).length), keepdims }))
  }
}

/** Axes from the start, in ascending order. */
export function axesOf(where: string, axis: Axes, rank: number): readonly number[] {
  if (axis === null) return Array.from({ length: rank }, (_, i) => i)
  const axes = [axis].flat().map((each) => axisOf(where, each, rank))
  if (new Set(axes).size < axes.length)
    fail(where, { expected: 'each axis once', got: `[${[axis].flat().join(', ')}]` })
  return axes.sort((a, b) => a - b)
}

const total = (graph: Graph, x: Value, axes: readonly number[], isMean = false): Value =>
  overAxes(
    graph,
    x,
    axes,
    (_graph, tensor, axis) =>
      sumOver(graph, { x: tensor }, { axis, ...(isMean ? { scale: 1 / extentOf(tensor.shape, axis) } : {}) })
        .y,
  )

const withOnes = (graph: Graph, x: Value, original: Value, axes: readonly number[]): Value =>
  reshape(graph, x, { shape: reducedShape(original.shape, { axes, keepdims: true }) as Shape })

const extreme = (fn: 'max' | 'min' | 'prod') => (graph: Graph, x: Value, axes: readonly number[]) =>
  overAxes(graph, x, axes, (_graph, tensor, axis) => fold(graph, { x: tensor }, { axis, fn }).y)

const variance = (graph: Graph, x: Value, axes: readonly number[]): Value => {
  const mean = withOnes(graph, total(graph, x, axes, true), x, axes)
  return total(graph, point(graph, 'square', point(graph, 'subtract', x, mean)), axes, true)
}

/** The sum over axes. */
export const sum: Reduction = reduction('sum', 'Sum', total)
/** The mean over axes. */
export const mean: Reduction = reduction('mean', 'Mean', (graph, x, axes) => total(graph, x, axes, true))
/** The largest number over axes; equal ones share the gradient. */
export const max: Reduction = reduction('max', 'Max', extreme('max'))
/** The smallest number over axes; equal ones share the gradient. */
export const min: Reduction = reduction('min', 'Min', extreme('min'))
/** The product over axes. */
export const prod: Reduction = reduction('prod', 'Prod', extreme('prod'))
/** The mean square of the distance from the mean over axes. */
export const varianceOf: Reduction = reduction('var', 'Var', variance)
/** The root of the variance over axes. */
export const std: Reduction = reduction('std', 'Std', (graph, x, axes) =>
  point(graph, 'sqrt', variance(graph, x, axes)),
)
/** ln Σ eˣ over axes, without overflow. */
export const logsumexp: Reduction = reduction(
  'logsumexp',
  'Logsumexp',
  (graph, x, axes) => {
    const most = extreme('max')(graph, x, axes)
    const shifted = point(graph, 'subtract', x, withOnes(graph, most, x, axes))
    return point(graph, 'add', point(graph, 'log', total(graph, point(graph, 'exp', shifted), axes)), most)
  },
  'math',
)
/** 1 where a number over axes is not 0, else 0. */
export const any: Reduction = reduction('any', 'Any', (graph, x, axes) =>
  extreme('max')(graph, point(graph, 'notEqual', x, 0), axes),
)
/** 1 where no number over axes is 0, else 0. */
export const all: Reduction = reduction('all', 'All', (graph, x, axes) =>
  extreme('min')(graph, point(graph, 'notEqual', x, 0), axes),
)
/** How many numbers over axes are not 0. */
export const countNonzero: Reduction = reduction('countNonzero', 'CountNonzero', (graph, x, axes) =>
  total(graph, point(graph, 'notEqual', x, 0), axes),
)
/** The Euclidean norm over axes. */
export const norm: Reduction = reduction(
  'norm',
  'Norm',
  (graph, x, axes) => point(graph, 'sqrt', total(graph, point(graph, 'square', x), axes)),
  'linalg',
)

/** As {@link Reduction}, over one axis or all. */
type Place = (x: Operand, axis?: number | null, keepdims?: boolean) => SymbolicTensor

const extremePlace = (isMinimum: boolean) => (graph: Graph, x: Value, axes: readonly number[]) =>
  overAxes(graph, x, axes, (_graph, tensor, axis) => argExtreme(graph, { x: tensor }, { axis, isMinimum }).y)

/** The index of the largest number along an axis, of equal ones the first; of all in a row without an axis. It has no gradient. */
export const argmax: Place = reduction('argmax', 'Argmax', extremePlace(false))
/** The index of the smallest number along an axis, as {@link argmax}. */
export const argmin: Place = reduction('argmin', 'Argmin', extremePlace(true))

/* @__NO_SIDE_EFFECTS__ */
function running(name: string, className: string, fn: 'sum' | 'prod') {
  const apply = alongAxis(
    name,
    { className, module: 'numpy' },
    (graph, x, axis) => scan(graph, { x }, { axis, fn }).y,
  )
  return (x: Operand, axis: number): SymbolicTensor => apply(x, axis, {})
}

/** The sums of the entries up to each one along an axis. */
export const cumsum = running('cumsum', 'Cumsum', 'sum')
/** The products of the entries up to each one along an axis, none of which may be 0 where a gradient is asked for. */
export const cumprod = running('cumprod', 'Cumprod', 'prod')
