// Two recurrent layers of opposite directions in one recurrence: a GPU does not run launches at the same time, so that one
// launch does both directions. Weights, states and results of the two lie side by side in the columns of one tensor each.

import type { Graph, Value } from '../../graph/graph.ts'
import { joinColumns, splitColumns } from '../../ops/columnPairs.ts'
import { joinStates } from '../../ops/joinStates.ts'
import { lastOf } from '../../util/shape.ts'
import type { CallRequest, StepLowering } from '../call.ts'
import type { Layer } from '../layer.ts'
import type { Directed, RecurrenceOutputs, RecurrentTensors } from './directed.ts'
import { functionOf } from './recurrent.ts'
import type { RecurrentLayer } from './recurrentLayer.ts'

export interface BothWays extends RecurrenceOutputs {
  /** The last states of each layer. */
  readonly forward: readonly Value[]
  readonly backward: readonly Value[]
}

/** A layer and its call. */
type Half = readonly [layer: Layer, call: CallRequest]

/** Adds the operations of both layers; null if the layers differ in more than their weights. */
export function lowerBothWays(
  step: StepLowering,
  [forward, forwardCall]: Half,
  [backward, backwardCall]: Half,
): BothWays | null {
  const [one, two] = [forward.recurrence, backward.recurrence]
  if (!one || !two || likenessOf(one) !== likenessOf(two)) return null
  // A penalty is on the outputs of one direction.
  if (one.config.activityRegularizer || two.config.activityRegularizer) return null
  const [a, b] = [one.directed(step, forwardCall), two.directed(step, backwardCall)]
  if (!a || !b) return null
  const { graph } = a
  const drops = forwardCall.training && [one, two].some(({ config }) => config.dropout !== 0)
  const tensors = drops ? hoistedApart(a, b) : hoistedTogether(a, b)
  const outputs = a.recur(tensors, { ...b, joinStates })
  const [first, second] = apart(graph, outputs.last)
  a.keepStates(first)
  b.keepStates(second)
  return { ...outputs, forward: first, backward: second }
}

/** A key that two layers must share to run in the same launches, beside the options that Bidirectional compares. */
function likenessOf({
  className,
  config,
  cell,
  inputSide,
  dtypePolicy,
  zeroesMasked,
}: RecurrentLayer): string {
  const { functions, biasRows } = cell.cell
  const codes = functions.map((name) => functionOf(config, name))
  const { useBias, recurrentDropout } = config
  return JSON.stringify([
    className,
    dtypePolicy,
    biasRows,
    inputSide.units,
    codes,
    useBias,
    recurrentDropout,
    zeroesMasked,
  ])
}

/** The product of the input with both kernels, and the joined weights of the recurrence. All weights are joined in one launch. */
function hoistedTogether(a: Directed, b: Directed): RecurrentTensors {
  const { graph, weights: own } = a
  const { weights: other } = b
  const joined = joinColumns(
    graph,
    {
      a: own.kernel,
      b: other.kernel,
      c: own.recurrentKernel,
      d: other.recurrentKernel,
      e: own.bias ?? own.recurrentBias,
      f: other.bias ?? other.recurrentBias,
    },
    {},
  )
  const { y: kernel, z: recurrentKernel, w: bias } = joined
  return {
    z: a.hoisted(kernel, own.bias && bias),
    recurrentKernel,
    bias: own.recurrentBias && bias,
  }
}

/** The same with dropout, where there are two inputs, since each layer drops other elements. */
function hoistedApart(a: Directed, b: Directed): RecurrentTensors {
  const { graph, weights: own } = a
  const { weights: other } = b
  const [first, second] = [a.hoisted(own.kernel, own.bias), b.hoisted(other.kernel, other.bias)]
  const { y: recurrentKernel, z: bias } = joinColumns(
    graph,
    { a: own.recurrentKernel, b: other.recurrentKernel, c: own.recurrentBias, d: other.recurrentBias },
    {},
  )
  const z = joinColumns(graph, { a: first, b: second }, {}).y
  return { z, recurrentKernel, bias: own.recurrentBias && bias }
}

/** Splits states into the layers' parts, two states a launch. */
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

/** The columns of one direction. */
export const halfOf = ({ shape }: Value): number => lastOf(shape) / 2

const pairs = (values: readonly Value[]): (readonly [Value, Value | undefined])[] =>
  values.flatMap((value, i) => (i % 2 === 0 ? [[value, values[i + 1]] as const] : []))
