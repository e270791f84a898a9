// The compiler: simplify → drop what is dead → fuse → choose strategies → place → launch. It knows operations by their
// traits only.

import { type Graph, type Node, shapesOf, type Value } from '../graph/graph.ts'
import { type DeviceTraits, nodeShapes } from '../graph/operation.ts'
import { fuseEpilogues } from './fuse.ts'
import { countReaders, removeDead } from './liveness.ts'
import { placeValues } from './place.ts'
import { mergeScalars, type Plan, type Slice, type Step } from './plan.ts'
import { simplify } from './simplify.ts'

/** Compiles a graph, which it rewrites, to a plan for a device. */
export function compile(graph: Graph, device: DeviceTraits): Plan {
  simplify(graph)
  removeDead(graph)
  fuseEpilogues(graph)

  const strategies = new Map(graph.nodes.map((node) => [node, chooseStrategy(node, device)]))
  const strategyOf = (node: Node): string => strategies.get(node) ?? ''

  const readers = countReaders(graph)
  const results = new Set(graph.results.values())
  const isReadItself = (value: Value): boolean =>
    readers.has(value) || results.has(value) || value.place !== null
  // Who reads a part reads the whole.
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

  const steps = graph.nodes
    .filter((node) => !node.op.view)
    .map((node): Step => {
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
    steps,
    scalars: mergeScalars(steps.flatMap(({ launches }) => launches.map(({ kernel }) => kernel.step))),
    slots,
    results: new Map(
      [...graph.results].map(([name, value]) => [name, { slice: sliceOf(value), shape: value.shape }]),
    ),
  }
}

/** The device's choice where it makes one that fits, else the operation's. */
function chooseStrategy({ op, inputs, attrs }: Node, device: DeviceTraits): string {
  const shapes = shapesOf(inputs)
  const strategies = op.strategies(shapes, attrs, device)
  const [first = ''] = strategies
  if (strategies.length < 2) return first
  const chosen = device.choose?.({ op, inputs: shapes, attrs, strategies })
  return chosen !== undefined && strategies.includes(chosen) ? chosen : first
}
