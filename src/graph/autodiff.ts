// Reverse-mode differentiation: walks the nodes backwards; each node adds nodes for the gradients of its inputs. The
// gradients that several readers of a tensor give it are summed.

import { impossible } from '../errors.ts'
import { mapValues } from '../util/mapValues.ts'
import type { FurtherGradients, Graph, Value } from './graph.ts'

/** So many gradients of a tensor are added as soon as they are there, so that no more of them lie in memory: one launch's. */
const MOST_PENDING = 7

/** What some differentiations need. */
export interface DifferentiationOptions {
  /** Changes the gradients that a root gives its inputs: loss scaling multiplies them. By default they stay. */
  readonly seed?: (d: Value) => Value
  /** How nodes of a backward pass are differentiated. By default as the graph says. */
  readonly further?: FurtherGradients | null
}

/**
 * Adds the gradients of the sum of `roots` to the graph.
 *
 * @param roots Losses: outputs of operations whose `gradient` works without a gradient of the output, which would be 1.
 * @param wrt The tensors to differentiate by.
 * @param sumOf Adds what sums gradients, of one tensor or more.
 * @returns The gradient of each tensor of `wrt`; undefined where no root depends on it.
 */
export function differentiate(
  graph: Graph,
  roots: readonly Value[],
  wrt: readonly Value[],
  sumOf: (graph: Graph, values: readonly Value[]) => Value,
  { seed = (d) => d, further = graph.further }: DifferentiationOptions = {},
): (Value | undefined)[] {
  const needed = new Set<Value | undefined>(wrt)
  for (const { inputs, outputs } of graph.nodes) {
    if (Object.values(inputs).some((input) => needed.has(input))) {
      for (const output of Object.values(outputs)) needed.add(output)
    }
  }
  // What readers of a tensor gave it, which is added when all have: when the node is reached that computes the tensor.
  const given = new Map<Value, Value[]>()
  const gradientOf = (view: Graph, value: Value): Value | undefined => {
    const all = given.get(value)
    return all && sumOf(view, all)
  }
  for (const node of [...graph.nodes].reverse()) {
    const { op, inputs } = node
    const outputs = Object.values(node.outputs)
    const starts = outputs.some((output) => roots.includes(output))
    const wants = (name: string): boolean => needed.has(inputs[name])
    if (!(starts || outputs.some((output) => given.has(output))) || !Object.keys(inputs).some(wants)) continue
    if (!further && !op.differentiable) impossible(`${op.name} has no gradient`)
    // The backward pass of a layer computes in the precision of its forward pass.
    const view = graph.withMixed(node.mixed)
    const d = mapValues(node.outputs, (output) => gradientOf(view, output))
    const found = (further?.(node) ?? op).gradient(node, view, d, wants)
    for (const [name, gradient] of Object.entries(found)) {
      const input = inputs[name]
      if (!input || !gradient || !needed.has(input)) continue
      const all = [...(given.get(input) ?? []), starts ? seed(gradient) : gradient]
      given.set(input, all.length < MOST_PENDING ? all : [sumOf(view, all)])
    }
  }
  return wrt.map((value) => gradientOf(graph, value))
}
