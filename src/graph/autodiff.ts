// Reverse-mode differentiation: walks the nodes backwards; each node adds nodes for the gradients of its inputs. The
// gradients that several readers of a tensor give it are summed.

import { impossible } from '../errors.ts'
import type { Graph, Value } from './graph.ts'

/** So many gradients of a tensor are added as soon as they are there, so that no more of them lie in memory: one launch's. */
const MOST_PENDING = 7

/**
 * Adds the gradients of the sum of `roots` to the graph.
 *
 * @param roots Losses: outputs of operations whose `gradient` works without a gradient of the output, which would be 1.
 * @param wrt The tensors to differentiate by.
 * @param sumOf Adds what sums gradients, of one tensor or more.
 * @param seed Changes the gradients that a root gives its inputs: loss scaling multiplies them. By default they stay.
 * @returns The gradient of each tensor of `wrt`; undefined where no root depends on it.
 */
export function differentiate(
  graph: Graph,
  roots: readonly Value[],
  wrt: readonly Value[],
  sumOf: (graph: Graph, values: readonly Value[]) => Value,
  seed: (graph: Graph, d: Value) => Value = (_graph, d) => d,
): (Value | undefined)[] {
  const needed = new Set<Value>(wrt)
  for (const node of graph.nodes) {
    if (Object.values(node.inputs).some((input) => needed.has(input))) {
      for (const output of Object.values(node.outputs)) needed.add(output)
    }
  }
  const isRoot = new Set(roots)
  // What readers of a tensor gave it, which is added when all have: when the node is reached that computes the tensor.
  const given = new Map<Value, Value[]>()
  const gradientOf = (view: Graph, value: Value): Value | undefined => {
    const all = given.get(value)
    return all && sumOf(view, all)
  }
  for (const node of [...graph.nodes].reverse()) {
    const outputs = Object.entries(node.outputs)
    const starts = outputs.some(([, output]) => isRoot.has(output))
    if (
      !(starts || outputs.some(([, output]) => given.has(output))) ||
      !outputs.some(([, output]) => needed.has(output))
    )
      continue
    if (!node.op.differentiable) impossible(`operation ${node.op.name} has no gradient`)
    const wants = (name: string): boolean => {
      const input = node.inputs[name]
      return input !== undefined && needed.has(input)
    }
    // The backward pass of a layer computes in the precision of its forward pass.
    const view = graph.withMixed(node.mixed)
    const known = outputs.flatMap(([name, output]) => {
      const d = gradientOf(view, output)
      return d === undefined ? [] : [[name, d] as const]
    })
    const found = node.op.gradient(node, view, Object.fromEntries(known), wants)
    for (const [name, gradient] of Object.entries(found)) {
      const input = node.inputs[name]
      if (input === undefined || gradient === undefined || !needed.has(input)) continue
      const d = starts ? seed(view, gradient) : gradient
      const all = given.get(input) ?? []
      all.push(d)
      given.set(input, all.length < MOST_PENDING ? all : [sumOf(view, all)])
    }
  }
  return wrt.map((value) => gradientOf(graph, value))
}
