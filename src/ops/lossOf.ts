// Where differentiation starts, for losses that are any operations.

import type { Value } from '../graph/graph.ts'
import { defineView } from '../graph/view.ts'
import { sizeOf } from '../util/shape.ts'
import { type LossCount, slopeOf } from './lossCount.ts'

/** y = x as a loss of rows, of which training minimizes the mean, or the sum. */
export const lossOf = defineView({
  name: 'lossOf',
  shape: (x, _attrs: LossCount) => x,
  slope(graph, { shape }, attrs): Value {
    const size = sizeOf(shape)
    return graph.constant(new Float32Array(size).fill(slopeOf(attrs, size)), shape)
  },
})
