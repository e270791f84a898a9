// The compiler: simplify → drop what is dead → fuse → place → choose launches. It knows operations by their traits only.

import type { Graph, Node, Value } from '../graph/graph.ts'
import { type LaunchLimits, nodeShapes } from '../graph/operation.ts'
import { fuseEpilogues } from './fuse.ts'
import { countReaders, removeDead } from './liveness.ts'
import { placeValues } from './place.ts'
import type { Plan, Slice, Step } from './plan.ts'
import { simplify } from './simplify.ts'

/** Compiles a graph, which it rewrites, to a plan for a device of these limits. */
export function compile(graph: Graph, limits: LaunchLimits): Plan {
  simplify(graph)
  removeDead(graph)
  fuseEpilogues(graph)

  const readers = countReaders(graph)
  const results = new Set(graph.results.values())
  const isValueRead = (value: Value): boolean =>
    readers.has(value) || results.has(value) || value.place !== null
  const isRead = (node: Node, name: string): boolean => {
    const value = node.outputs[name]
    return value !== undefined && (!node.op.discardable(node.attrs).includes(name) || isValueRead(value))
  }
  const { slots, sliceOf } = placeValues(graph, isRead)

  const steps = graph.nodes
    .filter((node) => !node.op.view)
    .map((node): Step => {
      const shapes = nodeShapes(node, isValueRead)
      const params = node.op.params(shapes, node.attrs)
      const tensors: Record<string, Slice> = {}
      for (const [name, value] of Object.entries({ ...node.inputs, ...node.outputs })) {
        if (name in shapes) tensors[name] = sliceOf(value)
      }
      return {
        op: node.op,
        tensors,
        shapes,
        params,
        launches: node.op.launches(params, limits),
        flops: node.op.flops(params),
      }
    })
  return {
    steps,
    slots,
    results: new Map(
      [...graph.results].map(([name, value]) => [name, { slice: sliceOf(value), shape: value.shape }]),
    ),
  }
}
