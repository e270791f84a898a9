// An activation by Keras's name, or of a layer, as operations.

import type { Graph, Value } from '../../graph/graph.ts'
import { activation } from '../../ops/activation.ts'
import { activations } from '../../ops/activations.ts'
import { softmax } from '../../ops/softmax.ts'
import type { ReadActivation } from '../options.ts'

/** act(x): softmax works along the last axis, all others element by element. */
export function activate(graph: Graph, x: Value, name: ReadActivation): Value {
  if (typeof name !== 'string') return name.applyTo(graph, x)
  if (name === 'softmax' || name === 'log_softmax')
    return softmax(graph, { x }, { logarithm: name === 'log_softmax' }).y
  return name === 'linear' ? x : activation(graph, { x }, { code: activations[name].code }).y
}
