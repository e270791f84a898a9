// Weights that no loss depends on, such as those of an output without one. Keras leaves them as they are: without weight decay, too.

import { alignPlace, type Graph, type Value } from '../graph/graph.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { sizeOf } from '../util/shape.ts'
import type { UpdateTensors } from './optimizer.ts'

/** The weights whose gradients nothing writes; none where the gradients of all are there from the start. */
export function idleWeights(
  graph: Graph,
  { gradients, layout }: Pick<UpdateTensors, 'gradients' | 'layout'>,
  weights: readonly Variable[],
): ReadonlySet<Variable> {
  const written = new Set(
    graph.nodes.flatMap(({ outputs }) =>
      Object.values(outputs).flatMap(({ place }) =>
        place && place.arena === gradients.place?.arena ? [place.offset] : [],
      ),
    ),
  )
  if (written.size === 0) return new Set()
  // Gradients of weights in a part of the memory of all lie from where that part starts.
  const start = gradients.place?.offset ?? 0
  return new Set(weights.filter((weight) => !written.has(start + layout.placeOf(weight).offset)))
}

/** The parts of flat tensors that are of weights in use: all of them where no weight is idle. */
export function usedParts<Name extends string>(
  graph: Graph,
  tensors: UpdateTensors,
  weights: readonly Variable[],
  flat: Readonly<Record<Name, Value>>,
): readonly Readonly<Record<Name, Value>>[] {
  const idle = idleWeights(graph, tensors, weights)
  if (idle.size === 0) return [flat]
  const ranges: { start: number; end: number }[] = []
  const placed = weights
    .filter((weight) => !idle.has(weight))
    .map((weight) => ({ start: tensors.layout.placeOf(weight).offset, size: sizeOf(weight.shape) }))
  for (const { start, size } of placed.sort((a, b) => a.start - b.start)) {
    const last = ranges.at(-1)
    const end = start + alignPlace(size)
    if (last?.end === start) last.end = end
    else ranges.push({ start, end })
  }
  return ranges.map(({ start, end }) => {
    const part = ([name, { place }]: [string, Value]) =>
      [name, graph.resident(place?.arena ?? '', (place?.offset ?? 0) + start, [end - start])] as const
    return Object.fromEntries(Object.entries<Value>(flat).map(part)) as Record<Name, Value>
  })
}
