// A loss as a number that one computes on with. Differentiation starts at a loss, whose operation asks for no gradient of its result. So
// the number remembers the gradient that reaches it, and the predictions, which stand behind a view of theirs, multiply by it.

import { impossible } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { type Operation, PLAIN } from '../graph/operation.ts'
import { binary } from './elementwise.ts'
import { reshape } from './view.ts'

/** Ties predictions to the number that is made of them. */
export class LossLink {
  /** The gradient that has reached the number, [1]. */
  #gradient: Value | null = null

  /** y = x: what a loss reads. */
  predictions(graph: Graph, x: Value): Value {
    return view(graph, 'linkedPredictions', { x }, (within, d) => {
      const factor = this.#gradient ?? impossible('the gradient of a loss that nothing differentiates')
      const b = reshape(within, factor, { shape: d.shape.map(() => 1) })
      return { x: binary(within, { a: d, b }, { fn: 'multiply' }).y }
    })
  }

  /**
   * y = x, [1]: the number.
   *
   * @param losses What the losses gave, whose mean or sum x is.
   */
  number(graph: Graph, x: Value, losses: readonly Value[]): Value {
    const roots = Object.fromEntries(losses.map((loss, i) => [`loss${i}`, loss]))
    return view(graph, 'linkedLoss', { x, ...roots }, (_within, d) => {
      this.#gradient = d
      // They give gradients whatever reaches them.
      return roots
    })
  }
}

/** Adds y = x, with a gradient of its own. */
function view(
  graph: Graph,
  name: string,
  inputs: Readonly<Record<string, Value>> & { readonly x: Value },
  gradient: (graph: Graph, d: Value) => Readonly<Record<string, Value>>,
): Value {
  const operation: Operation = {
    ...PLAIN,
    name,
    inputNames: Object.keys(inputs),
    outputNames: ['y'],
    discardable: () => [],
    view: true,
    outputShapes: ({ x = [] }) => ({ y: x }),
    params: () => ({}),
    launches: () => [],
    differentiable: true,
    gradient: (_node, within, { y: d }) => (d ? gradient(within, d) : {}),
    simplify: () => null,
  }
  return graph.add(operation, inputs, {}).y as Value
}
