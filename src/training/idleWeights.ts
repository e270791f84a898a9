// Weights that no loss depends on, such as those of an output without one. Keras leaves them as they are: they take no step, do not
// decay, and meet no constraint.

import { alignPlace, type Graph, type Value } from '../graph/graph.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { sizeOf } from '../util/shape.ts'
import type { Optimizer, Rule, UpdateTensors } from './optimizer.ts'

/** The weights whose gradients something writes; all of them where gradients are there from the start. */
export function usedWeights(
  graph: Graph,
  { gradients, layout }: Pick<UpdateTensors, 'gradients' | 'layout'>,
  weights: readonly Variable[],
): readonly Variable[] {
  // Gradients of weights in a part of the memory of all lie from where that part starts.
  const { arena, offset: start } = gradients.place ?? { arena: '', offset: 0 }
  const written = graph.nodes.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ place }) => (place?.arena === arena ? place.offset - start : [])),
  )
  return written.length === 0
    ? weights
    : weights.filter((weight) => written.includes(layout.placeOf(weight).offset))
}

/** A rule's update of weights in use, in as many parts as idle ones leave: one where there are none. */
export function updateUsed(
  graph: Graph,
  rule: Rule,
  tensors: UpdateTensors,
  optimizer: Optimizer,
  used: readonly Variable[],
): void {
  const { layout, parameters, gradients, slots } = tensors
  const size = sizeOf(parameters.shape)
  let start = 0
  const updateTo = (end: number): void => {
    const length = end - start
    const part = (value: Value): Value =>
      length < size && value.place
        ? graph.resident(value.place.arena, value.place.offset + start, [length])
        : value
    const parts = { parameters: part(parameters), gradients: part(gradients), slots: slots.map(part) }
    if (length > 0) rule.lower(graph, { ...tensors, ...parts }, optimizer)
  }
  const idle = rule.averaged ? optimizer.weights.filter((weight) => !used.includes(weight)) : []
  const ends = idle.map((weight) => [layout.placeOf(weight).offset, weight.shape] as const)
  for (const [end, shape] of ends.sort(([a], [b]) => a - b)) {
    updateTo(end)
    start = end + alignPlace(sizeOf(shape))
  }
  updateTo(size)
}
