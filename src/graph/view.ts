// Views: operations that launch nothing. Their output is memory of their input, in another shape or a section of it.

import type { Shape } from '../util/shape.ts'
import type { DType, Graph, Value } from './graph.ts'
import { type Attributes, type Operation, PLAIN } from './operation.ts'

/**
 * Defines a view. `offset` is that of the output in the input, in elements, 0 by default; `dtype` is as in {@link Operation}. A view
 * at which differentiation starts has `slope`, the gradient that it gives its input.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineView<A extends Attributes>(definition: {
  readonly name: string
  shape(input: Shape, attrs: A): Shape
  offset?(attrs: A): number
  dtype?(attrs: A): DType | undefined
  gradient?(graph: Graph, input: Value, d: Value): Value | undefined
  slope?(graph: Graph, input: Value, attrs: A): Value
}): (graph: Graph, x: Value, attrs: A) => Value {
  const typed = (attrs: Attributes): A => attrs as A
  const operation: Operation = {
    ...PLAIN,
    name: definition.name,
    inputNames: ['x'],
    outputNames: ['y'],
    discardable: () => [],
    view: true,
    viewOffset: (attrs) => definition.offset?.(typed(attrs)) ?? 0,
    viewDtype: (attrs) => definition.dtype?.(typed(attrs)),
    outputShapes: ({ x = [] }, attrs) => ({ y: definition.shape(x, typed(attrs)) }),
    params: () => ({}),
    launches: () => [],
    differentiable: definition.gradient !== undefined || definition.slope !== undefined,
    gradient: (node, graph, { y }) => {
      const { x } = node.inputs
      return {
        x:
          x && (definition.slope?.(graph, x, typed(node.attrs)) ?? (y && definition.gradient?.(graph, x, y))),
      }
    },
    simplify: () => null,
  }
  return (graph, x, attrs) => graph.add(operation, { x }, attrs).y as Value
}
