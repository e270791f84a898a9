// Maxima and means of so many windows that an output has a given extent: window i of n along an axis of L entries goes from ⌊i·L/n⌋ to
// before ⌈(i + 1)·L/n⌉. Windows may overlap and differ in length by one, so their entries are laid one window behind the other, all as
// long as the longest, and pooled without overlap. Channels last: x [B, ..., C] → y [B, ..., C].

import type { Graph, Value } from '../graph/graph.ts'
import type { Shape } from '../util/shape.ts'
import { binary } from './elementwise.ts'
import { pooling } from './pooling.ts'
import { take } from './take.ts'

/** The windows along an axis, all of one length. */
interface Windows {
  readonly length: number
  /** The entries of all windows, one window behind the other; null where they are those of the axis. */
  readonly entries: Float32Array | null
  /** The factor of each entry for means: 0 where it fills up a shorter window. */
  readonly shares: Float32Array
}

function windowsOf(extent: number, count: number): Windows {
  const bounds = Array.from({ length: count }, (_, i) => [
    Math.floor((i * extent) / count),
    Math.ceil(((i + 1) * extent) / count),
  ])
  const length = Math.max(...bounds.map(([start = 0, end = 0]) => end - start))
  // A shorter window repeats its last entry, which changes no maximum.
  const filled = (entryOf: (start: number, end: number, k: number) => number): Float32Array =>
    Float32Array.from(
      bounds.flatMap(([start = 0, end = 0]) => Array.from({ length }, (_, k) => entryOf(start, end, k))),
    )
  return {
    length,
    entries: extent % count === 0 ? null : filled((start, end, k) => Math.min(start + k, end - 1)),
    shares: filled((start, end, k) => (start + k < end ? length / (end - start) : 0)),
  }
}

/** The maximum, or the mean, of windows that make `outputSize` of the axes between batch and channels. */
export function adaptivePooling(graph: Graph, x: Value, outputSize: Shape, mean: boolean): Value {
  const lengths: number[] = []
  let spread = x
  outputSize.forEach((count, k) => {
    const axis = k + 1
    const { length, entries, shares } = windowsOf(x.shape[axis] ?? 1, count)
    lengths.push(length)
    if (!entries) return
    const indices = graph.constant(entries, [entries.length])
    spread = take(graph, { x: spread, indices }, { axis, isAlong: false }).y
    if (!mean || shares.every((share) => share === 1)) return
    const along = graph.constant(shares, [shares.length, ...x.shape.slice(axis + 1).map(() => 1)])
    spread = binary(graph, { a: spread, b: along }, { fn: 'multiply' }).y
  })
  const padding = lengths.flatMap(() => [0, 0])
  return pooling(graph, { x: spread }, { window: lengths, strides: lengths, padding, mean }).y
}
