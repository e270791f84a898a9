// Recurrent layers as ONNX's own operators, LSTM, GRU and RNN, of one direction or of both. They are time-major, have weights by rows,
// and in the LSTM gates in the order i o f c, where Keras has i f c o; the GRU's are z r h in both.

import { impossible } from '../../errors.ts'
import type { Layer } from '../../layers/layer.ts'
import type { GRULayer } from '../../layers/rnn/gru.ts'
import type { RecurrentLayer } from '../../layers/rnn/recurrentLayer.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { joined } from '../../util/bytes.ts'
import type { Shape } from '../../util/shape.ts'
import { type OnnxStep, weightsOf } from './call.ts'
import { concat, squeeze, transpose, unsqueeze } from './expressions.ts'
import type { OnnxValue } from './graph.ts'
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

/** A kernel [rows, gates · units] as [gates · units, rows]. */
function turned({ value, shape }: Variable, gates: readonly number[]): Float32Array {
  const [rows = 1, columns = 1] = shape
  return reordered(transposedData(value, shape, [1, 0]), gates, (columns / gates.length) * rows)
}

/** Pieces of `size` numbers in another order. */
function reordered(data: Float32Array, order: readonly number[], size: number): Float32Array {
  const result = new Float32Array(data.length)
  order.forEach((from, to) => {
    result.set(data.subarray(from * size, (from + 1) * size), to * size)
  })
  return result
}

/** The biases of the input and of the state, [2 · gates · units]; zeros where there is none. */
function biasOf(bias: Variable | undefined, gates: readonly number[], units: number): Float32Array {
  const columns = gates.length * units
  const both = new Float32Array(2 * columns)
  const { value } = bias ?? { value: new Float32Array() }
  for (let start = 0; start < value.length; start += columns)
    both.set(reordered(value.subarray(start, start + columns), gates, units), start)
  return both
}

/** All numbers in one array. */
function joinedFloats(parts: readonly Float32Array[]): Float32Array {
  const bytes = parts.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  )
  return new Float32Array(joined(bytes).buffer)
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
  if (!operator) impossible(`no operator for ${first?.where}`)
  const { gates } = operator
  const weights = layers.map((layer) => weightsOf(layer))
  const units = Number(optionOf(first, 'units'))
  /** A tensor of all directions, one behind the other; runtimes want weights that no node computes. */
  const ofAll = (
    variables: readonly (Variable | undefined)[],
    what: string,
    dims: Shape,
    partOf: (variable: Variable | undefined) => Float32Array,
  ): OnnxValue | null => {
    const [present, ...others] = variables.flatMap((variable) => variable ?? [])
    const key = variables.map((variable) => (variable ? what : 'none')).join('_')
    return present
      ? graph.derived([present, ...others], key, [layers.length, ...dims], () =>
          joinedFloats(variables.map(partOf)),
        )
      : null
  }
  const columns = gates.length * units
  const features = weights[0]?.kernel.shape[0] ?? 1
  const rows = (variable: Variable | undefined): Float32Array => turned(variable as Variable, gates)
  const kernels = weights.map(({ kernel }) => kernel)
  const recurrent = weights.map(({ recurrentKernel }) => recurrentKernel)
  const biases = weights.map(({ bias }) => bias)
  const W = ofAll(kernels, 'rows', [columns, features], rows)
  const R = ofAll(recurrent, 'rows', [columns, units], rows)
  const B = ofAll(biases, 'both', [2 * columns], (bias) => biasOf(bias, gates, units))
  const initial = Array.from({ length: operator.states }, (_, i) =>
    states.every((own) => own[i])
      ? concat(
          graph,
          states.map((own) => unsqueeze(graph, own[i] as OnnxValue, [0])),
          0,
        )
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
  if (!sequence) impossible(`${first.where} has no output`)
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
