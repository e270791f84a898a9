// Where differentiation starts, for losses that are any operations.

import type { Graph, Value } from '../graph/graph.ts'
import { defineView } from '../graph/view.ts'
import { sizeOf } from '../util/shape.ts'
import { type LossCount, slopeOf } from './lossCount.ts'
import { sum } from './reduce.ts'
import { reshape } from './view.ts'

/** y = x as a loss of rows, of which training minimizes the mean, or the sum. */
export const lossOf = defineView({
  name: 'lossOf',
  shape: (x, _attrs: LossCount) => x,
  slope(graph, { shape }, attrs): Value {
    const size = sizeOf(shape)
    return graph.constant(new Float32Array(size).fill(slopeOf(attrs, size)), shape)
  },
})

/** The sum of a tensor as a loss, [1]. */
export function sumAsLoss(graph: Graph, value: Value): Value {
  const size = sizeOf(value.shape)
  const x = reshape(graph, value, { shape: size === 1 ? [1] : [1, size] })
  return lossOf(graph, size === 1 ? x : sum(graph, { x }, { axis: 1 }).y, {})
}
