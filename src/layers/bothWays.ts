// Two recurrent layers of opposite directions in one recurrence: a GPU does not run launches at the same time, so that both
// directions of a step are one launch. Weights and states lie side by side in their columns; so do the results.

import type { Graph, Value } from '../graph/graph.ts'
import { joinColumns, splitColumns } from '../ops/columnPairs.ts'
import { lastOf } from '../util/shape.ts'
import type { Directed, RecurrenceOutputs, RecurrentWeights } from './directed.ts'
import type { Layer, Lowering } from './layer.ts'

export interface BothWays extends RecurrenceOutputs {
  /** The last states of each layer. */
  readonly forward: readonly Value[]
  readonly backward: readonly Value[]
}

/**
 * Adds both layers' operations; null where they differ in more than their weights.
 *
 * @param given Initial states of the one, then of the other; none for those they keep, or zeros.
 */
export function lowerBothWays(
  lowering: Lowering,
  forward: Layer,
  backward: Layer,
  input: Value,
  given: readonly Value[],
): BothWays | null {
  const [a, b] = [forward.directed, backward.directed]
  if (!a || !b || describe(forward) !== describe(backward)) return null
  return forward.underPolicy(lowering.graph, () => {
    const { graph } = lowering
    const [own, other] = [a.weights(lowering), b.weights(lowering)]
    const recurrentKernel = joinColumns(graph, { a: own.recurrentKernel, b: other.recurrentKernel }, {}).y
    const half = given.length / 2
    const states = beside(
      graph,
      half > 0 ? given.slice(0, half) : a.states(lowering),
      half > 0 ? given.slice(half) : b.states(lowering),
    )
    const drops = lowering.training && [forward, backward].some((layer) => optionOf(layer, 'dropout') !== 0)
    const z = hoisted(lowering, input, [a, own], [b, other], drops)
    const outputs = a.recur(lowering, z, recurrentKernel, states, b)
    const [first, second] = apart(graph, outputs.last)
    a.keepStates(lowering, first)
    b.keepStates(lowering, second)
    return { ...outputs, forward: first, backward: second }
  })
}

/** Options that two layers must share to run together, beside those that Bidirectional asks for. */
const ALIKE = ['units', 'activation', 'recurrentActivation', 'useBias', 'recurrentDropout']

export const optionOf = (layer: Layer, name: string): unknown => Reflect.get(layer.config, name)

const describe = (layer: Layer): string =>
  JSON.stringify([layer.className, layer.dtypePolicy, ...ALIKE.map((name) => optionOf(layer, name))])

/** The product of one input with both kernels; of two, where each layer drops others. */
function hoisted(
  lowering: Lowering,
  input: Value,
  [a, own]: readonly [Directed, RecurrentWeights],
  [b, other]: readonly [Directed, RecurrentWeights],
  drops: boolean,
): Value {
  const { graph } = lowering
  if (drops) {
    const [first, second] = [
      a.hoisted(lowering, input, own.kernel, own.bias),
      b.hoisted(lowering, input, other.kernel, other.bias),
    ]
    return joinColumns(graph, { a: first, b: second }, {}).y
  }
  const { y: kernel, z: bias } = joinColumns(
    graph,
    { a: own.kernel, b: other.kernel, c: own.bias, d: other.bias },
    {},
  )
  return a.hoisted(lowering, input, kernel, own.bias && bias)
}

/** Each layer's states beside the other's, two of them a launch. */
function beside(graph: Graph, own: readonly Value[], other: readonly Value[]): Value[] {
  return pairs(own).flatMap(([a, c], i) => {
    const [b, d] = other.slice(2 * i)
    if (!b) throw new TypeError('a direction lacks a state')
    const { y, z } = joinColumns(graph, { a, b, c, d }, {})
    return c ? [y, z] : [y]
  })
}

/** The layers' parts of states, two states a launch. */
function apart(graph: Graph, states: readonly Value[]): [Value[], Value[]] {
  const parts = pairs(states).map(([x, z]) => {
    const split = splitColumns(graph, { x, z }, { first: halfOf(x), zFirst: z && halfOf(z) })
    return z
      ? ([
          [split.a, split.c],
          [split.b, split.d],
        ] as const)
      : ([[split.a], [split.b]] as const)
  })
  return [parts.flatMap(([first]) => first), parts.flatMap(([, second]) => second)]
}

/** A direction's columns. */
export const halfOf = ({ shape }: Value): number => lastOf(shape) / 2

const pairs = (values: readonly Value[]): (readonly [Value, Value | undefined])[] =>
  values.flatMap((value, i) => (i % 2 === 0 ? [[value, values[i + 1]] as const] : []))
