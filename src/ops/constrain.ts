// Constraints by norms and signs on any of the weights that lie in one flat tensor, after their update: one launch for all.

import { fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { defineOp } from '../graph/operation.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { assignUpdated as assignKernel, constrain as kernel } from './kernels.gen.ts'
import { bitsOf, wordsOf } from './penalty.ts'

/** The bounds of norms; null where weights are to be at least 0. */
export interface Bounds {
  readonly least: number
  readonly most: number
  /** The share of the way to the bounds that an update goes. */
  readonly rate: number
  /** The axes over which norms are taken. */
  readonly axes: readonly number[]
}

export interface ConstrainedWeight {
  /** How errors name the weight. */
  readonly where: string
  readonly offset: number
  readonly shape: Shape
  readonly bounds: Bounds | null
}

/** Changes `parameters` in place, tile by tile; nothing where loss scaling skips the update. */
export const constrain = defineOp({
  kernel,
  dims: { parameters: '...S', tiles: '12N', scaling: '_' },
  optional: ['scaling'],
  updates: ['parameters'],
  shape: () => ({}),
  params: ({ N, scaling }, _attrs: object) => ({ count: N, SCALED: Number(scaling !== undefined) }),
  workgroups: ({ count }) => count,
})

/** destination = x, but nothing where loss scaling skips the update. */
export const assignUpdated = defineOp({
  kernel: assignKernel,
  dims: { x: '...S', destination: '...S', scaling: '_' },
  optional: ['scaling'],
  updates: ['destination'],
  shape: () => ({}),
  params: ({ x, scaling }, _attrs: object) => ({ size: sizeOf(x), SCALED: Number(scaling !== undefined) }),
  threads: ({ size }) => size,
})

/** What `constrain` is told of weights. */
export const tilesOf = (graph: Graph, weights: readonly ConstrainedWeight[]): Value =>
  wordsOf(graph, weights.flatMap(tilesOfWeight))

interface Axis {
  readonly extent: number
  readonly stride: number
}

/** Numbers of a chunk of a weight whose signs alone count. */
const CHUNK = 4096

/**
 * The words of a weight's tiles: where the first vector starts, how many there are, their stride; how many entries each has, how many of
 * these are beside each other along an axis, that axis's stride, the other axis's; vectors to which threads are given; whether signs alone
 * count; the bounds of norms and the rate, by their bits.
 */
function tilesOfWeight({ where, offset, shape, bounds }: ConstrainedWeight): number[] {
  const size = sizeOf(shape)
  if (bounds === null) {
    const chunks = Array.from({ length: Math.ceil(size / CHUNK) }, (_, i) => i * CHUNK)
    return chunks.flatMap((start) => {
      const length = Math.min(CHUNK, size - start)
      return [offset + start, 1, 0, length, length, 1, 0, 1, 1, 0, 0, 0]
    })
  }
  const { kept, reduced } = splitAxes(where, shape, bounds.axes)
  const [{ extent: count, stride } = { extent: 1, stride: 0 }, ...outer] = kept
  const [inner = { extent: 1, stride: 0 }, outerAxis] = reduced
  const length = inner.extent * (outerAxis?.extent ?? 1)
  // Threads have entries beside each other: those of many vectors, or those of one if it is long.
  const width = stride === 1 ? 32 : length > 64 ? 1 : 8
  const firsts = Array.from({ length: Math.ceil(count / width) }, (_, i) => i * width)
  return startsAlong(outer).flatMap((start) =>
    firsts.flatMap((first) => [
      ...[offset + start + first * stride, Math.min(width, count - first), stride],
      ...[length, inner.extent, inner.stride, outerAxis?.stride ?? 0, width, 0],
      ...bitsOf(bounds.least, bounds.most, bounds.rate),
    ]),
  )
}

/** Where the elements along axes start. */
const startsAlong = (axes: readonly Axis[]): number[] =>
  axes.reduce<number[]>(
    (starts, { extent, stride }) =>
      Array.from({ length: extent }, (_, i) => i * stride).flatMap((start) => starts.map((at) => at + start)),
    [0],
  )

/** The axes of vectors and those inside them, the innermost first; neighbors of a kind are one axis. */
function splitAxes(
  where: string,
  shape: Shape,
  given: readonly number[],
): { readonly kept: readonly Axis[]; readonly reduced: readonly Axis[] } {
  const rank = shape.length
  const over = new Set(given.map((axis) => (axis < 0 ? axis + rank : axis)))
  if ([...over].some((axis) => axis < 0 || axis >= rank))
    fail(where, { expected: `axes of ${rank} dimensions`, got: String(given) })
  const merged: (Axis & { isOver: boolean })[] = []
  let stride = 1
  for (let axis = rank - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1
    const last = merged.at(-1)
    const isOver = over.has(axis)
    if (last?.isOver === isOver) merged[merged.length - 1] = { ...last, extent: last.extent * extent }
    else if (extent > 1) merged.push({ extent, stride, isOver })
    stride *= extent
  }
  const kept = merged.filter(({ isOver }) => !isOver)
  const reduced = merged.filter(({ isOver }) => isOver)
  if (reduced.length > 2)
    fail(where, { expected: 'axes of norms in at most two groups of neighbors', got: String(given) })
  return { kept, reduced }
}
