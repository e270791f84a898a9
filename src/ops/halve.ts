// Mixed precision as a pass over a step's graph: the products of mixed nodes, forward and back, read halves of their factors
// instead. A factor is rounded once, as soon as it is there, and other nodes that can do with halves read them too, so that
// the backward pass keeps nothing else of it.

import { bytesOf, type Graph, type Node, type Value } from '../graph/graph.ts'
import { toHalf } from './half.ts'
import { halfTwin } from './halfTwin.ts'

/** Rewrites a graph that has its gradients. Where a half overflows, `overflowed` says so, if given (see half.ts). */
export function halve(graph: Graph, overflowed?: Value): void {
  const { nodes } = graph
  const halves = new Map<Value, Value>()
  // Roundings of a node's outputs stand behind it, those of what is there before the step before who asks first.
  const before = new Map<Node, Node[]>()
  const behind = new Map<Node, Node[]>()

  const halfOf = (value: Value, asking: Node): Value => {
    const known = halves.get(value)
    if (known) return known
    const viewed = viewedBy(value)
    // Another shape of a tensor is another shape of its halves.
    const x = viewed ? halfOf(viewed, asking) : value
    const producer = wholeOf(value).node
    const [place, key] = producer ? [behind, producer] : [before, asking]
    graph.nodes = place.get(key) ?? []
    place.set(key, graph.nodes)
    const y =
      value.node && viewed
        ? graph.add(value.node.op, { x }, value.node.attrs).y
        : toHalf(graph, { x, overflowed }, {}).y
    if (y === undefined) throw new TypeError(`no halves of [${value.shape}]`)
    halves.set(value, y)
    return y
  }

  for (const node of nodes) {
    if (!node.mixed) continue
    const { factors, tolerates } = node.op
    const isAtHand = (name: string): boolean => {
      const value = node.inputs[name]
      return value !== undefined && halves.has(wholeOf(value))
    }
    const rounded = [...factors, ...tolerates.filter(isAtHand)]
    if (rounded.length === 0) continue
    node.inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, value]) => [
        name,
        rounded.includes(name) ? halfOf(value, node) : value,
      ]),
    )
    node.op = halfTwin(node.op, rounded)
  }
  graph.nodes = nodes.flatMap((node) => [...(before.get(node) ?? []), node, ...(behind.get(node) ?? [])])
}

/** The tensor that a value is nothing but another shape of. */
function viewedBy({ node, shape, dtype }: Value): Value | undefined {
  const x = node?.op.view ? node.inputs.x : undefined
  return x && bytesOf(x) === bytesOf({ shape, dtype }) ? x : undefined
}

function wholeOf(value: Value): Value {
  const viewed = viewedBy(value)
  return viewed ? wholeOf(viewed) : value
}
