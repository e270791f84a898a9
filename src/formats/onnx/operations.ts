// Operations that functions of `ops` consist of, by their names.

import { impossible } from '../../errors.ts'
import type { OpenShape } from '../../util/shape.ts'
import { elementwiseFunctions } from './elementwise.ts'
import {
  add,
  cast,
  compare,
  concat,
  divide,
  type Extent,
  expand,
  extentOf,
  extentsOf,
  filled,
  matmul,
  multiply,
  pointwise,
  reduce,
  reshape,
  slice,
  softmaxOver,
  split,
  squeeze,
  subtract,
  transpose,
  unary,
  unsqueeze,
} from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'
import { einsum } from './products.ts'

type Operands = readonly [OnnxValue, ...OnnxValue[]]

interface Part {
  readonly start: number | null
  readonly stop: number | null
  readonly step: number
}

/** The arguments of operations beside tensors, each of which has some. */
interface Arguments {
  readonly axis: number
  readonly axes: readonly number[]
  readonly keepdims: boolean
  readonly shape: OpenShape
  readonly permutation: readonly number[]
  readonly dtype: string
  readonly extents: readonly number[]
  readonly repeats: number
  readonly isTiled: boolean
  readonly parts: readonly (Part | null)[]
  readonly without: readonly number[]
  readonly widths: readonly (readonly number[])[]
  readonly value: number
  readonly isAlong: boolean
  readonly numClasses: number
  readonly epsilon: number
  readonly inputs: readonly (readonly string[])[]
  readonly output: readonly string[]
}

/** Adds an operation. */
type Operation = (graph: OnnxGraph, operands: Operands, args: Arguments) => readonly OnnxValue[]

const reduction =
  (opType: string): Operation =>
  (graph, [x], { axes, keepdims }) => [reduce(graph, opType, x, axes, keepdims)]

const variance: Operation = (graph, [x], { axes, keepdims }) => {
  const distance = subtract(graph, x, reduce(graph, 'ReduceMean', x, axes, true))
  return [reduce(graph, 'ReduceMean', multiply(graph, distance, distance), axes, keepdims)]
}

const logSumExp: Operation = (graph, [x], { axes, keepdims }) => {
  const most = reduce(graph, 'ReduceMax', x, axes, true)
  const powers = unary(graph, 'Exp', subtract(graph, x, most))
  const sum = add(graph, unary(graph, 'Log', reduce(graph, 'ReduceSum', powers, axes, true)), most)
  return [keepdims ? sum : squeeze(graph, sum, axes)]
}

/** The place of the largest or smallest entry along an axis, or of all in a row. */
const place =
  (opType: 'ArgMax' | 'ArgMin'): Operation =>
  (graph, [x], { axes, keepdims }) => {
    const [only = 0] = axes
    const isRow = axes.length !== 1
    const source = isRow ? reshape(graph, x, [null]) : x
    const axis = isRow ? 0 : only
    const shape = source.shape.flatMap((extent, k) => (k === axis ? [] : [extent]))
    const found = graph.node(opType, [source], { shape, type: 'int64' }, { axis, keepdims: 0 })
    const y = cast(graph, found, 'float')
    return [keepdims ? unsqueeze(graph, y, axes) : y]
  }

/** The extents of a result that keeps open extents in their order. */
function extentsFor(x: OnnxValue, target: readonly (number | null)[]): readonly Extent[] {
  if (target.filter((extent) => extent === null || extent === -1).length < 2)
    return target.map((extent) => (extent === -1 ? null : extent))
  const open = x.shape.flatMap((extent, axis) => (extent === null ? [axis] : []))
  return target.map((extent) => {
    if (extent === -1) return null
    const axis = extent === null ? open.shift() : undefined
    return axis === undefined ? extent : extentOf(x, axis)
  })
}

/** Beyond any extent. */
const FAR = 2 ** 31 - 1

const getItem: Operation = (graph, [x], { parts, without }) => {
  const taken = parts.flatMap((part, axis) => {
    if (part === null) return []
    const { start, stop, step } = part
    return [{ axis, start: start ?? (step > 0 ? 0 : FAR), end: stop, step }]
  })
  const y = slice(graph, x, taken)
  return [without.length > 0 ? squeeze(graph, y, without) : y]
}

const pad: Operation = (graph, [x], { widths, value }) => {
  const side = (i: number): readonly number[] => x.shape.map((_, axis) => widths[axis]?.[i] ?? 0)
  const shape = x.shape.map((extent, axis) => extent && extent + (side(0)[axis] ?? 0) + (side(1)[axis] ?? 0))
  const pads = graph.constant([...side(0), ...side(1)])
  return [graph.node('Pad', [x, pads, graph.scalar(value)], { shape, type: x.type })]
}

const repeat: Operation = (graph, [x], { axis, repeats, isTiled }) => {
  const along = isTiled ? axis : axis + 1
  const apart = unsqueeze(graph, x, [along])
  const extents: Extent[] = [...extentsOf(x)]
  extents.splice(along, 0, repeats)
  const extent = x.shape[axis] ?? null
  const joined = extentsOf(x).map((each, k) => (k === axis ? extent && extent * repeats : each))
  return [reshape(graph, expand(graph, apart, extents), joined)]
}

const take: Operation = (graph, [x, given], { axis, isAlong }) => {
  if (!given) impossible('take lacks indices')
  const places = cast(graph, given, 'int64')
  const shape = isAlong
    ? given.shape
    : [...x.shape.slice(0, axis), ...given.shape, ...x.shape.slice(axis + 1)]
  return [graph.node(isAlong ? 'GatherElements' : 'Gather', [x, places], { shape, type: x.type }, { axis })]
}

const oneHot: Operation = (graph, [x], { axis, numClasses }) => {
  const classes = graph.constant(Float32Array.from({ length: numClasses }, (_, i) => i))
  const behind = x.shape.slice(axis).map((_, i) => i + 1)
  return [compare(graph, 'Equal', unsqueeze(graph, x, [axis]), unsqueeze(graph, classes, behind))]
}

const normalize: Operation = (graph, [x], { axes, epsilon }) => {
  const norm = reduce(graph, 'ReduceL2', x, axes, true)
  return [divide(graph, x, pointwise(graph, 'Max', [norm, graph.scalar(epsilon)]))]
}

const argsort: Operation = (graph, [x], { axis }) => {
  const extent = x.shape[axis] ?? null
  const shape = graph.node('Shape', [x], { shape: [x.shape.length], type: 'int64' })
  const count =
    extent === null
      ? graph.node('Gather', [shape, graph.constant([axis])], { shape: [1], type: 'int64' }, { axis: 0 })
      : graph.constant([extent])
  const results = [
    { shape: x.shape, type: x.type },
    { shape: x.shape, type: 'int64' as const },
  ]
  const [, order] = graph.nodes('TopK', [x, count], results, { axis, largest: 0, sorted: 1 })
  return [cast(graph, order as OnnxValue, 'float')]
}

/** Products of the entries up to each one along an axis: a loop. */
const cumprod: Operation = (graph, [x], { axis }) => {
  const without = (_: unknown, k: number): boolean => k !== axis
  const row = { shape: x.shape.filter(without), type: x.type }
  const ones = filled(graph, 1, extentsOf(x).filter(without))
  const body = graph.inner((inner) => {
    const [before, now] = [inner.input('before', row), inner.input('now', row)]
    const product = multiply(inner, before, now)
    return [product, product]
  })
  const results = [row, { shape: x.shape, type: x.type }]
  const along = { num_scan_inputs: 1, scan_input_axes: [axis], scan_output_axes: [axis] }
  const [, products] = graph.nodes('Scan', [ones, x], results, { body, ...along })
  return [products as OnnxValue]
}

const filledLike =
  (value: number): Operation =>
  (graph, [x]) => [expand(graph, graph.scalar(value), extentsOf(x))]

const operations: Readonly<Record<string, Operation>> = {
  sum: reduction('ReduceSum'),
  mean: reduction('ReduceMean'),
  max: reduction('ReduceMax'),
  min: reduction('ReduceMin'),
  prod: reduction('ReduceProd'),
  var: variance,
  logsumexp: logSumExp,
  argmax: place('ArgMax'),
  argmin: place('ArgMin'),
  cumsum: (graph, [x], { axis }) => [
    graph.node('CumSum', [x, graph.constant([axis], [])], { shape: x.shape, type: x.type }),
  ],
  cumprod,
  argsort,
  reshape: (graph, [x], { shape }) => [reshape(graph, x, extentsFor(x, shape))],
  expandDims: (graph, [x], { axes }) => [unsqueeze(graph, x, axes)],
  squeeze: (graph, [x], { axes }) => [axes.length > 0 ? squeeze(graph, x, axes) : x],
  transpose: (graph, [x], { permutation }) => [transpose(graph, x, permutation)],
  broadcastTo: (graph, [x], { shape }) => [
    expand(
      graph,
      x,
      shape.map((extent, i) => {
        const axis = i - shape.length + x.shape.length
        return extent ?? (axis < 0 ? 1 : extentOf(x, axis))
      }),
    ),
  ],
  stopGradient: (_graph, [x]) => [x],
  cast: (graph, [x], { dtype }) => {
    if (dtype === 'bool') return [cast(graph, cast(graph, x, 'bool'), 'float')]
    return [/^u?int/.test(dtype) ? cast(graph, cast(graph, x, 'int64'), 'float') : x]
  },
  zerosLike: filledLike(0),
  onesLike: filledLike(1),
  concatenate: (graph, operands, { axis }) => [concat(graph, operands, axis)],
  split: (graph, [x], { axis, extents }) => split(graph, x, axis, extents),
  repeat,
  getItem,
  pad,
  take,
  oneHot,
  matmul: (graph, [a, b]) => [matmulOf(graph, a, b as OnnxValue)],
  einsum: (graph, operands, { inputs, output }) => [einsum(graph, operands, inputs, output)],
  softmax: (graph, [x], { axes }) => [softmaxOver(graph, x, axes)],
  logSoftmax: (graph, [x], { axes }) => [softmaxOver(graph, x, axes, true)],
  normalize,
}

/** A product whose operands may be vectors. */
function matmulOf(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  if (a.shape.length > 1) return matmul(graph, a, b)
  const y = matmul(graph, unsqueeze(graph, a, [0]), b)
  return squeeze(graph, y, [b.shape.length > 1 ? y.shape.length - 2 : 0])
}

/** Adds the operation of a name; null where ONNX has nothing like it. */
export function addOperation(
  graph: OnnxGraph,
  name: string,
  operands: Operands,
  args: object,
): readonly OnnxValue[] | null {
  const pointed = Object.hasOwn(elementwiseFunctions, name) ? elementwiseFunctions[name] : undefined
  if (pointed) return [pointed(graph, ...operands)]
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
  // Each operation was called with arguments of its own.
  return operation?.(graph, operands, args as Arguments) ?? null
}
