// Shapes of attention over some of an input's axes: these are brought together as positions, all other axes join the batch.

import { describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { repeat } from '../../ops/reduce.ts'
import { transpose } from '../../ops/transpose.ts'
import { reshape } from '../../ops/view.ts'
import { lastOf, type OpenShape, type Shape, showShape, sizeOf } from '../../util/shape.ts'
import type { Layer } from '../layer.ts'

/** The axes of a query between batch and features. */
export interface Axes {
  /** Those over which attention goes, in the order of the option. */
  readonly attended: readonly number[]
  /** All others. */
  readonly free: readonly number[]
  /** [batch · free, positions, …] in the order of the query's axes, where features may have become several axes. */
  back(graph: Graph, output: Value, query: Shape): Value
}

/** The axes that the option names, or all. */
export function axesFor(layer: Layer, query: OpenShape, named: readonly number[] | null): Axes {
  const middle = query.slice(1, -1).map((_, i) => i + 1)
  const attended = named?.map((axis) => (axis < 0 ? axis + query.length : axis)) ?? middle
  if (
    attended.length === 0 ||
    new Set(attended).size < attended.length ||
    attended.some((axis) => !middle.includes(axis))
  ) {
    fail(layer.where, {
      expected: `attentionAxes to name axes of ${showShape(query)} between batch and features, each once`,
      got: describeValue(named),
    })
  }
  const free = middle.filter((axis) => !attended.includes(axis))
  const order = [0, ...free, ...attended]
  return {
    attended,
    free,
    back(graph, output, shape) {
      const features = output.shape.slice(2)
      const extents = order.map((axis) => shape[axis] ?? 1)
      const apart = reshape(graph, output, { shape: [...extents, sizeOf(features)] })
      const permutation = [...order.keys(), order.length].map((axis) =>
        axis < order.length ? order.indexOf(axis) : axis,
      )
      return transpose(graph, { x: apart }, { permutation }).y
    },
  }
}

/** x as [batch · free, positions, features]. */
export function toPositions(graph: Graph, x: Value, { attended, free }: Axes): Value {
  const permutation = [0, ...free, ...attended, x.shape.length - 1]
  const moved = transpose(graph, { x }, { permutation }).y
  const positions = sizeOf(attended.map((axis) => x.shape[axis] ?? 1))
  return reshape(graph, moved, {
    shape: [sizeOf(x.shape) / positions / lastOf(x.shape), positions, lastOf(x.shape)],
  })
}

const differ = (a: OpenShape, b: OpenShape, axis: number): boolean => {
  const [p, q] = [a[axis], b[axis]]
  return typeof p === 'number' && typeof q === 'number' && p !== q
}

/** Query, value and key, whose ranks and batches agree, and the key's positions with the value's; `free` axes, too. */
export function checkShapes(
  layer: Layer,
  inputs: readonly OpenShape[],
  free: readonly number[] = [],
): readonly [query: OpenShape, value: OpenShape, key: OpenShape] {
  const got = inputs.map(showShape).join(' and ')
  const refuse = (expected: string): never =>
    fail(layer.where, {
      expected,
      got,
      remedy: 'Call it as layer(query, value), with x twice for attention of x to itself.',
    })
  const [query, value, key = value] = inputs
  if (!query || !value || !key || query.length < 3)
    return refuse('a query [batch, queries, features] and a value [batch, keys, features]')
  if (value.length !== query.length || key.length !== query.length)
    refuse('query, value and key of as many axes')
  for (const axis of [0, ...free]) {
    if (differ(query, value, axis) || differ(query, key, axis))
      refuse(axis === 0 ? 'inputs of one batch size' : `inputs of one extent along axis ${axis}`)
  }
  if (value.some((_, axis) => axis > 0 && axis < value.length - 1 && differ(value, key, axis)))
    refuse('as many keys as values')
  return [query, value, key]
}

/** How a mask [batch, …, queries, keys] counts for scores [batch, free …, heads, queries, keys], each of `axes` axes. */
export function maskOfScores(
  layer: Layer,
  mask: OpenShape,
  scores: OpenShape,
  axes: number,
): { read(graph: Graph, mask: Value): Value } {
  const [leading, pairs] = [mask.slice(0, -2 * axes), mask.slice(-2 * axes)]
  const outer = scores.slice(0, -2 * axes)
  const fits = (a: number | null, b: number | null | undefined) =>
    a === null || a === 1 || b === null || a === b
  const free = outer.length - 2
  const whole = (part: OpenShape): boolean =>
    part.every((extent) => extent !== 1) || part.every((extent) => extent === 1) || axes === 1
  const isRight =
    mask.length >= 2 * axes &&
    leading.length <= outer.length &&
    (free === 0 || leading.length <= 1 || leading.length === outer.length) &&
    leading.every((extent, axis) => fits(extent, outer[axis])) &&
    leading.slice(1, 1 + free).every((extent, i) => extent === outer[i + 1]) &&
    pairs.every((extent, axis) => fits(extent, scores[outer.length + axis])) &&
    whole(pairs.slice(0, axes)) &&
    whole(pairs.slice(axes))
  if (!isRight) {
    fail(layer.where, {
      expected: `an attentionMask that broadcasts to scores ${showShape(scores)}`,
      got: showShape(mask),
    })
  }
  return {
    read(graph, x) {
      const [queries, keys] = [sizeOf(x.shape.slice(-2 * axes, -axes)), sizeOf(x.shape.slice(-axes))]
      const [batch = 1, ...rest] = x.shape.slice(0, -2 * axes)
      const frees = sizeOf(outer.slice(1, -1).map((extent) => extent ?? 1))
      if (free === 0) return reshape(graph, x, { shape: [batch, rest[0] ?? 1, queries, keys] })
      if (rest.length > 0)
        return reshape(graph, x, { shape: [batch * frees, rest.at(-1) ?? 1, queries, keys] })
      // One mask of a sample serves all places along the free axes.
      const rows = reshape(graph, x, { shape: [batch, queries * keys] })
      const repeated = repeat(graph, { x: rows }, { axis: 1, n: frees }).y
      return reshape(graph, repeated, { shape: [batch * frees, 1, queries, keys] })
    },
  }
}
