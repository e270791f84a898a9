// Recurrent layers as ONNX's own operators, LSTM, GRU and RNN, of one direction or of both. They are time-major, have weights by rows,
// and in the LSTM gates in the order i o f c, where Keras has i f c o; the GRU's are z r h in both.

import type { GRULayer } from '../../layers/gru.ts'
import type { Layer } from '../../layers/layer.ts'
import type { RecurrentLayer } from '../../layers/recurrentLayer.ts'
import type { Variable } from '../../layers/variable.ts'
import { type OnnxStep, weightsOf } from './call.ts'
import { concat, squeeze, transpose, unsqueeze } from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'
import { transposedData } from './transposedData.ts'

/** The activations that the operators have, with their parameters. */
const ACTIVATIONS: Readonly<Record<string, readonly [name: string, alpha?: number, beta?: number]>> = {
  sigmoid: ['Sigmoid'],
  tanh: ['Tanh'],
  relu: ['Relu'],
  softsign: ['Softsign'],
  hard_sigmoid: ['HardSigmoid', 1 / 6, 0.5],
  sparse_sigmoid: ['HardSigmoid', 0.5, 0.5],
  keras2_hard_sigmoid: ['HardSigmoid', 0.2, 0.5],
  linear: ['Affine', 1, 0],
}

interface Operator {
  readonly opType: 'LSTM' | 'GRU' | 'RNN'
  /** For each gate of ONNX its place among Keras's. */
  readonly gates: readonly number[]
  /** The options of the layer that name activations, in ONNX's order. */
  readonly activations: readonly string[]
  readonly states: number
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  LSTM: {
    opType: 'LSTM',
    gates: [0, 3, 1, 2],
    activations: ['recurrentActivation', 'activation', 'activation'],
    states: 2,
  },
  GRU: { opType: 'GRU', gates: [0, 1, 2], activations: ['recurrentActivation', 'activation'], states: 1 },
  SimpleRNN: { opType: 'RNN', gates: [0], activations: ['activation'], states: 1 },
}

const optionOf = (layer: Layer, name: string): unknown => Reflect.get(layer.config, name)

const activationsOf = (layer: Layer, { activations }: Operator) =>
  activations.map((name) => ACTIVATIONS[String(optionOf(layer, name))])

const resetsAfter = (layer: Layer): boolean => (layer as GRULayer).config.resetAfter

/** The recurrent layer that a call of a layer runs if an operator does the same. */
export function operatorLayer(layer: Layer): RecurrentLayer | null {
  const { recurrence } = layer
  const operator = recurrence && OPERATORS[recurrence.className]
  return operator && activationsOf(recurrence, operator).every((each) => each !== undefined)
    ? recurrence
    : null
}

/** Whether one operator does both layers. */
export function goTogether(forward: RecurrentLayer, backward: RecurrentLayer): boolean {
  const unitsOf = (layer: Layer): unknown => optionOf(layer, 'units')
  return (
    forward.className === backward.className &&
    unitsOf(forward) === unitsOf(backward) &&
    resetsAfter(forward) === resetsAfter(backward) &&
    !forward.config.goBackwards &&
    backward.config.goBackwards
  )
}

/** A kernel [rows, gates · units] as [1, gates · units, rows]. */
function kernelOf(graph: OnnxGraph, kernel: Variable, gates: readonly number[]): OnnxValue {
  const [rows = 1, columns = 1] = kernel.shape
  const units = columns / gates.length
  return graph.derived([kernel], 'rows', [1, columns, rows], () => {
    const turned = transposedData(kernel.value, kernel.shape, [1, 0])
    return reordered(turned, gates, units * rows)
  })
}

/** Pieces of `size` numbers in another order. */
function reordered(data: Float32Array, order: readonly number[], size: number): Float32Array {
  const result = new Float32Array(data.length)
  order.forEach((from, to) => {
    result.set(data.subarray(from * size, (from + 1) * size), to * size)
  })
  return result
}

/** The biases of the input and of the state, [1, 2 · gates · units]. */
function biasOf(graph: OnnxGraph, bias: Variable, gates: readonly number[], units: number): OnnxValue {
  const columns = gates.length * units
  return graph.derived([bias], 'both', [1, 2 * columns], () => {
    const both = new Float32Array(2 * columns)
    for (let start = 0; start < bias.value.length; start += columns)
      both.set(reordered(bias.value.subarray(start, start + columns), gates, units), start)
    return both
  })
}

/** An attribute that is a list, if it has entries. */
const listed = (name: string, values: readonly number[]) => (values.length > 0 ? { [name]: values } : {})

/** What one direction gives: all outputs, [batch, timesteps, units] in the order of the input, and the last states. */
export interface DirectionOutputs {
  readonly sequence: OnnxValue
  readonly states: readonly OnnxValue[]
}

/** Adds one node for a layer, or for a layer and one that goes backwards. */
export function addOperator(
  { graph }: OnnxStep,
  layers: readonly RecurrentLayer[],
  x: OnnxValue,
  states: readonly (readonly OnnxValue[])[],
): readonly DirectionOutputs[] {
  const [first] = layers
  const operator = first && OPERATORS[first.className]
  if (!operator) throw new TypeError(`no operator for ${first?.where}`)
  const { gates } = operator
  const weights = layers.map((layer) => weightsOf(layer))
  const units = Number(optionOf(first, 'units'))
  const joined = (parts: readonly OnnxValue[]): OnnxValue => concat(graph, parts, 0)
  const W = joined(weights.map(({ kernel }) => kernelOf(graph, kernel, gates)))
  const R = joined(weights.map(({ recurrentKernel }) => kernelOf(graph, recurrentKernel, gates)))
  const size = 2 * gates.length * units
  const zeros = (): OnnxValue => graph.constant(new Float32Array(size), [1, size])
  const B = weights.some(({ bias }) => bias)
    ? joined(weights.map(({ bias }) => (bias ? biasOf(graph, bias, gates, units) : zeros())))
    : null
  const initial = Array.from({ length: operator.states }, (_, i) =>
    states.every((own) => own[i])
      ? joined(states.map((own) => unsqueeze(graph, own[i] as OnnxValue, [0])))
      : null,
  )
  const activations = layers.flatMap((layer) => activationsOf(layer, operator))
  const [batch = null, time = null] = x.shape
  const directions = layers.length
  const state = { shape: [directions, batch, units], type: 'float' as const }
  const [sequence, ...last] = graph.nodes(
    operator.opType,
    [transpose(graph, x, [1, 0, 2]), W, R, B, null, ...initial],
    [
      { shape: [time, directions, batch, units], type: 'float' },
      ...Array.from({ length: operator.states }, () => state),
    ],
    {
      hidden_size: units,
      direction: directions > 1 ? 'bidirectional' : first.config.goBackwards ? 'reverse' : 'forward',
      activations: activations.flatMap((each) => each?.[0] ?? []),
      ...listed(
        'activation_alpha',
        activations.flatMap((each) => each?.[1] ?? []),
      ),
      ...listed(
        'activation_beta',
        activations.flatMap((each) => each?.[2] ?? []),
      ),
      ...(operator.opType === 'GRU' ? { linear_before_reset: Number(resetsAfter(first)) } : {}),
    },
  )
  if (!sequence) throw new TypeError(`${first.where} has no output`)
  const byDirection = (value: OnnxValue, axis: number): readonly OnnxValue[] => {
    if (directions === 1) return [squeeze(graph, value, [axis])]
    const one = { shape: value.shape.map((extent, i) => (i === axis ? 1 : extent)), type: value.type }
    const parts = graph.nodes('Split', [value, graph.constant([1, 1])], [one, one], { axis })
    return parts.map((part) => squeeze(graph, part, [axis]))
  }
  const sequences = byDirection(sequence, 1).map((part) => transpose(graph, part, [1, 0, 2]))
  const lasts = last.map((value) => byDirection(value, 0))
  return sequences.map((part, i) => ({
    sequence: part,
    states: lasts.map((parts) => parts[i] as OnnxValue),
  }))
}
