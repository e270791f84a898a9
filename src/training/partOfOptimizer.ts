// An optimizer as if it had some of its weights alone.

import type { Graph } from '../graph/graph.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { usedWeights } from './idleWeights.ts'
import type { Optimizer, UpdateTensors } from './optimizer.ts'

/** With these weights and what is kept of them. */
export function withWeights(optimizer: Optimizer, weights: readonly Variable[]): Optimizer {
  const paths = new Set(weights.map(({ path }) => path))
  const variables = optimizer.variables.filter(({ path, slot = '' }) =>
    paths.has(path.slice(0, -slot.length - 1)),
  )
  return Object.create(optimizer, { weights: { value: weights }, variables: { value: variables } })
}

/** With the weights that a loss depends on, for rules that know one weight from the other. */
export const withUsed = (graph: Graph, tensors: UpdateTensors, optimizer: Optimizer): Optimizer =>
  withWeights(optimizer, usedWeights(graph, tensors, optimizer.weights))
