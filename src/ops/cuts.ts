// A tensor as tensors of ranges along an axis. A number is copied log₇(ranges) times, where cutting off one range after another would
// copy it up to once a range.

import type { Graph, Value } from '../graph/graph.ts'
import { sizeOf } from '../util/shape.ts'
import { concatAlong, split } from './columns.ts'
import { reshape } from './view.ts'

/** Parts that one launch cuts: with the whole, WebGPU's default limit of storage buffers. */
const MOST = 7

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)

/** Columns in parts of these widths, as many a launch as can be. */
function cut(graph: Graph, columns: Value, widths: readonly number[]): readonly Value[] {
  if (widths.length < 2) return [columns]
  // Groups are full, but for the last one.
  const each = MOST ** Math.max(Math.ceil(Math.log(widths.length) / Math.log(MOST) - 1e-9) - 1, 0)
  const groups = Array.from({ length: Math.ceil(widths.length / each) }, (_, i) =>
    widths.slice(i * each, (i + 1) * each),
  )
  const found = split(graph, { x: columns }, { widths: groups.map(sumOf) })
  const values = [found.a, found.b, found.c, found.d, found.e, found.f, found.g]
  return groups.flatMap((group, i) => cut(graph, values[i] as Value, group))
}

/** Parts of x along an axis, of these extents, which add up to that of x. */
export function splitAlong(
  graph: Graph,
  x: Value,
  axis: number,
  extents: readonly number[],
): readonly Value[] {
  const rows = sizeOf(x.shape.slice(0, axis))
  const inner = sizeOf(x.shape.slice(axis + 1))
  const columns = reshape(graph, x, { shape: [rows, sizeOf(x.shape) / rows] })
  const widths = extents.map((extent) => extent * inner)
  return cut(graph, columns, widths).map((part, i) => {
    const shape = x.shape.map((whole, k) => (k === axis ? (extents[i] ?? 0) : whole))
    return reshape(graph, part, { shape })
  })
}

/** The time steps [B, ...] of x [B, T, ...]. */
export function takeApart(graph: Graph, x: Value): readonly Value[] {
  const [batch = 1, time = 1, ...rest] = x.shape
  const steps = splitAlong(graph, x, 1, Array<number>(time).fill(1))
  return steps.map((step) => reshape(graph, step, { shape: [batch, ...rest] }))
}

/** x [B, T, ...] of its time steps [B, ...]. */
export function putTogether(graph: Graph, steps: readonly Value[]): Value {
  const single = steps.map((step) => {
    const [batch = 1, ...rest] = step.shape
    return reshape(graph, step, { shape: [batch, 1, ...rest] })
  })
  return concatAlong(graph, single, 1)
}
