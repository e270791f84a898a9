// Operations that reduce axes: sums, means, extremes. `axis` is one, a list, or null, the default, for all; counted from the end where
// it is negative. With `keepdims` a reduced axis stays with an extent of 1.

import { checkBoolean, describeValue, fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as foldSides from '../ops/fold.cpu.ts'
import { argExtreme, fold, scan } from '../ops/fold.ts'
import { point } from '../ops/pointwise.ts'
import { sum as sumOver } from '../ops/reduce.ts'
import { reshape } from '../ops/view.ts'
import { extentOf, type OpenShape, type Shape, sizeOf } from '../util/shape.ts'
import { alongAxis } from './alongAxis.ts'
import { asType } from './casting.ts'
import { absolute, maximum, minimum, notEqual, power, sqrt, square } from './elementwise.ts'
import type { OnNumbers } from './onNumbers.ts'
import { axisOf, defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { type Details, operation } from './operationLayer.ts'
import { ravel } from './shapes.ts'

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
function reducing(
  name: string,
  lower: (graph: Graph, x: Value, axes: readonly number[]) => Value,
): (x: Operand, axis?: Axes, keepdims?: boolean) => SymbolicTensor {
  const apply = defineOperation<ReductionArguments>({
    name,
    sides: foldSides,
    outputShapes: ([shape = []], args) => [reducedShape(shape, args)],
    lower: (graph, [operand], args) => {
      const x = tensorOf(operand, `ops.${name}`)
      return [reshape(graph, lower(graph, x, args.axes), { shape: reducedShape(x.shape, args) as Shape })]
    },
  })
  return (x, axis = null, keepdims = false) => {
    const where = `ops.${name}`
    const axes = axesOf(where, axis, shapeOfOperand(x, where).length)
    return single(apply(where, [x], { axes, keepdims: checkBoolean(where, 'keepdims', keepdims) }))
  }
}

/** A function that reduces axes, of Keras's class of this name. */
/* @__NO_SIDE_EFFECTS__ */
const reduction = (
  className: string,
  fn: Reduction,
  { module = 'numpy', ...details }: Details & { readonly module?: string } = {},
) => operation(module, className, 'x axis=null keepdims=false', fn, details)

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
export const sum = reduction('Sum', reducing('sum', total))
/** The mean over axes. */
export const mean = reduction(
  'Mean',
  reducing('mean', (graph, x, axes) => total(graph, x, axes, true)),
)

const largest = reducing('max', extreme('max'))
const smallest = reducing('min', extreme('min'))

/** The largest number over axes, or `initial` where that is larger; equal ones share the gradient. */
export const max = operation(
  'numpy',
  'Max',
  'x axis=null keepdims=false initial=null',
  (x: Operand, axis: Axes = null, keepdims = false, initial: number | null = null): SymbolicTensor =>
    initial === null ? largest(x, axis, keepdims) : maximum(largest(x, axis, keepdims), initial),
)
/** The smallest number over axes, or `initial` where that is smaller; equal ones share the gradient. */
export const min = operation(
  'numpy',
  'Min',
  'x axis=null keepdims=false initial=null',
  (x: Operand, axis: Axes = null, keepdims = false, initial: number | null = null): SymbolicTensor =>
    initial === null ? smallest(x, axis, keepdims) : minimum(smallest(x, axis, keepdims), initial),
)
/** As {@link max}. */
export const amax = reduction('Amax', (...args) => max(...args))
/** As {@link min}. */
export const amin = reduction('Amin', (...args) => min(...args))
const product = reducing('prod', extreme('prod'))
/** The product over axes. */
export const prod = operation(
  'numpy',
  'Prod',
  'x axis=null keepdims=false dtype=null',
  (x: Operand, axis: Axes = null, keepdims = false, dtype: string | null = null): SymbolicTensor =>
    product(asType(x, dtype), axis, keepdims),
)
/** The mean square of the distance from the mean over axes. */
export const varianceOf = reduction('Var', reducing('var', variance))
/** The root of the variance over axes. */
export const std = reduction('Std', (...args) => sqrt(varianceOf(...args)))
/** ln Σ eˣ over axes, without overflow. */
export const logsumexp = reduction(
  'Logsumexp',
  reducing('logsumexp', (graph, x, axes) => {
    const largest = extreme('max')(graph, x, axes)
    // Infinities have no distance from each other: what is not finite is not subtracted.
    const most = point(graph, 'where', point(graph, 'isfinite', largest), largest, 0)
    const shifted = point(graph, 'subtract', x, withOnes(graph, most, x, axes))
    return point(graph, 'add', point(graph, 'log', total(graph, point(graph, 'exp', shifted), axes)), most)
  }),
  { module: 'math' },
)
/** 1 where a number over axes is not 0, else 0. */
export const any = reduction('Any', (x, axis, keepdims) => max(notEqual(x, 0), axis, keepdims), {
  dtype: 'bool',
})
/** 1 where no number over axes is 0, else 0. */
export const all = reduction('All', (x, axis, keepdims) => min(notEqual(x, 0), axis, keepdims), {
  dtype: 'bool',
})
/** How many numbers over axes are not 0. */
export const countNonzero = operation(
  'numpy',
  'CountNonzero',
  'x axis=null',
  (x: Operand, axis: Axes = null): SymbolicTensor => sum(notEqual(x, 0), axis),
  { dtype: 'int32' },
)

/** As {@link Reduction}, over one axis or all. */
type Place = OnNumbers<
  (x: Operand, axis?: number | null, keepdims?: boolean) => SymbolicTensor,
  'x axis=null keepdims=false'
>

/* @__NO_SIDE_EFFECTS__ */
function place(name: string, className: string, isMinimum: boolean): Place {
  const find = reducing(name, (graph, x, axes) =>
    overAxes(
      graph,
      x,
      axes,
      (_graph, tensor, axis) => argExtreme(graph, { x: tensor }, { axis, isMinimum }).y,
    ),
  )
  return reduction(className, find, { dtype: 'int32' }) as Place
}

/** The index of the largest number along an axis, of equal ones the first; of all in a row without an axis. It has no gradient. */
export const argmax: Place = place('argmax', 'Argmax', false)
/** The index of the smallest number along an axis, as {@link argmax}. */
export const argmin: Place = place('argmin', 'Argmin', true)

/* @__NO_SIDE_EFFECTS__ */
function running(name: string, className: string, fn: 'sum' | 'prod') {
  const apply = alongAxis(name, (graph, x, axis) => scan(graph, { x }, { axis, fn }).y, foldSides)
  return operation(
    'numpy',
    className,
    'x axis=null dtype=null',
    (given: Operand, axis: number | null = null, dtype: string | null = null): SymbolicTensor => {
      const x = asType(given, dtype)
      return axis === null ? apply(ravel(x), 0, {}) : apply(x, axis, {})
    },
  )
}

/** The sums of the entries up to each one along an axis; without one of the tensor as a row. */
export const cumsum = running('cumsum', 'Cumsum', 'sum')
/** The products of the entries up to each one along an axis, none of which may be 0 where a gradient is asked for. */
export const cumprod = running('cumprod', 'Cumprod', 'prod')

/**
 * A norm over axes: of vectors along one axis or of all entries the Euclidean one, `ord` 2 or null, or `'fro'` of two axes; the sum of
 * magnitudes, 1; the largest or smallest magnitude, `Infinity` and `-Infinity`; the number of entries that are not 0, 0; or
 * (Σ|x|^ord)^(1/ord). Of two axes the largest or smallest sum of magnitudes of a column, 1 and −1, or of a row, `Infinity` and
 * `-Infinity`.
 */
export const norm = operation(
  'linalg',
  'Norm',
  'x ord=null axis=null keepdims=false',
  (x: Operand, ord: number | 'fro' | null = null, axis: Axes = null, keepdims = false): SymbolicTensor => {
    const where = 'ops.norm'
    const axes = axesOf(where, axis, shapeOfOperand(x, where).length)
    if (ord === null || ord === 'fro' || (ord === 2 && axes.length === 1)) {
      if (ord === 'fro' && axes.length !== 2)
        fail(where, { expected: "two axes for ord 'fro'", got: `${axes.length}` })
      return sqrt(sum(square(x), axis, keepdims))
    }
    const order = typeof ord === 'number' ? Math.abs(ord) : Number.NaN
    const isSum = order === 1
    if (axes.length === 2 && (isSum || order === Number.POSITIVE_INFINITY)) {
      const [rows = 0, columns = 1] = axis === null ? axes : [axis].flat()
      const sums = sum(absolute(x), isSum ? rows : columns, true)
      const most = (order === ord ? max : min)(sums, isSum ? columns : rows, true)
      return keepdims ? most : sum(most, axis)
    }
    if (typeof ord !== 'number' || Number.isNaN(ord) || axes.length !== 1)
      fail(where, {
        expected: "ord null or 'fro', a number with one axis, or ±1 or ±Infinity with two",
        got: describeValue(ord),
        remedy: 'Norms of matrices by singular values are not here.',
      })
    if (ord === 0) return sum(notEqual(x, 0), axis, keepdims)
    const magnitudes = absolute(x)
    if (ord === 1) return sum(magnitudes, axis, keepdims)
    if (ord === Number.POSITIVE_INFINITY) return max(magnitudes, axis, keepdims)
    if (ord === Number.NEGATIVE_INFINITY) return min(magnitudes, axis, keepdims)
    return power(sum(power(magnitudes, ord), axis, keepdims), 1 / ord)
  },
)
