// The windows of pooling, which layers and functions of `ops` share.

import type { Graph, Value } from '../../graph/graph.ts'
import { pooling } from '../../ops/pooling.ts'
import type { Spatial } from '../convolutional/dataFormat.ts'
import { type Extents, perAxis, type Rank, sidesOf } from '../convolutional/spatial.ts'
import type { Padding, Window } from '../convolutional/window.ts'

export interface PooledWindows {
  readonly poolSize: Extents
  /** The pool size where it is null. */
  readonly strides: Extents | null
  readonly padding: Padding
}

/** The window along each axis. */
export function poolingWindows(
  where: Spatial,
  rank: Rank,
  { poolSize, strides, padding }: PooledWindows,
): readonly Window[] {
  const sizes = perAxis(where, rank, 'poolSize', poolSize)
  const steps = strides === null ? sizes : perAxis(where, rank, 'strides', strides)
  return sizes.map((window, axis) => ({ window, stride: steps[axis] ?? 1, dilation: 1, padding }))
}

/** The means of windows of x, or their maxima. */
export function pool(graph: Graph, x: Value, windows: readonly Window[], mean: boolean): Value {
  const attributes = {
    window: windows.map(({ window }) => window),
    strides: windows.map(({ stride }) => stride),
    padding: sidesOf(x, windows).flat(),
    mean,
  }
  return pooling(graph, { x }, attributes).y
}
