// Repeats each entry along the two middle axes: x [B, H, W, C] → y [B, H·height, W·width, C],
//   y[b, h, w, c] = x[b, ⌊h / height⌋, ⌊w / width⌋, c]
// Each axis is repeated along a new axis behind it, which a view merges with it; the gradients come from `repeat`.

import type { Graph, Value } from '../graph/graph.ts'
import { repeat } from './reduce.ts'
import { reshape } from './view.ts'

export interface UpsampleAttributes {
  readonly factors: readonly [height: number, width: number]
}

export function upsample(
  graph: Graph,
  { x }: { readonly x: Value },
  { factors }: UpsampleAttributes,
): { readonly y: Value } {
  // Columns first, because the tensor has fewer rows before these are repeated.
  const wide = repeated(graph, x, 2, factors[1])
  return { y: repeated(graph, wide, 1, factors[0]) }
}

function repeated(graph: Graph, x: Value, axis: number, n: number): Value {
  if (n === 1) return x
  const { y } = repeat(graph, { x }, { axis: axis + 1, n })
  return reshape(graph, y, { shape: x.shape.map((extent, k) => (k === axis ? extent * n : extent)) })
}
