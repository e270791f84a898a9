// The compiler: simplify → remove dead nodes → fuse epilogues and expressions → choose strategies → place tensors → plan launches.
// It asks operations for their traits, never for their names.

import { type Graph, type Node, shapesOf, type Value } from '../graph/graph.ts'
import { type DeviceTraits, nodeShapes } from '../graph/operation.ts'
import { countReaders } from '../graph/readers.ts'
import { fuseEpilogues } from './fuse.ts'
import { removeDead } from './liveness.ts'
import { placeValues } from './place.ts'
import { mergeScalars, type Plan, type PlannedOperation, type Slice } from './plan.ts'
import { simplify } from './simplify.ts'

/** Compiles a graph to a plan for a device. The passes rewrite the graph. */
export function compile(graph: Graph, device: DeviceTraits): Plan {
  simplify(graph)
  removeDead(graph)
  fuseEpilogues(graph)
  // What was absorbed may have been read by nothing else.
  if (graph.nodes.filter((node) => node.op.absorb?.(node, graph)).length > 0) removeDead(graph)

  const strategies = new Map(graph.nodes.map((node) => [node, chooseStrategy(node, device)]))
  const strategyOf = (node: Node): string => strategies.get(node) ?? ''

  const readers = countReaders(graph)
  const isReadItself = (value: Value): boolean => readers.has(value) || value.place !== null
  // A kernel writes the whole only, so a part that is read needs the whole.
  const isPartRead = (value: Value): boolean =>
    Object.entries(value.node?.op.parts ?? {}).some(
      ([name, parts]) =>
        value.node?.outputs[name] === value &&
        parts.some((part) => isReadItself(value.node?.outputs[part] ?? value)),
    )
  const isValueRead = (value: Value): boolean => isReadItself(value) || isPartRead(value)
  const isRead = (node: Node, name: string): boolean => {
    const value = node.outputs[name]
    const discardable = node.op.discardable(node.attrs, strategyOf(node))
    return value !== undefined && (!discardable.includes(name) || isValueRead(value))
  }
  const { slots, sliceOf } = placeValues(graph, isRead)

  const operations = graph.nodes
    .filter((node) => !node.op.view)
    .map((node): PlannedOperation => {
      const strategy = strategyOf(node)
      const shapes = nodeShapes(node, strategy, isValueRead)
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
        strategy,
        launches: node.op.launches(params, device, strategy),
        flops: node.op.flops(params),
      }
    })
  return {
    operations,
    scalars: mergeScalars(operations.flatMap(({ launches }) => launches.map(({ kernel }) => kernel.step))),
    slots,
    results: new Map(
      [...graph.results].map(([name, value]) => [name, { slice: sliceOf(value), shape: value.shape }]),
    ),
  }
}

/** The strategy that the device chooses, if it is among those that fit; else the operation's first. */
function chooseStrategy({ op, inputs, attrs }: Node, device: DeviceTraits): string {
  const shapes = shapesOf(inputs)
  const strategies = op.strategies(shapes, attrs, device)
  const [first = ''] = strategies
  if (strategies.length < 2) return first
  const chosen = device.choose?.({ op, inputs: shapes, attrs, strategies })
  return chosen !== undefined && strategies.includes(chosen) ? chosen : first
}
