// The values that a loss has a row as values that one computes on with. Differentiation starts at a loss, whose operation asks for no
// gradient of its result. So the values remember the gradient that reaches them, and the predictions, which stand behind a view of
// theirs, multiply by it.

import { impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { type Operation, PLAIN } from '../graph/operation.ts'
import { binary } from './elementwise.ts'
import { reshape } from './view.ts'

/**
 * @param predictions [..., C], by which the values have a gradient.
 * @param lossOf Adds the loss: values [...], whose sum training would minimize.
 */
export function linkedRows(graph: Graph, predictions: Value, lossOf: (predictions: Value) => Value): Value {
  let gradient: Value | null = null
  const linked = view(graph, 'linkedPredictions', predictions, (within, d) => {
    const factor = gradient ?? impossible('the gradient of a loss that nothing differentiates')
    const b = reshape(within, factor, { shape: [...d.shape.slice(0, -1), 1] })
    return binary(within, { a: d, b }, { fn: 'multiply' }).y
  })
  return view(graph, 'linkedRows', lossOf(linked), (_within, d) => {
    gradient = d
    // The loss gives its predictions a gradient whatever reaches it.
    return d
  })
}

/** Adds y = x, with a gradient of its own. */
function view(graph: Graph, name: string, x: Value, gradient: (graph: Graph, d: Value) => Value): Value {
  const operation: Operation = {
    ...PLAIN,
    name,
    inputNames: ['x'],
    outputNames: ['y'],
    discardable: () => [],
    view: true,
    outputShapes: ({ x: shape = [] }) => ({ y: shape }),
    params: () => ({}),
    launches: () => [],
    differentiable: true,
    gradient: (_node, within, { y: d }) => (d ? { x: gradient(within, d) } : {}),
    simplify: () => null,
  }
  return graph.add(operation, { x }, {}).y as Value
}
