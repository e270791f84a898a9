// Recurrent layers: as ONNX's operators where these do the same, else as loops over time.

import { fail, impossible } from '../../errors.ts'
import { isElementwise } from '../../layers/activations/elementwise.ts'
import { channelsLast, inFormat } from '../../layers/convolutional/dataFormat.ts'
import type { Layer } from '../../layers/layer.ts'
import { traceCall } from '../../layers/own/tracedCall.ts'
import type { BidirectionalLayer } from '../../layers/rnn/bidirectional.ts'
import type { CellLayer } from '../../layers/rnn/cell.ts'
import { CellSequence } from '../../layers/rnn/cellSequence.ts'
import type { ConvLSTMLayer } from '../../layers/rnn/convLstm.ts'
import type { RecurrentLayer } from '../../layers/rnn/recurrentLayer.ts'
import type { RNNLayer } from '../../layers/rnn/rnn.ts'
import type { StackedCellsLayer } from '../../layers/rnn/stackedCells.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { activate } from './activations.ts'
import { type Lowerings, type OnnxCall, type OnnxStep, weightsOf } from './call.ts'
import { type Activate, type CellPlan, framesPlan, vectorPlan } from './cells.ts'
import {
  add,
  concat,
  type Extent,
  extentOf,
  extentsOf,
  filled,
  multiply,
  reshape,
  scale,
  transpose,
} from './expressions.ts'
import type { OnnxValue } from './graph.ts'
import { addLoop, reversed } from './loops.ts'
import { addOperator, goTogether, operatorLayer } from './recurrentOperators.ts'

type RecurrentCall = OnnxCall<RecurrentLayer>

/** The states that a call starts from: given ones, those of a stateful layer, or none. */
function startOf({ layer, step, states }: RecurrentCall | OnnxCall<CellSequence>): readonly OnnxValue[] {
  if (states.length > 0) return states
  return (layer.builtWeights?.states ?? []).map((state: Variable) => step.state(state))
}

/** Keeps the last states of a stateful layer. */
function keep({ layer, step }: RecurrentCall | OnnxCall<CellSequence>, last: readonly OnnxValue[]): void {
  const states = layer.builtWeights?.states ?? []
  states.forEach((state: Variable, i) => {
    step.update(state, last[i] as OnnxValue)
  })
}

/** The results of a call, from all outputs in the order of processing and the last one. */
function resultsOf(
  call: RecurrentCall | OnnxCall<CellSequence>,
  sequence: OnnxValue,
  output: OnnxValue,
  states: readonly OnnxValue[],
): readonly OnnxValue[] {
  keep(call, states)
  const { returnSequences, returnState } = call.layer.config
  return [returnSequences ? sequence : output, ...(returnState ? states : [])]
}

const onVectors =
  (step: OnnxStep): Activate =>
  (graph, x, activation) =>
    activate(step.on(graph), x, activation)

function vectors(call: RecurrentCall): readonly OnnxValue[] {
  const { layer, step, graph, inputs, masks } = call
  const [x] = inputs
  const [mask = null] = masks
  const operator = mask ? null : operatorLayer(layer)
  if (!operator) return looped(call, vectorPlan(layer, weightsOf(layer), onVectors(step)), x, mask)
  const [outputs] = addOperator(step, [operator], x, [startOf(call)])
  if (!outputs) impossible(`${layer.where} has no outputs`)
  const { sequence, states } = outputs
  const processed = layer.config.goBackwards ? reversed(graph, sequence) : sequence
  return resultsOf(call, processed, states[0] as OnnxValue, states)
}

/** A recurrence as a loop, with the product of all inputs before it. */
function looped(
  call: RecurrentCall,
  plan: CellPlan,
  x: OnnxValue,
  mask: OnnxValue | null,
): readonly OnnxValue[] {
  const { layer, graph } = call
  const units = Number(Reflect.get(layer.config, 'units'))
  const z = plan.product(graph, x)
  const given = startOf(call)
  const zeros = filled(graph, 0, [extentOf(x, 0), units])
  const { sequence, output, states } = addLoop(graph, {
    x: z,
    mask,
    initial: given.length > 0 ? given : Array.from({ length: plan.states }, () => zeros),
    isBackwards: layer.config.goBackwards,
    zeroesMasked: layer.zeroesMasked,
    outputExtents: [units],
    step(inner, now, before) {
      const next = plan.step(inner, now, before)
      return [next[0] as OnnxValue, next]
    },
  })
  return resultsOf(call, sequence, output, states)
}

/** A ConvLSTM: a loop over frames with channels first. */
function frames(call: OnnxCall<ConvLSTMLayer>): readonly OnnxValue[] {
  const { layer, step, graph: outer, inputs, masks } = call
  const [input] = inputs
  const first = (x: OnnxValue, axis: number, graph = outer): OnnxValue => {
    const last = channelsLast(
      layer,
      x.shape.map((_, k) => k),
      axis,
    )
    return transpose(graph, x, [...last.slice(0, axis), ...last.slice(-1), ...last.slice(axis, -1)])
  }
  const back = (y: OnnxValue, axis: number, graph = outer): OnnxValue => {
    const axes = y.shape.map((_, k) => k)
    const last = [...axes.slice(0, axis), ...axes.slice(axis + 1), axis]
    return transpose(graph, y, inFormat(layer, last, axis))
  }
  // What works element by element does so in any order of axes; other activations work on those of the layer's format.
  const plan = framesPlan(layer, weightsOf(layer), (graph, x, activation) =>
    isElementwise(activation)
      ? activate(step.on(graph), x, activation)
      : first(activate(step.on(graph), back(x, 1, graph), activation), 1, graph),
  )
  const x = first(input, 2)
  const z = plan.product(outer, reshape(outer, x, [null, ...extentsOf(x, 2)]))
  const space = extentsOf(z, 2)
  const { filters } = layer.config
  const outputExtents: readonly Extent[] = [filters, ...space]
  const sequenceOfZ = reshape(outer, z, [extentOf(x, 0), extentOf(x, 1), 4 * filters, ...space])
  const given = startOf(call).map((state) => first(state, 1))
  const zeros = filled(outer, 0, [extentOf(x, 0), ...outputExtents])
  const outputs = addLoop(outer, {
    x: sequenceOfZ,
    mask: masks[0] ?? null,
    initial: given.length > 0 ? given : [zeros, zeros],
    isBackwards: layer.config.goBackwards,
    zeroesMasked: layer.zeroesMasked,
    outputExtents,
    step(inner, now, before) {
      const next = plan.step(inner, now, before)
      return [next[0] as OnnxValue, next]
    },
  })
  const states = outputs.states.map((state) => back(state, 1))
  return resultsOf(call, back(outputs.sequence, 2), back(outputs.output, 1), states)
}

/** A cell of the user's own over a sequence: its call is the body of the loop. */
function ownCells(call: OnnxCall<CellSequence>): readonly OnnxValue[] {
  const { layer, step, graph, inputs, masks } = call
  const [x] = inputs
  const { cell } = layer
  const [batch = null, , ...features] = x.shape
  const given = startOf(call)
  if (given.length === 0 && cell.getInitialState)
    fail(layer.where, {
      expected: 'a cell whose states start from zeros, in an ONNX file',
      got: `${cell.where}, which has getInitialState`,
      remedy: 'Give initialState in the call.',
    })
  const shapes = [[batch, ...features], ...cell.stateShapes(batch)]
  const traced = traceCall(
    cell,
    shapes.map((shape) => ({ shape })),
    cell.structureOf({}, shapes.length),
    false,
  )
  const zeros = cell.stateSizes.map((size) => filled(graph, 0, [extentOf(x, 0), size]))
  const { sequence, output, states } = addLoop(graph, {
    x,
    mask: masks[0] ?? null,
    initial: given.length > 0 ? given : zeros,
    isBackwards: layer.config.goBackwards,
    zeroesMasked: layer.zeroesMasked,
    outputExtents: cell.outputShape([batch, ...features]).slice(1),
    step(inner, now, before) {
      const results = step
        .on(inner)
        .layers(
          traced.graph,
          [now, ...before].map((value) => ({ value, mask: null })),
        )
        .map(({ value }) => value)
      return [results[0] as OnnxValue, results.slice(1, 1 + before.length)]
    },
  })
  return resultsOf(call, sequence, output, states)
}

/** Each cell as the recurrent layer that RNN runs it as, one after another. */
function rnn(call: OnnxCall<RNNLayer> | OnnxCall<CellSequence>): readonly OnnxValue[] {
  if (call.layer instanceof CellSequence) return ownCells(call as OnnxCall<CellSequence>)
  const { layer, step, graph, inputs, states, masks } = call
  const remaining = [...states]
  let [mask = null] = masks
  let [output] = inputs as readonly [OnnxValue]
  const last = layer.parts.slice(1).flatMap((sequence, i) => {
    const own = remaining.splice(0, sequence.stateNames.length)
    const [result, ...after] = step.layer(sequence, { inputs: [output], states: own, masks: [mask] })
    if (result) output = result.value
    if (i === 0 && mask && Reflect.get(layer.config, 'goBackwards') === true) mask = reversed(graph, mask)
    return after.map(({ value }) => value)
  })
  return [output, ...last]
}

function bidirectional(call: OnnxCall<BidirectionalLayer>): readonly OnnxValue[] {
  const { layer, step, graph, inputs, states, masks } = call
  const { forwardLayer, backwardLayer } = layer
  const [mask = null] = masks
  const [x] = inputs
  const half = states.length / 2
  const own = [states.slice(0, half), states.slice(half)]
  const [one, two] = mask ? [null, null] : [operatorLayer(forwardLayer), operatorLayer(backwardLayer)]
  const returnsSequences = Reflect.get(forwardLayer.config, 'returnSequences') === true
  const isStateful = Reflect.get(forwardLayer.config, 'stateful') === true
  const returnsState = Reflect.get(forwardLayer.config, 'returnState') === true
  if (one && two && !isStateful && goTogether(one, two)) {
    const [forward, backward] = addOperator(step, [one, two], x, own)
    if (!forward || !backward) impossible(`${layer.where} has two directions`)
    const output = ({ sequence, states: last }: typeof forward): OnnxValue =>
      returnsSequences ? sequence : (last[0] as OnnxValue)
    const last = returnsState ? [...forward.states, ...backward.states] : []
    return [...merged(call, output(forward), output(backward)), ...last]
  }
  const run = (part: Layer, given: readonly OnnxValue[] | undefined): readonly OnnxValue[] =>
    step.layer(part, { inputs: [x], states: given ?? [], masks: [mask] }).map(({ value }) => value)
  const [forward, ...forwardStates] = run(forwardLayer, own[0])
  const [processed, ...backwardStates] = run(backwardLayer, own[1])
  if (!forward || !processed) impossible(`${layer.where} has no output`)
  const backward = returnsSequences ? reversed(graph, processed) : processed
  return [...merged(call, forward, backward), ...forwardStates, ...backwardStates]
}

function merged(
  { layer, graph }: OnnxCall<BidirectionalLayer>,
  forward: OnnxValue,
  backward: OnnxValue,
): readonly OnnxValue[] {
  switch (layer.config.mergeMode) {
    case null:
      return [forward, backward]
    case 'sum':
      return [add(graph, forward, backward)]
    case 'mul':
      return [multiply(graph, forward, backward)]
    case 'ave':
      return [scale(graph, add(graph, forward, backward), 0.5)]
    default:
      return [concat(graph, [forward, backward], forward.shape.length - 1)]
  }
}

/** A cell that is called by itself. */
function cell({ layer, step, graph, inputs: [x, ...states] }: OnnxCall<CellLayer>): readonly OnnxValue[] {
  const plan = vectorPlan(layer, weightsOf(layer), onVectors(step))
  const next = plan.step(graph, plan.product(graph, x), states)
  return [next[0] as OnnxValue, ...next]
}

function stackedCells({ layer, step, inputs }: OnnxCall<StackedCellsLayer>): readonly OnnxValue[] {
  let [output, ...states] = inputs as readonly [OnnxValue, ...OnnxValue[]]
  const next = layer.parts.flatMap((part) => {
    const count = part.stateNames.length
    const [y, ...after] = step.layer(part, { inputs: [output, ...states.slice(0, count)] })
    states = states.slice(count)
    if (y) output = y.value
    return after.map(({ value }) => value)
  })
  return [output, ...next]
}

export const recurrentLowerings = {
  LSTM: vectors,
  GRU: vectors,
  SimpleRNN: vectors,
  ConvLSTM1D: frames,
  ConvLSTM2D: frames,
  ConvLSTM3D: frames,
  RNN: rnn,
  Bidirectional: bidirectional,
  LSTMCell: cell,
  GRUCell: cell,
  SimpleRNNCell: cell,
  StackedRNNCells: stackedCells,
} satisfies Lowerings
