// Mixed precision as a pass over a step's graph: the products of mixed nodes, forward and backward, read their factors as
// f16. A factor is rounded once, right after it is computed; other nodes that can read f16 do so, too, so that the f32 values
// need not be retained for the backward pass.

import { impossible } from '../errors.ts'
import { bytesOf, type Graph, type Node, type Value } from '../graph/graph.ts'
import { mapValues } from '../util/mapValues.ts'
import { f16Twin } from './f16Twin.ts'
import { lossScale } from './lossScale.ts'
import { SCALING_SIZE } from './lossScaleState.ts'
import { toF16 } from './toF16.ts'

/**
 * Rewrites a graph that already contains its gradients. What is computed before the state of loss scaling changes records overflow of f16
 * there (see toF16.ts).
 */
export function autocast(graph: Graph): void {
  const { nodes } = graph
  // Of several scales nobody knows which one a number is of: those go by gradients alone.
  const [scale, ...others] = nodes.filter(({ op }) => op === lossScale.operation)
  const { arena, offset } = (others.length === 0 && scale?.inputs.scaling?.place) || {}
  let overflowed =
    arena === undefined || offset === undefined
      ? undefined
      : graph.resident(arena, offset, [SCALING_SIZE], 'u32')
  const casts = new Map<Value, Value>()
  // A node's outputs are rounded right after the node; weights and inputs before the first node that reads them as f16.
  const before = new Map<Node, Node[]>()
  const behind = new Map<Node, Node[]>()

  const f16Of = (value: Value, asking: Node): Value => {
    const known = casts.get(value)
    if (known) return known
    const viewed = viewedBy(value)
    // A view of a tensor is rounded as a view of the rounded tensor, not a second time.
    const x = viewed ? f16Of(viewed, asking) : value
    const producer = wholeOf(value).node
    const [place, key] = producer ? [behind, producer] : [before, asking]
    graph.nodes = place.get(key) ?? []
    place.set(key, graph.nodes)
    const y =
      value.node && viewed
        ? graph.add(value.node.op, { x }, value.node.attrs).y
        : toF16(graph, { x, overflowed }, {}).y
    if (y === undefined) impossible(`no f16 of [${value.shape}]`)
    casts.set(value, y)
    return y
  }

  for (const node of nodes) {
    if (node === scale) overflowed = undefined
    if (!node.mixed) continue
    const { factors, tolerates } = node.op
    const isAtHand = (name: string): boolean => {
      const value = node.inputs[name]
      return value !== undefined && casts.has(wholeOf(value))
    }
    const rounded = [...factors, ...tolerates.filter(isAtHand)]
    if (rounded.length === 0) continue
    node.inputs = mapValues(node.inputs, (value, name) =>
      rounded.includes(name) ? f16Of(value, node) : value,
    )
    node.op = f16Twin(node.op, rounded)
  }
  graph.nodes = nodes.flatMap((node) => [...(before.get(node) ?? []), node, ...(behind.get(node) ?? [])])
}

/** The tensor whose memory a value shows in another shape. */
function viewedBy({ node, shape, dtype }: Value): Value | undefined {
  const x = node?.op.view ? node.inputs.x : undefined
  return x && bytesOf(x) === bytesOf({ shape, dtype }) ? x : undefined
}

function wholeOf(value: Value): Value {
  const viewed = viewedBy(value)
  return viewed ? wholeOf(viewed) : value
}
