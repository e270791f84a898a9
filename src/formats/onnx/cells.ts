// One time step of a recurrent cell, for loops over time and for cells that are called by themselves.
//
//   LSTM       z = x·W + h·R + b, gates i f c o     c' = f·c + i·act(z_c)     h' = o·act(c')
//   GRU        z r c as ops/gru.ts and ops/gruResetBefore.ts have them         h' = z·h + (1 − z)·c
//   SimpleRNN  h' = act(x·W + h·R + b)

import { impossible } from '../../errors.ts'
import { paddingOf } from '../../layers/convolutional/window.ts'
import type { Layer } from '../../layers/layer.ts'
import type { ReadActivation } from '../../layers/options.ts'
import type { ConvLSTMLayer } from '../../layers/rnn/convLstm.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { convolveFrames, kernelOf } from './convolutions.ts'
import { add, matmul, multiply, split, subtract } from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

export interface CellWeights {
  readonly kernel: Variable
  readonly recurrentKernel: Variable
  readonly bias?: Variable | undefined
}

/** The next states from x·W + b and the states; the first one is the output. */
type CellStep = (graph: OnnxGraph, z: OnnxValue, states: readonly OnnxValue[]) => readonly OnnxValue[]

/** What a recurrence does with its inputs and in a time step. */
export interface CellPlan {
  /** x·W + b of any rows [..., features]. */
  readonly product: (graph: OnnxGraph, x: OnnxValue) => OnnxValue
  readonly step: CellStep
  readonly states: number
}

/** Applies an activation to the units of a time step. */
export type Activate = (graph: OnnxGraph, x: OnnxValue, activation: ReadActivation) => OnnxValue

/** Products with the state, and the axis of gates. */
interface Inside {
  readonly axis: number
  readonly units: number
  /** h·R, of these gates if some are named. */
  readonly recur: (graph: OnnxGraph, h: OnnxValue) => OnnxValue
  readonly activate: Activate
}

const activationOf =
  (layer: Layer, { activate }: Inside, name: string) =>
  (graph: OnnxGraph, x: OnnxValue) =>
    activate(graph, x, Reflect.get(layer.config, name) as ReadActivation)

const activationsOf = (layer: Layer, inside: Inside) =>
  [activationOf(layer, inside, 'activation'), activationOf(layer, inside, 'recurrentActivation')] as const

function lstmStep(layer: Layer, inside: Inside): CellStep {
  const { axis, units, recur } = inside
  const [act, gate] = activationsOf(layer, inside)
  return (graph, z, [h, c]) => {
    if (!h || !c) impossible(`${layer.where} lacks a state`)
    const sum = add(graph, z, recur(graph, h))
    const [i, f, candidate, o] = split(graph, sum, axis, [units, units, units, units])
    if (!i || !f || !candidate || !o) impossible('four gates')
    const kept = multiply(graph, gate(graph, f), c)
    const next = add(graph, kept, multiply(graph, gate(graph, i), act(graph, candidate)))
    return [multiply(graph, gate(graph, o), act(graph, next)), next]
  }
}

function simpleStep(layer: Layer, inside: Inside): CellStep {
  const act = activationOf(layer, inside, 'activation')
  return (graph, z, [h]) => [act(graph, add(graph, z, inside.recur(graph, h as OnnxValue)))]
}

/** z·h + (1 − z)·c */
const mixed = (graph: OnnxGraph, z: OnnxValue, h: OnnxValue, c: OnnxValue): OnnxValue =>
  add(graph, multiply(graph, z, h), multiply(graph, subtract(graph, graph.scalar(1), z), c))

function gruStep(layer: Layer, inside: Inside, weights: CellWeights): CellStep {
  const { axis, units } = inside
  const [act, gate] = activationsOf(layer, inside)
  /** Update and reset gate, of which an activation may work on rows. */
  const gatesOf = (graph: OnnxGraph, sum: OnnxValue): readonly OnnxValue[] =>
    split(graph, sum, axis, [units, units]).map((each) => gate(graph, each))
  const { recurrentKernel, bias } = weights
  const columns = 3 * units
  if (Reflect.get(layer.config, 'resetAfter') === true)
    return (graph, z, [h]) => {
      if (!h) impossible(`${layer.where} lacks a state`)
      const product = matmul(graph, h, graph.weight(recurrentKernel))
      const row = (b: Variable): OnnxValue =>
        graph.derived([b], 'recurrent', [columns], () => b.value.slice(columns))
      const inner = bias ? add(graph, product, row(bias)) : product
      const [x, r] = [z, inner].map((each) => split(graph, each, axis, [2 * units, units]))
      const [gatesOfX, candidateOfX] = x as [OnnxValue, OnnxValue]
      const [gatesOfH, candidateOfH] = r as [OnnxValue, OnnxValue]
      const sum = add(graph, gatesOfX, gatesOfH)
      const [update, reset] = gatesOf(graph, sum) as [OnnxValue, OnnxValue]
      const candidate = act(graph, add(graph, candidateOfX, multiply(graph, reset, candidateOfH)))
      return [mixed(graph, update, h, candidate)]
    }
  return (graph, z, [h]) => {
    if (!h) impossible(`${layer.where} lacks a state`)
    const kernels = split(graph, graph.weight(recurrentKernel), 1, [2 * units, units])
    const [ofGates, ofCandidate] = kernels as [OnnxValue, OnnxValue]
    const [gatesOfX, candidateOfX] = split(graph, z, axis, [2 * units, units]) as [OnnxValue, OnnxValue]
    const sum = add(graph, gatesOfX, matmul(graph, h, ofGates))
    const [update, reset] = gatesOf(graph, sum) as [OnnxValue, OnnxValue]
    const recurrent = matmul(graph, multiply(graph, reset, h), ofCandidate)
    return [mixed(graph, update, h, act(graph, add(graph, candidateOfX, recurrent)))]
  }
}

/** The bias of the product with the input: the first row, where a GRU has two. */
function inputBias(graph: OnnxGraph, bias: Variable): OnnxValue {
  const [rows, columns] = bias.shape
  if (columns === undefined) return graph.weight(bias)
  if (rows !== 2) impossible(`a bias of ${rows} rows`)
  return graph.derived([bias], 'input', [columns], () => bias.value.slice(0, columns))
}

const STEPS = {
  LSTM: [lstmStep, 2],
  GRU: [gruStep, 1],
  SimpleRNN: [simpleStep, 1],
} as const

/** The plan of an LSTM, GRU or SimpleRNN, as a layer or as a cell. */
export function vectorPlan(layer: Layer, weights: CellWeights, activate: Activate): CellPlan {
  const name = layer.className.replace(/Cell$/, '') as keyof typeof STEPS
  const [stepOf, states] = STEPS[name]
  const units = Number(Reflect.get(layer.config, 'units'))
  const { kernel, recurrentKernel, bias } = weights
  const recur = (graph: OnnxGraph, h: OnnxValue): OnnxValue => matmul(graph, h, graph.weight(recurrentKernel))
  return {
    product: (graph, x) => {
      const product = matmul(graph, x, graph.weight(kernel))
      return bias ? add(graph, product, inputBias(graph, bias)) : product
    },
    // Gates lie along the last axis of what one time step has.
    step: stepOf(layer, { axis: 1, units, recur, activate }, weights),
    states,
  }
}

/** The plan of a ConvLSTM, all of whose tensors have channels first. */
export function framesPlan(layer: ConvLSTMLayer, weights: CellWeights, activate: Activate): CellPlan {
  const { kernel, recurrentKernel, bias } = weights
  const { filters } = layer.config
  const recur = (graph: OnnxGraph, h: OnnxValue): OnnxValue => {
    const window = recurrentKernel.shape.slice(0, -2)
    const sides = window.map((extent) =>
      paddingOf(extent, { window: extent, stride: 1, dilation: 1, padding: 'same' }),
    )
    const pads = [...sides.map(([before]) => before), ...sides.map(([, after]) => after)]
    const shape = h.shape.map((extent, axis) => (axis === 1 ? 4 * filters : extent))
    const attributes = { kernel_shape: window, pads }
    return graph.node('Conv', [h, kernelOf(graph, recurrentKernel)], { shape, type: 'float' }, attributes)
  }
  return {
    product: (graph, x) => convolveFrames(graph, layer, x, { kernel, bias }),
    step: lstmStep(layer, { axis: 1, units: filters, recur, activate }),
    states: 2,
  }
}
