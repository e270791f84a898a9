// Long short-term memory (Hochreiter & Schmidhuber 1997), Keras's form:
//   z = x·W + h·R + b    gates i f c o    c' = f·c + i·act(z_c)    h' = o·act(c')
//   x [B, T, D], kernel W [D, 4U], recurrentKernel R [U, 4U], bias b [4U] → h [B, U], or [B, T, U]

import { fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { activations } from '../ops/activations.ts'
import { lstm } from '../ops/lstm.ts'
import { matmul } from '../ops/matmul.ts'
import { reverse } from '../ops/reverse.ts'
import { reshape } from '../ops/view.ts'
import type { TableFor } from '../util/options.ts'
import { drawKey, nextSeed } from '../util/seed.ts'
import { type OpenShape, type Shape, showShape } from '../util/shape.ts'
import type { CallRequest, LayerCall, StepLowering } from './call.ts'
import { type CallableLayer, defineLayer } from './callable.ts'
import type { Directed, RecurrenceOutputs } from './directed.ts'
import { dropInputs } from './gateDropout.ts'
import type { Initializer } from './initializers.ts'
import { checkFeatures, knownExtent, Layer, type WeightGroup } from './layer.ts'
import { type LayerOptions, layerOptions, positiveInteger } from './options.ts'
import {
  checkFixedBatch,
  forgetBias,
  type RecurrentOptions,
  type RecurrentOutput,
  recurrentOptions,
  sequenceRemedy,
} from './recurrent.ts'
import type { Variable } from './variable.ts'

export interface LSTMOptions<State extends boolean = boolean> extends LayerOptions, RecurrentOptions<State> {}

interface LSTMArguments<State extends boolean = boolean> extends LSTMOptions<State> {
  /** Size of the state, a positive integer. */
  readonly units: number
}

const table = {
  ...layerOptions,
  units: positiveInteger,
  ...recurrentOptions,
} as const satisfies TableFor<LSTMArguments>

const AXES = '[batch, timesteps, features]'

type Weights = {
  readonly kernel: Variable
  readonly recurrentKernel: Variable
  readonly bias: Variable | undefined
  /** h and c of a stateful layer. */
  readonly states: readonly Variable[]
}

export class LSTMLayer extends Layer<typeof table, Weights> {
  readonly #seed = this.config.seed ?? nextSeed()

  override get takesStates(): boolean {
    return true
  }

  /** Keras keeps the weights in a cell. */
  override get children(): Readonly<Record<string, WeightGroup>> {
    const variables = this.variables.filter(({ kind }) => kind === 'weight')
    return { cell: { variables, children: {} } }
  }

  override outputShapes(inputs: readonly OpenShape[], source?: Layer): readonly OpenShape[] {
    const [shape] = inputs
    if (inputs.length !== 1 || shape?.length !== 3) {
      fail(this.where, {
        expected: `input ${AXES}`,
        got: inputs.map(showShape).join(' and ') || 'nothing',
        remedy: sequenceRemedy(shape, source),
      })
    }
    checkFeatures(this, shape, this.builtWeights?.kernel)
    const [batch = null, time = null] = shape
    const { units, returnSequences, returnState, stateful } = this.config
    checkFixedBatch(this, stateful, shape, AXES)
    const kept = this.builtWeights?.states[0]?.shape[0]
    if (kept !== undefined && batch !== kept) {
      fail(this.where, {
        expected: `batches of ${kept} samples, for which it keeps states`,
        got: showShape(shape),
      })
    }
    const state = [batch, units]
    const output = returnSequences ? [batch, time, units] : state
    return returnState ? [output, state, state] : [output]
  }

  protected override checkStates(states: readonly OpenShape[]): void {
    const { units } = this.config
    if (states.length !== 2 || states.some((shape) => shape.length !== 2 || shape[1] !== units)) {
      const expected = `initialState as [h, c], each [batch, ${units}]`
      fail(this.where, { expected, got: states.map(showShape).join(' and ') })
    }
  }

  protected override build(input: OpenShape): Weights {
    const { units, useBias, unitForgetBias, stateful, ...config } = this.config
    const features = knownExtent(this, input, 2, 'features')
    knownExtent(this, input, 1, 'timesteps')
    const biasInitial = unitForgetBias ? forgetBias(units, config.biasInitializer) : config.biasInitializer
    const weight = (name: string, shape: Shape, initializer: Initializer): Variable =>
      this.addWeight({ name: `lstm_cell/${name}`, shape, initializer })
    return {
      kernel: weight('kernel', [features, 4 * units], config.kernelInitializer),
      recurrentKernel: weight('recurrent_kernel', [units, 4 * units], config.recurrentInitializer),
      bias: useBias ? weight('bias', [4 * units], biasInitial) : undefined,
      states: stateful ? this.#addStates(knownExtent(this, input, 0, 'samples a batch')) : [],
    }
  }

  #addStates(batch: number): Variable[] {
    return ['h', 'c'].map((name) => this.addState(name, [batch, this.config.units]))
  }

  override directed(step: StepLowering, request: CallRequest): Directed {
    return this.#directed(this.callIn(step, request))
  }

  #directed(call: LayerCall<Weights>): Directed {
    return {
      graph: call.graph,
      weights: call.weights,
      states: call.states.length > 0 ? call.states : call.weights.states,
      drawKey: drawKey(this.#seed, call.repetition),
      keepStates: (last) => call.update('states', last),
      hoisted: (kernel, bias) => this.#hoisted(call, kernel, bias),
      recur: (z, recurrentKernel, states, other) =>
        this.#recur(call, { z, recurrentKernel, h0: states[0], c0: states[1] }, other),
    }
  }

  protected override lower(call: LayerCall<Weights>): readonly Value[] {
    const { kernel, recurrentKernel, bias } = call.weights
    const own = this.#directed(call)
    const { sequence, last } = own.recur(own.hoisted(kernel, bias), recurrentKernel, own.states)
    own.keepStates(last)
    const { goBackwards, returnSequences, returnState } = this.config
    // Outputs come in the order of processing.
    const processed = goBackwards ? reverse(call.graph, { x: sequence }, { axis: 1 }).y : sequence
    const outputs = returnSequences ? [processed] : last.slice(0, 1)
    return returnState ? [...outputs, ...last] : outputs
  }

  #recur(
    { graph, training, repetition }: LayerCall<Weights>,
    inputs: Parameters<typeof lstm>[1],
    other: Directed | undefined,
  ): RecurrenceOutputs {
    const { activation, recurrentActivation, goBackwards, recurrentDropout: rate } = this.config
    const seed = drawKey(this.#seed, repetition)
    const { h, hLast, cLast } = lstm(graph, inputs, {
      activation: activations[activation].code,
      recurrentActivation: activations[recurrentActivation].code,
      reverse: goBackwards,
      directions: other && 2,
      recurrentDropout: training ? { rate, seed, otherSeed: other?.drawKey } : undefined,
    })
    return { sequence: h, last: [hLast, cLast] }
  }

  /** x·W + b for all time steps at once, [B, T, 4U], of inputs that are dropped in training. */
  #hoisted(call: LayerCall<Weights>, kernel: Value, bias: Value | undefined): Value {
    const { graph, training } = call
    const [input] = call.inputs
    const [batch = 1, time = 1, features = 1] = input.shape
    const { dropout, recurrentDropout } = this.config
    const y = dropInputs(
      graph,
      input,
      kernel,
      bias,
      // With recurrent dropout Keras also gives each gate a mask of its own for the inputs.
      {
        rate: training ? dropout : 0,
        seed: drawKey(this.#seed, call.repetition),
        perGate: recurrentDropout > 0,
      },
      (x, b, sums) =>
        matmul(graph, { a: reshape(graph, x, { shape: [batch * time, features] }), b, bias: sums }, {}).y,
    )
    return reshape(graph, y, { shape: [batch, time, kernel.shape[1] ?? 1] })
  }
}

const definition = defineLayer({
  className: 'LSTM',
  table,
  positional: ['units'],
  create: (self, given) => new LSTMLayer(self, given),
})

/**
 * Long short-term memory: `[batch, timesteps, features]` → `[batch, units]`, or `[batch, timesteps, units]` with
 * `returnSequences`. With `returnState` it returns `[output, h, c]`.
 *
 * @param units Size of the state, a positive integer.
 * @see keras/src/layers/rnn/lstm.py
 */
export function LSTM<const State extends boolean = false>(
  units: number,
  options?: LSTMOptions<State>,
): CallableLayer<LSTMLayer, RecurrentOutput<State>>
export function LSTM<const State extends boolean = false>(
  options: LSTMArguments<State>,
): CallableLayer<LSTMLayer, RecurrentOutput<State>>
export function LSTM(...args: readonly unknown[]): CallableLayer<LSTMLayer, unknown> {
  return definition.make(...args)
}
