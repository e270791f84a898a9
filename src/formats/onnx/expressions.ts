// What layers are made of in ONNX's operators, with the shapes of results. Extents that only a call knows are computed in the graph.

import { impossible } from '../../errors.ts'
import { broadcastShapes } from '../../util/broadcastShapes.ts'
import { type OpenShape, sizeOf } from '../../util/shape.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'
import type { ElementType } from './schema.ts'

/** An extent: a number, or what a tensor has along an axis; null is whatever remains. */
export type Extent = number | null | { readonly of: OnnxValue; readonly axis: number }

/** The extent of a tensor along an axis. */
export const extentOf = (of: OnnxValue, axis: number): number | { of: OnnxValue; axis: number } =>
  of.shape[axis] ?? { of, axis }

/** All extents of a tensor, or some. */
export const extentsOf = (of: OnnxValue, start = 0, end = of.shape.length): readonly Extent[] =>
  Array.from({ length: end - start }, (_, i) => extentOf(of, start + i))

const known = (extent: Extent): number | null => (typeof extent === 'number' ? extent : null)

/** Extents as a tensor of integers; null is −1. */
function extentsTensor(graph: OnnxGraph, extents: readonly Extent[]): OnnxValue {
  const parts = extents.map((extent) => {
    if (extent === null || typeof extent === 'number') return graph.constant([extent ?? -1])
    const { of, axis } = extent
    const shape = graph.node('Shape', [of], { shape: [of.shape.length], type: 'int64' })
    return graph.node('Gather', [shape, graph.constant([axis])], { shape: [1], type: 'int64' }, { axis: 0 })
  })
  if (extents.every((extent) => extent === null || typeof extent === 'number'))
    return graph.constant(extents.map((extent) => (typeof extent === 'number' ? extent : -1)))
  return graph.node('Concat', parts, { shape: [extents.length], type: 'int64' }, { axis: 0 })
}

export const cast = (graph: OnnxGraph, x: OnnxValue, type: ElementType): OnnxValue =>
  x.type === type ? x : graph.node('Cast', [x], { shape: x.shape, type }, { to: ELEMENT[type] })

const ELEMENT = { float: 1, int32: 6, int64: 7, bool: 9 } as const

/** Where each transposed tensor comes from, so that transpositions one after another are one, or none. */
const transposed = new WeakMap<OnnxValue, { readonly x: OnnxValue; readonly order: readonly number[] }>()

/** The axes in another order. */
export function transpose(graph: OnnxGraph, x: OnnxValue, order: readonly number[]): OnnxValue {
  const before = transposed.get(x)
  if (before)
    return transpose(
      graph,
      before.x,
      order.map((axis) => before.order[axis] as number),
    )
  if (order.every((axis, i) => axis === i)) return x
  const shape = order.map((axis) => x.shape[axis] as number | null)
  const y = graph.node('Transpose', [x], { shape, type: x.type }, { perm: order })
  transposed.set(y, { x, order })
  return y
}

/** The same entries in another shape. */
export function reshape(graph: OnnxGraph, x: OnnxValue, extents: readonly Extent[]): OnnxValue {
  const shape = extents.map(known)
  const isSame =
    shape.length === x.shape.length &&
    extents.every((extent, axis) =>
      typeof extent === 'number'
        ? extent === x.shape[axis]
        : extent !== null && extent.of === x && extent.axis === axis,
    )
  if (isSame) return x
  const unknown = shape.filter((extent) => extent === null).length
  const rest = sizeOf(shape.map((extent) => extent ?? 1))
  // What remains is known where the whole is.
  const size = x.shape.includes(null) ? null : sizeOf(x.shape.map((extent) => extent ?? 1))
  const settled = shape.map((extent) => extent ?? (unknown === 1 && size !== null ? size / rest : null))
  const target = unknown === 1 ? settled : extents
  return graph.node('Reshape', [x, extentsTensor(graph, target)], { shape: settled, type: x.type })
}

/** A function of tensors whose shapes broadcast. */
export function pointwise(
  graph: OnnxGraph,
  opType: string,
  operands: readonly OnnxValue[],
  type: ElementType = operands.at(-1)?.type ?? 'float',
): OnnxValue {
  const shape = broadcastShapes(
    opType,
    operands.map((operand) => operand.shape),
    '',
  )
  return graph.node(opType, operands, { shape, type })
}

/** A function of each entry. */
export const unary = (
  graph: OnnxGraph,
  opType: string,
  x: OnnxValue,
  attributes: Readonly<Record<string, number>> = {},
): OnnxValue => graph.node(opType, [x], { shape: x.shape, type: x.type }, attributes)

export const add = (graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue =>
  pointwise(graph, 'Add', [a, b])
export const subtract = (graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue =>
  pointwise(graph, 'Sub', [a, b])
export const multiply = (graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue =>
  pointwise(graph, 'Mul', [a, b])
export const divide = (graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue =>
  pointwise(graph, 'Div', [a, b])
export const scale = (graph: OnnxGraph, x: OnnxValue, factor: number): OnnxValue =>
  factor === 1 ? x : multiply(graph, x, graph.scalar(factor))

/** x between two bounds. */
export const clip = (graph: OnnxGraph, x: OnnxValue, low: number, high: number): OnnxValue =>
  graph.node('Clip', [x, graph.scalar(low), graph.scalar(high)], { shape: x.shape, type: x.type })

/** `x` where a condition is not 0, else `y`. */
export const where = (graph: OnnxGraph, condition: OnnxValue, x: OnnxValue, y: OnnxValue): OnnxValue =>
  pointwise(graph, 'Where', [cast(graph, condition, 'bool'), x, y])

/** 1 or 0 by a comparison. */
export const compare = (graph: OnnxGraph, opType: string, a: OnnxValue, b: OnnxValue): OnnxValue =>
  cast(graph, pointwise(graph, opType, [a, b], 'bool'), 'float')

/** The product of matrices, whose axes in front broadcast. */
export function matmul(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  const outer = broadcastShapes('MatMul', [a.shape.slice(0, -2), b.shape.slice(0, -2)], '')
  const rows = a.shape.slice(-2, -1)
  const columns = b.shape.length > 1 ? b.shape.slice(-1) : []
  return graph.node('MatMul', [a, b], { shape: [...outer, ...rows, ...columns], type: 'float' })
}

export function concat(graph: OnnxGraph, parts: readonly OnnxValue[], axis: number): OnnxValue {
  const [first] = parts
  if (!first) impossible('nothing to join')
  if (parts.length === 1) return first
  const extents = parts.map((part) => part.shape[axis] ?? null)
  const sum = extents.reduce((a, b) => (a === null || b === null ? null : a + b))
  const shape = first.shape.map((extent, i) =>
    i === axis ? sum : (extent ?? parts.find((part) => part.shape[i] !== null)?.shape[i] ?? null),
  )
  return graph.node('Concat', parts, { shape, type: first.type }, { axis })
}

/** Parts of axes: `end` is null for all to the end. */
export interface Part {
  readonly axis: number
  readonly start: number
  readonly end: number | null
  readonly step?: number
}

/** Beyond any extent. */
const FAR = 2 ** 31 - 1

export function slice(graph: OnnxGraph, x: OnnxValue, parts: readonly Part[]): OnnxValue {
  if (parts.length === 0) return x
  const shape: OpenShape = x.shape.map((extent, axis) => {
    const part = parts.find((each) => each.axis === axis)
    if (!part || extent === null) return extent
    const { start, end, step = 1 } = part
    const within = (place: number): number =>
      Math.min(
        Math.max(place < 0 ? place + extent : place, step > 0 ? 0 : -1),
        step > 0 ? extent : extent - 1,
      )
    const stop = end === null ? (step > 0 ? extent : -1) : within(end)
    return Math.max(0, Math.ceil((stop - within(start)) / step))
  })
  const ends = parts.map(({ end, step = 1 }) => end ?? (step > 0 ? FAR : -FAR))
  const integers = [
    parts.map(({ start }) => start),
    ends,
    parts.map(({ axis }) => axis),
    parts.map(({ step = 1 }) => step),
  ]
  return graph.node('Slice', [x, ...integers.map((list) => graph.constant(list))], { shape, type: x.type })
}

/** Entries in equal parts, or parts of these extents, along an axis. */
export function split(
  graph: OnnxGraph,
  x: OnnxValue,
  axis: number,
  extents: readonly number[],
): readonly OnnxValue[] {
  const results = extents.map((extent) => ({
    shape: x.shape.map((own, i) => (i === axis ? extent : own)),
    type: x.type,
  }))
  return graph.nodes('Split', [x, graph.constant(extents)], results, { axis })
}

/** Repeated to a shape, which it broadcasts to. */
export function expand(graph: OnnxGraph, x: OnnxValue, extents: readonly Extent[]): OnnxValue {
  const shape = extents.map(
    (extent, i) =>
      known(extent) ??
      (x.shape[i - extents.length + x.shape.length] === 1
        ? null
        : (x.shape[i - extents.length + x.shape.length] ?? null)),
  )
  return graph.node('Expand', [x, extentsTensor(graph, extents)], { shape, type: x.type })
}

/** A tensor of one number. */
export const filled = (graph: OnnxGraph, value: number, extents: readonly Extent[]): OnnxValue =>
  extents.every((extent) => typeof extent === 'number') && sizeOf(extents as number[]) < 64
    ? graph.constant(new Float32Array(sizeOf(extents as number[])).fill(value), extents as number[])
    : expand(graph, graph.scalar(value), extents)

/** A reduction over axes: `ReduceSum`, `ReduceMean`, `ReduceMax`, … */
export function reduce(
  graph: OnnxGraph,
  opType: string,
  x: OnnxValue,
  axes: readonly number[],
  keepdims = false,
): OnnxValue {
  const shape = x.shape.flatMap((extent, axis) => (!axes.includes(axis) ? [extent] : keepdims ? [1] : []))
  return graph.node(
    opType,
    [x, graph.constant(axes)],
    { shape, type: x.type },
    { keepdims: Number(keepdims) },
  )
}

/** With axes of extent 1 at these places of the result. */
export function unsqueeze(graph: OnnxGraph, x: OnnxValue, axes: readonly number[]): OnnxValue {
  const rest = [...x.shape]
  const shape = Array.from({ length: x.shape.length + axes.length }, (_, axis) =>
    axes.includes(axis) ? 1 : (rest.shift() as number | null),
  )
  return axes.length === 0 ? x : graph.node('Unsqueeze', [x, graph.constant(axes)], { shape, type: x.type })
}

export const squeeze = (graph: OnnxGraph, x: OnnxValue, axes: readonly number[]): OnnxValue =>
  graph.node('Squeeze', [x, graph.constant(axes)], {
    shape: x.shape.filter((_, axis) => !axes.includes(axis)),
    type: x.type,
  })

export const softmax = (graph: OnnxGraph, x: OnnxValue, axis = -1, isLogarithm = false): OnnxValue =>
  unary(graph, isLogarithm ? 'LogSoftmax' : 'Softmax', x, { axis })

/** Softmax over axes, ascending, or its logarithm. */
export function softmaxOver(
  graph: OnnxGraph,
  x: OnnxValue,
  axes: readonly number[],
  isLogarithm = false,
): OnnxValue {
  const [axis = -1] = axes
  if (axes.length === 1) return softmax(graph, x, axis, isLogarithm)
  const others = x.shape.map((_, k) => k).filter((k) => !axes.includes(k))
  const order = [...others, ...axes]
  const last = transpose(graph, x, order)
  const rows = reshape(graph, last, [...extentsOf(last, 0, others.length), null])
  const back = reshape(graph, softmax(graph, rows, -1, isLogarithm), extentsOf(last))
  const inverse = order.map((_, k) => order.indexOf(k))
  return transpose(graph, back, inverse)
}

/** A mask [batch, …], with axes behind its own so that it broadcasts to a tensor of so many axes. */
export const maskFor = (graph: OnnxGraph, mask: OnnxValue, rank: number): OnnxValue =>
  unsqueeze(
    graph,
    mask,
    Array.from({ length: rank - mask.shape.length }, (_, i) => mask.shape.length + i),
  )

/** x where a mask is 1, else 0. */
export const masked = (graph: OnnxGraph, x: OnnxValue, mask: OnnxValue): OnnxValue =>
  where(graph, maskFor(graph, mask, x.shape.length), x, graph.scalar(0))

/** 0, 1, 2, … along an axis of a tensor, as floats. */
export function indices(graph: OnnxGraph, of: OnnxValue, axis: number): OnnxValue {
  const extent = of.shape[axis] ?? null
  if (extent !== null) return graph.constant(Float32Array.from({ length: extent }, (_, i) => i))
  const limit = squeeze(graph, extentsTensor(graph, [{ of, axis }]), [0])
  const [start, step] = [graph.constant([0], []), graph.constant([1], [])]
  return cast(graph, graph.node('Range', [start, limit, step], { shape: [null], type: 'int64' }), 'float')
}
