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
import { nextSeed } from '../util/seed.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { type CallableLayer, defineLayer, type OptionsOf } from './callable.ts'
import { dropInputs } from './gateDropout.ts'
import { checkFeatures, knownExtent, Layer, type Lowering, type Variable, type WeightGroup } from './layer.ts'
import { layerOptions, positiveInteger } from './options.ts'
import {
  checkFixedBatch,
  forgetBias,
  type RecurrentOutput,
  recurrentOptions,
  stateVariables,
} from './recurrent.ts'

const table = {
  ...layerOptions,
  units: positiveInteger,
  ...recurrentOptions,
} as const

const AXES = '[batch, timesteps, features]'

export class LSTMLayer extends Layer<typeof table> {
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
    return { cell: { variables: this.weights, children: {} } }
  }

  private get weights(): readonly Variable[] {
    return this.variables.filter(({ kind }) => kind === 'weight')
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [shape] = inputs
    if (inputs.length !== 1 || shape?.length !== 3) {
      fail(this.where, {
        expected: `input ${AXES}`,
        got: inputs.map(showShape).join(' and ') || 'nothing',
        remedy: shape?.length === 2 ? 'Set returnSequences: true on the layer before it.' : undefined,
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

  override lower(lowering: Lowering, [input, ...given]: readonly Value[]): readonly Value[] {
    if (!input || !this.#kernel || !this.#recurrentKernel) throw new TypeError(`${this.where} is not built`)
    const { graph, training } = lowering
    const { units, activation, recurrentActivation, goBackwards, returnSequences, returnState } = this.config
    const [batch = 1, time = 1] = input.shape
    const seed = this.#seed % 2 ** 32
    const y = this.#inputProduct(lowering, input, seed)
    const [h0, c0] = given.length > 0 ? given : this.#states.map((state) => lowering.variable(state))
    const { h, hLast, cLast } = lstm(
      graph,
      {
        z: reshape(graph, y, { shape: [batch, time, 4 * units] }),
        recurrentKernel: lowering.variable(this.#recurrentKernel),
        h0,
        c0,
      },
      {
        activation: activations[activation].code,
        recurrentActivation: activations[recurrentActivation].code,
        reverse: goBackwards,
        recurrentDropout: training ? { rate: this.config.recurrentDropout, seed } : undefined,
      },
    )
    this.#states.forEach((state, index) => {
      lowering.update(state, index === 0 ? hLast : cLast)
    })
    // Outputs come in the order of processing.
    const sequence = goBackwards ? reverse(graph, { x: h }, { axis: 1 }).y : h
    const output = returnSequences ? sequence : hLast
    return returnState ? [output, hLast, cLast] : [output]
  }

  /** x·W + b for all time steps at once, [B·T, 4U], of inputs that are dropped in training. */
  #inputProduct({ graph, training, variable }: Lowering, input: Value, seed: number): Value {
    const [batch = 1, time = 1, features = 1] = input.shape
    const { dropout, recurrentDropout } = this.config
    return dropInputs(
      graph,
      input,
      variable(this.#kernel as Variable),
      this.#bias ? variable(this.#bias) : undefined,
      // With recurrent dropout Keras also gives each gate a mask of its own for the inputs.
      { rate: training ? dropout : 0, seed, perGate: recurrentDropout > 0 },
      (x, b, bias) =>
        matmul(graph, { a: reshape(graph, x, { shape: [batch * time, features] }), b, bias }, {}).y,
    )
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
): CallableLayer<LSTMLayer, RecurrentOutput<Options>> {
  return definition.make<RecurrentOutput<Options>>(units, options)
}
