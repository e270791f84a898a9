// Time steps that are not valid, in recurrences whose time steps are operations of their own.

import type { Graph, Value } from '../../graph/graph.ts'
import { takeApart } from '../../ops/cuts.ts'
import { maskWeights } from '../../ops/masks.ts'
import { point } from '../../ops/pointwise.ts'
import { reshape } from '../../ops/view.ts'
import { sameShape } from '../../util/shape.ts'

/** For each time step which samples are valid, [B]: ones and zeros; empty without a mask [B, T]. */
export const validSteps = (graph: Graph, mask: Value | null | undefined): readonly Value[] =>
  mask ? takeApart(graph, maskWeights(graph, { mask }, {}).plain) : []

/** `now` of samples whose time step is valid, [B], else `before`; without a mask `now`. */
export function choose(graph: Graph, isValid: Value | undefined, now: Value, before: Value | number): Value {
  if (!isValid) return now
  const shape = now.shape.map((extent, axis) => (axis === 0 ? extent : 1))
  const condition = sameShape(isValid.shape, shape) ? isValid : reshape(graph, isValid, { shape })
  return point(graph, 'where', condition, now, before)
}
