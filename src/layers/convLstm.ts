// LSTM whose products are convolutions (Shi et al. 2015), Keras's form, channels-last:
//   z = x ∗ W + h ∗ R + b    gates i f c o    c' = f·c + i·act(z_c)    h' = o·act(c')
//   ConvLSTM1D  x [B, T, S, C], W [K, C, 4F], R [K, F, 4F] → h [B, S', F], or [B, T, S', F]
//   ConvLSTM2D  x [B, T, H, W, C], W [KH, KW, C, 4F], R [KH, KW, F, 4F] → h [B, H', W', F], or with T
// The input convolution takes strides, padding, dilation and bias; the recurrent one is stride 1, 'same', dilation 1.

import { fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { activations } from '../ops/activations.ts'
import { convLstm } from '../ops/convLstm.ts'
import { reverse } from '../ops/reverse.ts'
import { reshape } from '../ops/view.ts'
import type { TableFor } from '../util/options.ts'
import { drawKey, nextSeed } from '../util/seed.ts'
import { type OpenShape, type Shape, showShape } from '../util/shape.ts'
import type { LayerCall } from './call.ts'
import { type CallableLayer, defineLayer } from './callable.ts'
import { dropInputs } from './gateDropout.ts'
import type { Initializer } from './initializers.ts'
import { type GivenOptions, knownExtent, Layer, type LayerDefinition, type WeightGroup } from './layer.ts'
import { type LayerOptions, positiveInteger } from './options.ts'
import {
  checkFixedBatch,
  forgetBias,
  type RecurrentOptions,
  type RecurrentOutput,
  recurrentOptions,
} from './recurrent.ts'
import {
  asImageKernel,
  checkStridesOrDilation,
  convolutionOptions,
  convolve,
  convolvedSpace,
  type DataFormatOptions,
  type Extents,
  type FilterNames,
  type KernelNames,
  type Rank,
  type SymmetricPaddingOptions,
  symmetricPadding,
  type WindowOptions,
  windowsOf,
} from './spatial.ts'
import type { Variable } from './variable.ts'
import type { Window } from './window.ts'

export interface ConvLSTMOptions<State extends boolean = boolean>
  extends LayerOptions,
    DataFormatOptions,
    WindowOptions,
    SymmetricPaddingOptions,
    RecurrentOptions<State> {}

const table = {
  ...convolutionOptions,
  filters: positiveInteger,
  padding: symmetricPadding,
  ...recurrentOptions,
} as const satisfies TableFor<ConvLSTMOptions & FilterNames>

const AXES = { 1: '[batch, time, steps, channels]', 2: '[batch, time, height, width, channels]' } as const

type Weights = {
  readonly kernel: Variable
  readonly recurrentKernel: Variable
  readonly bias: Variable | undefined
  /** h and c of a stateful layer. */
  readonly states: readonly Variable[]
}

export class ConvLSTMLayer extends Layer<typeof table, Weights> {
  readonly #rank: Rank
  readonly #windows: readonly Window[]
  readonly #seed = this.config.seed ?? nextSeed()

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, rank: Rank) {
    super(definition, given)
    this.#rank = rank
    this.#windows = windowsOf(this, rank, this.config, this.config.padding)
    checkStridesOrDilation(this, this.#windows)
  }

  override get takesStates(): boolean {
    return true
  }

  /** Keras keeps the weights in a cell. */
  override get children(): Readonly<Record<string, WeightGroup>> {
    return { cell: { variables: this.variables.filter(({ kind }) => kind === 'weight'), children: {} } }
  }

  /** The shape of a state: batch, space, filters. */
  #stateShape(input: OpenShape): OpenShape {
    const frame = [input[0] ?? null, ...input.slice(2)]
    return [frame[0] ?? null, ...convolvedSpace(this, frame, this.#windows), this.config.filters]
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [shape] = inputs
    if (inputs.length !== 1 || shape?.length !== this.#rank + 3) {
      fail(this.where, {
        expected: `input ${AXES[this.#rank]}`,
        got: inputs.map(showShape).join(' and ') || 'nothing',
      })
    }
    if (shape.slice(2).includes(null)) {
      fail(this.where, {
        expected: 'known extents of space and channels',
        got: showShape(shape),
        remedy: 'Give them in inputShape.',
      })
    }
    const channels = this.builtWeights?.kernel.shape.at(-2)
    if (channels !== undefined && shape.at(-1) !== channels) {
      fail(this.where, {
        expected: `${channels} channels, for which it has its weights`,
        got: showShape(shape),
      })
    }
    const { returnSequences, returnState, stateful } = this.config
    const [batch = null, time = null] = shape
    checkFixedBatch(this, stateful, shape, AXES[this.#rank])
    const state = this.#stateShape(shape)
    const output = returnSequences ? [batch, time, ...state.slice(1)] : state
    return returnState ? [output, state, state] : [output]
  }

  protected override checkStates(states: readonly OpenShape[]): void {
    const { filters } = this.config
    const fits =
      states.length === 2 &&
      states.every((shape) => shape.length === this.#rank + 2 && shape.at(-1) === filters)
    if (!fits) {
      const expected = `initialState as [h, c], each [batch, ...space, ${filters}]`
      fail(this.where, { expected, got: states.map(showShape).join(' and ') })
    }
  }

  protected override build(input: OpenShape): Weights {
    const { filters, useBias, unitForgetBias, stateful, ...config } = this.config
    const channels = knownExtent(this, input, this.#rank + 2, 'channels')
    knownExtent(this, input, 1, 'time steps')
    const window = this.#windows.map((along) => along.window)
    const biasInitial = unitForgetBias ? forgetBias(filters, config.biasInitializer) : config.biasInitializer
    const weight = (name: string, shape: Shape, initializer: Initializer): Variable =>
      this.addWeight({ name: `conv_lstm_cell/${name}`, shape, initializer })
    return {
      kernel: weight('kernel', [...window, channels, 4 * filters], config.kernelInitializer),
      recurrentKernel: weight(
        'recurrent_kernel',
        [...window, filters, 4 * filters],
        config.recurrentInitializer,
      ),
      bias: useBias ? weight('bias', [4 * filters], biasInitial) : undefined,
      states: stateful ? this.#addStates(input) : [],
    }
  }

  #addStates(input: OpenShape): Variable[] {
    knownExtent(this, input, 0, 'samples a batch')
    const shape = this.#stateShape(input) as Shape
    return ['h', 'c'].map((name) => this.addState(name, shape))
  }

  protected override lower(call: LayerCall<Weights>): readonly Value[] {
    const {
      graph,
      training,
      weights,
      inputs: [input],
    } = call
    const { filters, activation, recurrentActivation, goBackwards, returnSequences, returnState } =
      this.config
    const [batch = 1, time = 1, ...frame] = input.shape
    const seed = drawKey(this.#seed, call.repetition)
    const z = dropInputs(
      graph,
      input,
      weights.kernel,
      weights.bias,
      // Keras drops a ConvLSTM's inputs for each gate by itself, always.
      { rate: training ? this.config.dropout : 0, seed, perGate: true },
      (x, kernel, bias) =>
        convolve(
          graph,
          { x: reshape(graph, x, { shape: [batch * time, ...frame] }), kernel, bias },
          this.#windows,
          1,
        ),
    )
    // The operation knows images; one axis of space is an image of height one.
    const [, height = 1, width = 1] = z.shape
    const image = (state: Value | undefined): Value | undefined =>
      state && reshape(graph, state, { shape: [batch, height, width, filters] })
    const [h0, c0] = call.states.length > 0 ? call.states : weights.states
    const { h, hLast, cLast } = convLstm(
      graph,
      {
        z: reshape(graph, z, { shape: [batch, time, height, width, 4 * filters] }),
        recurrentKernel: asImageKernel(graph, weights.recurrentKernel, this.#rank),
        h0: image(h0),
        c0: image(c0),
      },
      {
        activation: activations[activation].code,
        recurrentActivation: activations[recurrentActivation].code,
        reverse: goBackwards,
        recurrentDropout: training ? { rate: this.config.recurrentDropout, seed } : undefined,
      },
    )
    const space = this.#rank === 1 ? [width] : [height, width]
    const state = (value: Value): Value => reshape(graph, value, { shape: [batch, ...space, filters] })
    call.update('states', [state(hLast), state(cLast)])
    const ordered = (): Value => {
      const sequence = reshape(graph, h, { shape: [batch, time, ...space, filters] })
      // Outputs come in the order of processing.
      return goBackwards ? reverse(graph, { x: sequence }, { axis: 1 }).y : sequence
    }
    const output = returnSequences ? ordered() : state(hLast)
    return returnState ? [output, state(hLast), state(cLast)] : [output]
  }
}

const convLstm1d = defineLayer({
  className: 'ConvLSTM1D',
  table,
  positional: ['filters', 'kernelSize'],
  create: (self, given) => new ConvLSTMLayer(self, given, 1),
})

const convLstm2d = defineLayer({
  className: 'ConvLSTM2D',
  table,
  positional: ['filters', 'kernelSize'],
  create: (self, given) => new ConvLSTMLayer(self, given, 2),
})

/**
 * Convolutional LSTM over series: `[batch, time, steps, channels]` → `[batch, steps', filters]`, or with
 * `returnSequences` `[batch, time, steps', filters]`. With `returnState` it returns `[output, h, c]`.
 *
 * @param filters Channels of the state.
 * @param kernelSize Steps that a window spans.
 * @param options Those of {@link Conv1D} for the input's convolution and those of {@link LSTM}.
 * @see keras/src/layers/rnn/conv_lstm1d.py
 */
export function ConvLSTM1D<const State extends boolean = false>(
  filters: number,
  kernelSize: Extents,
  options?: ConvLSTMOptions<State>,
): CallableLayer<ConvLSTMLayer, RecurrentOutput<State>>
export function ConvLSTM1D<const State extends boolean = false>(
  filters: number,
  options: ConvLSTMOptions<State> & KernelNames,
): CallableLayer<ConvLSTMLayer, RecurrentOutput<State>>
export function ConvLSTM1D<const State extends boolean = false>(
  options: ConvLSTMOptions<State> & FilterNames,
): CallableLayer<ConvLSTMLayer, RecurrentOutput<State>>
export function ConvLSTM1D(...args: readonly unknown[]): CallableLayer<ConvLSTMLayer, unknown> {
  return convLstm1d.make(...args)
}

/**
 * Convolutional LSTM over frames: `[batch, time, height, width, channels]` → `[batch, height', width', filters]`, or with
 * `returnSequences` `[batch, time, height', width', filters]`. With `returnState` it returns `[output, h, c]`.
 *
 * @param filters Channels of the state.
 * @param kernelSize Height and width of a window; one number for both.
 * @param options As {@link ConvLSTM1D}'s.
 * @see keras/src/layers/rnn/conv_lstm2d.py
 */
export function ConvLSTM2D<const State extends boolean = false>(
  filters: number,
  kernelSize: Extents,
  options?: ConvLSTMOptions<State>,
): CallableLayer<ConvLSTMLayer, RecurrentOutput<State>>
export function ConvLSTM2D<const State extends boolean = false>(
  filters: number,
  options: ConvLSTMOptions<State> & KernelNames,
): CallableLayer<ConvLSTMLayer, RecurrentOutput<State>>
export function ConvLSTM2D<const State extends boolean = false>(
  options: ConvLSTMOptions<State> & FilterNames,
): CallableLayer<ConvLSTMLayer, RecurrentOutput<State>>
export function ConvLSTM2D(...args: readonly unknown[]): CallableLayer<ConvLSTMLayer, unknown> {
  return convLstm2d.make(...args)
}
