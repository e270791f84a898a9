// Joins and cuts along the last axis: concat puts tensors side by side, split cuts them apart, copyColumns copies a range of
// columns.

import { impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { extentOf, lastOf, type Shape, sizeOf } from '../util/shape.ts'
import { concat as concatKernel, copyColumns as copyKernel, split as splitKernel } from './kernels.gen.ts'
import { reshape } from './view.ts'
import { zerosOf } from './zeros.ts'

export interface ColumnRange {
  /** First column read, first column written, how many; the result's other columns are zero. */
  readonly first: number
  readonly start: number
  readonly count: number
  /** Number of columns of the result. */
  readonly width: number
}

/** y [rows, width]: y[:, start + j] = x[:, first + j] for j < count, zeros elsewhere. */
export const copyColumns = defineOp({
  kernel: copyKernel,
  dims: { x: '...rows C' },
  shape: ({ rows }, { width }: ColumnRange) => ({ y: [...rows, width] }),
  params: ({ C, y }, { first, start, count, width }) => ({
    size: sizeOf(y),
    columns: C,
    width,
    first,
    start,
    count,
  }),
  threads: ({ size }) => size,
  gradient({ graph, inputs: { x }, attrs: { first, start, count } }, { y: dy }): Gradients<'x'> {
    const back = { first: start, start: first, count, width: lastOf(x.shape) }
    return dy === undefined ? {} : { x: copyColumns(graph, { x: dy }, back).y }
  },
})

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const
/** Tensors that one launch joins: with the result, WebGPU's default limit of storage buffers. */
const MOST = NAMES.length
type Name = (typeof NAMES)[number]

/** The column after the last one of each tensor, and the width of all after those that are absent. */
function endsOf(widths: readonly number[]): number[] {
  let end = 0
  return Array.from({ length: 8 }, (_, i) => (end += widths[i] ?? 0))
}

/** y [..., a + b + …] = a [..., a] beside b [..., b] …; those that are given are the first by name. */
export const concat = defineOp({
  kernel: concatKernel,
  optional: ['b', 'c', 'd', 'e', 'f', 'g'],
  dims: {
    a: '...rows A',
    b: '...rows B',
    c: '...rows C',
    d: '...rows D',
    e: '...rows E',
    f: '...rows F',
    g: '...rows G',
  },
  shape: ({ rows, ...shapes }) => ({ y: [...rows, lastOf(endsOf(widthsOf(shapes)))] }),
  params: ({ y, ...shapes }, _attrs: object) => ({
    size: sizeOf(y),
    width: lastOf(y),
    ends: endsOf(widthsOf(shapes)),
  }),
  threads: ({ size }) => size,
  gradient({ graph, inputs, wants }, { y: dy }): Gradients<Name> {
    if (dy === undefined) return {}
    const widths = NAMES.flatMap((name) => {
      const value = inputs[name]
      return value ? [lastOf(value.shape)] : []
    })
    const parts = split(graph, { x: dy }, { widths })
    return Object.fromEntries(NAMES.map((name) => [name, wants(name) ? parts[name] : undefined]))
  },
})

const widthsOf = (shapes: { readonly [N in Name]?: Shape | undefined }): number[] =>
  NAMES.flatMap((name) => {
    const shape = shapes[name]
    return shape ? [lastOf(shape)] : []
  })

/** a, b, … side by side in x, up to seven of these widths, which add up to that of x. */
export const split = defineOp({
  kernel: splitKernel,
  dims: { x: '...rows W' },
  discardable: NAMES,
  shape({ rows }, { widths }: { readonly widths: readonly number[] }) {
    const part = (i: number): Shape => (i < widths.length ? [...rows, widths[i] ?? 0] : [0])
    return { a: part(0), b: part(1), c: part(2), d: part(3), e: part(4), f: part(5), g: part(6) }
  },
  params: ({ x, ...shapes }, { widths }) => ({
    size: sizeOf(x),
    width: lastOf(x),
    kept: NAMES.reduce((bits, name, i) => bits + (shapes[name] === undefined ? 0 : 2 ** i), 0),
    ends: endsOf(widths),
  }),
  threads: ({ size }) => size,
  gradient({ graph, outputs, attrs: { widths } }, d): Gradients<'x'> {
    // A part that nothing reads has a gradient of zeros.
    const parts = NAMES.slice(0, widths.length).map((name) => {
      const { shape } = outputs[name]
      return d[name] ?? zerosOf(graph, shape)
    })
    return { x: concatAll(graph, parts) }
  },
})

/** One tensor or more side by side, in as few launches as can be, none of which copies what most others have copied. */
export function concatAll(graph: Graph, values: readonly Value[]): Value {
  const [a, ...others] = values
  if (a === undefined) impossible('no tensors to join')
  if (others.length === 0) return a
  if (values.length <= MOST) {
    const [b, c, d, e, f, g] = others
    return concat(graph, { a, b, c, d, e, f, g }, {}).y
  }
  const merged: Value[] = []
  let excess = values.length - MOST
  for (let first = 0; first < values.length; ) {
    const group = values.slice(first, first + Math.min(MOST, Math.max(excess, 0) + 1))
    merged.push(concatAll(graph, group))
    excess -= group.length - 1
    first += group.length
  }
  return concatAll(graph, merged)
}

/** Tensors one after another along an axis: the axis and those after it are the columns of each. */
export function concatAlong(graph: Graph, tensors: readonly Value[], axis: number): Value {
  const columns = tensors.map((x) => {
    const rows = sizeOf(x.shape.slice(0, axis))
    return reshape(graph, x, { shape: [rows, sizeOf(x.shape) / rows] })
  })
  const extent = tensors.reduce((sum, { shape }) => sum + extentOf(shape, axis), 0)
  const shape = (tensors[0]?.shape ?? []).map((each, i) => (i === axis ? extent : each))
  return reshape(graph, concatAll(graph, columns), { shape })
}
