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
import type { Given } from '../util/options.ts'
import { drawKey, nextSeed } from '../util/seed.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { type CallableLayer, defineLayer, type OptionsOf } from './callable.ts'
import type { Directed, RecurrenceOutputs, RecurrentWeights } from './directed.ts'
import { dropInputs } from './gateDropout.ts'
import { checkFeatures, knownExtent, Layer, type Lowering, type Variable, type WeightGroup } from './layer.ts'
import { layerOptions, positiveInteger } from './options.ts'
import {
  checkFixedBatch,
  forgetBias,
  type RecurrentOutput,
  recurrentOptions,
  sequenceRemedy,
  stateVariables,
} from './recurrent.ts'

const table = {
  ...layerOptions,
  units: positiveInteger,
  ...recurrentOptions,
} as const

const AXES = '[batch, timesteps, features]'

export class LSTMLayer extends Layer<typeof table> implements Directed {
  readonly #seed = this.config.seed ?? nextSeed()
  #kernel: Variable | null = null
  #recurrentKernel: Variable | null = null
  #bias: Variable | null = null
  #states: readonly Variable[] = []

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
    checkFeatures(this, shape, this.#kernel)
    const [batch = null, time = null] = shape
    const { units, returnSequences, returnState, stateful } = this.config
    checkFixedBatch(this, stateful, shape, AXES)
    const kept = this.#states[0]?.shape[0]
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

  protected override build(path: string, [input = []]: readonly OpenShape[]): void {
    const { units, useBias, unitForgetBias, stateful, ...config } = this.config
    const features = knownExtent(this, input, 2, 'features')
    knownExtent(this, input, 1, 'timesteps')
    const cell = `${path}/lstm_cell`
    this.#kernel = this.addWeight(`${cell}/kernel`, [features, 4 * units], config.kernelInitializer)
    this.#recurrentKernel = this.addWeight(
      `${cell}/recurrent_kernel`,
      [units, 4 * units],
      config.recurrentInitializer,
    )
    if (useBias) {
      const { biasInitializer } = config
      const initial = unitForgetBias ? forgetBias(units, biasInitializer) : biasInitializer
      this.#bias = this.addWeight(`${cell}/bias`, [4 * units], initial)
    }
    if (stateful) {
      const batch = knownExtent(this, input, 0, 'samples a batch')
      this.#states = stateVariables(path, [batch, units]).map((state) => this.addVariable(state))
    }
  }

  override get directed(): Directed {
    return this
  }

  drawKey({ repetition }: Lowering): number {
    return drawKey(this.#seed, repetition)
  }

  weights({ variable }: Lowering): RecurrentWeights {
    if (!this.#kernel || !this.#recurrentKernel) throw new TypeError(`${this.where} is not built`)
    return {
      kernel: variable(this.#kernel),
      recurrentKernel: variable(this.#recurrentKernel),
      bias: this.#bias ? variable(this.#bias) : undefined,
    }
  }

  states({ variable }: Lowering): readonly Value[] {
    return this.#states.map(variable)
  }

  keepStates({ update }: Lowering, last: readonly Value[]): void {
    this.#states.forEach((state, index) => {
      const value = last[index]
      if (value) update(state, value)
    })
  }

  override lower(lowering: Lowering, [input, ...given]: readonly Value[]): readonly Value[] {
    if (!input) throw new TypeError(`${this.where} has no input`)
    const { kernel, recurrentKernel, bias } = this.weights(lowering)
    const z = this.hoisted(lowering, input, kernel, bias)
    const initial = given.length > 0 ? given : this.states(lowering)
    const { sequence, last } = this.recur(lowering, z, recurrentKernel, initial)
    this.keepStates(lowering, last)
    const { goBackwards, returnSequences, returnState } = this.config
    // Outputs come in the order of processing.
    const processed = goBackwards ? reverse(lowering.graph, { x: sequence }, { axis: 1 }).y : sequence
    const outputs = returnSequences ? [processed] : last.slice(0, 1)
    return returnState ? [...outputs, ...last] : outputs
  }

  recur(
    lowering: Lowering,
    z: Value,
    recurrentKernel: Value,
    [h0, c0]: readonly Value[],
    other?: Directed,
  ): RecurrenceOutputs {
    const { graph, training } = lowering
    const { activation, recurrentActivation, goBackwards, recurrentDropout: rate } = this.config
    const [seed, otherSeed] = [this.drawKey(lowering), other?.drawKey(lowering)]
    const { h, hLast, cLast } = lstm(
      graph,
      { z, recurrentKernel, h0, c0 },
      {
        activation: activations[activation].code,
        recurrentActivation: activations[recurrentActivation].code,
        reverse: goBackwards,
        directions: other && 2,
        recurrentDropout: training ? { rate, seed, otherSeed } : undefined,
      },
    )
    return { sequence: h, last: [hLast, cLast] }
  }

  /** x·W + b for all time steps at once, [B, T, 4U], of inputs that are dropped in training. */
  hoisted(lowering: Lowering, input: Value, kernel: Value, bias: Value | undefined): Value {
    const { graph, training } = lowering
    const [batch = 1, time = 1, features = 1] = input.shape
    const { dropout, recurrentDropout } = this.config
    const y = dropInputs(
      graph,
      input,
      kernel,
      bias,
      // With recurrent dropout Keras also gives each gate a mask of its own for the inputs.
      { rate: training ? dropout : 0, seed: this.drawKey(lowering), perGate: recurrentDropout > 0 },
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

export type LSTMOptions = OptionsOf<typeof table, ['units']>

/**
 * Long short-term memory: `[batch, timesteps, features]` → `[batch, units]`, or `[batch, timesteps, units]` with
 * `returnSequences`. With `returnState` it returns `[output, h, c]`.
 *
 * @param units Size of the state, a positive integer.
 * @param options Keras 3's, with its defaults: `activation` ('tanh'), `recurrentActivation` ('sigmoid'), `useBias`,
 * `unitForgetBias` (true), `kernelInitializer` ('glorot_uniform'), `recurrentInitializer` ('orthogonal'),
 * `biasInitializer` ('zeros'), `dropout` (0), `returnSequences`, `returnState`, `goBackwards`, `stateful` (false).
 * @see keras/src/layers/rnn/lstm.py
 */
export function LSTM<const Options extends LSTMOptions = LSTMOptions>(
  units: number,
  options?: Options,
): CallableLayer<LSTMLayer, RecurrentOutput<Options>>
export function LSTM<const Options extends Given<typeof table>>(
  options: Options,
): CallableLayer<LSTMLayer, RecurrentOutput<Options>>
export function LSTM(...args: readonly unknown[]): CallableLayer<LSTMLayer, unknown> {
  return definition.make(...args)
}
