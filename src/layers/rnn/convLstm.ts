// LSTM whose products are convolutions (Shi et al. 2015), Keras's form, channels-last:
//   z = x ∗ W + h ∗ R + b    gates i f c o    c' = f·c + i·act(z_c)    h' = o·act(c')
//   ConvLSTM1D  x [B, T, S, C], W [K, C, 4F], R [K, F, 4F] → h [B, S', F], or [B, T, S', F]
//   ConvLSTM2D  x [B, T, H, W, C], W [KH, KW, C, 4F], R [KH, KW, F, 4F] → h [B, H', W', F], or with T
//   ConvLSTM3D  x [B, T, D, H, W, C], W [KD, KH, KW, C, 4F], R [KD, KH, KW, F, 4F] → h [B, D', H', W', F], or with T
// The input convolution takes strides, padding, dilation and bias; the recurrent one is stride 1, 'same', dilation 1.

import { fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { convLstm } from '../../ops/convLstm.ts'
import { lstmCell } from '../../ops/lstm.ts'
import type { ConstructorStatics } from '../../util/constructorOf.ts'
import type { Config, TableFor } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { CallRequest, MaskedValue, StepLowering } from '../call.ts'
import { defineLayer, type LayerFactory } from '../callable.ts'
import {
  activateInFormat,
  channelsLast,
  channelsOf,
  type DataFormatOptions,
  inFormat,
  toChannelsLast,
  toFormat,
} from '../convolutional/dataFormat.ts'
import {
  checkStridesOrDilation,
  convolutionOptions,
  convolve,
  convolvedSpace,
  type Extents,
  type FilterNames,
  type KernelNames,
  type Rank,
  SPACE_AXES,
  type SymmetricPaddingOptions,
  symmetricPadding,
  type WindowOptions,
  windowsOf,
} from '../convolutional/spatial.ts'
import type { Window } from '../convolutional/window.ts'
import type { GivenOptions, Layer, LayerDefinition } from '../layer.ts'
import { type LayerOptions, positiveInteger } from '../options.ts'
import type { Variable } from '../weights/variable.ts'
import { framesByGate } from './framesByGate.ts'
import { type ProductTensors, timestepsOf } from './gateDropout.ts'
import {
  biasOfLstm,
  type LSTMGateOptions,
  lstmGateOptions,
  type RecurrentOptions,
  type RecurrentOutput,
  recurrentOptions,
} from './recurrent.ts'
import { checkInitialStates } from './recurrentChecks.ts'
import type { RecurrentInput } from './recurrentInput.ts'
import { type LayerCell, RecurrentLayer } from './recurrentLayer.ts'
import type { CallableRecurrent } from './zeroStates.ts'

export interface ConvLSTMOptions<State extends boolean = boolean>
  extends LayerOptions,
    DataFormatOptions,
    WindowOptions,
    SymmetricPaddingOptions,
    RecurrentOptions<State>,
    LSTMGateOptions {}

const table = {
  ...convolutionOptions,
  filters: positiveInteger,
  padding: symmetricPadding,
  ...recurrentOptions,
  ...lstmGateOptions,
} as const satisfies TableFor<ConvLSTMOptions & FilterNames>

interface ConvLSTMConstructor extends ConstructorStatics<CallableRecurrent<RecurrentOutput<boolean>>> {
  <const State extends boolean = false>(
    filters: number,
    kernelSize: Extents,
    options?: ConvLSTMOptions<State>,
  ): CallableRecurrent<RecurrentOutput<State>>
  <const State extends boolean = false>(
    filters: number,
    options: ConvLSTMOptions<State> & KernelNames,
  ): CallableRecurrent<RecurrentOutput<State>>
  <const State extends boolean = false>(
    options: ConvLSTMOptions<State> & FilterNames,
  ): CallableRecurrent<RecurrentOutput<State>>
  new <const State extends boolean = false>(
    filters: number,
    kernelSize: Extents,
    options?: ConvLSTMOptions<State>,
  ): CallableRecurrent<RecurrentOutput<State>>
  new <const State extends boolean = false>(
    filters: number,
    options: ConvLSTMOptions<State> & KernelNames,
  ): CallableRecurrent<RecurrentOutput<State>>
  new <const State extends boolean = false>(
    options: ConvLSTMOptions<State> & FilterNames,
  ): CallableRecurrent<RecurrentOutput<State>>
}

/** Inputs [B, T, ...space, channels], states [B, ...space', filters]: shapes in the layer's format, tensors with channels last. */
const frames = (layer: ConvLSTMLayer, rank: Rank, windows: readonly Window[]): RecurrentInput => ({
  units: layer.config.filters,
  rank: rank + 3,
  axes: `[${inFormat(layer, ['batch', 'time', ...SPACE_AXES[rank], 'channels'], 2).join(', ')}]`,
  stateAxes: `[${inFormat(layer, ['batch', '...space', layer.config.filters]).join(', ')}]`,
  remedy: () => undefined,
  check: checkFrames,
  stateShape(_layer, [batch = null, , ...frame]) {
    const space = convolvedSpace(layer, channelsLast(layer, [batch, ...frame]), windows)
    return inFormat(layer, [batch, ...space, layer.config.filters])
  },
  kernelShapes(_layer, input) {
    const window = windows.map((along) => along.window)
    const channels = channelsOf(layer, channelsLast(layer, input, 2), 2)
    return { kernel: [...window, channels], recurrentKernel: [...window, layer.config.filters] }
  },
  // Keras always gives each gate of a ConvLSTM a separate mask for the inputs.
  dropsPerGate: true,
  product: (graph, tensors) => convolveTimesteps(graph, tensors, windows),
  productByGate: (graph, tensors, drop) =>
    framesByGate(graph, tensors, drop, (gate) => convolveTimesteps(graph, gate, windows)),
  ofTimeStep: {
    product: (graph, x, kernel) => convolve(graph, { x, kernel, bias: undefined }, windows.map(recurring), 1),
    activate: (step, x, name) => activateInFormat(layer, step, x, name),
  },
  runsBothWays: false,
})

/** The window of the recurrent convolution. */
const recurring = ({ window }: Window): Window => ({ window, stride: 1, dilation: 1, padding: 'same' })

const convolveTimesteps = (graph: Graph, tensors: ProductTensors, windows: readonly Window[]): Value =>
  convolve(graph, { ...tensors, x: timestepsOf(graph, tensors.x) }, windows, 1)

function checkFrames(layer: Layer, shape: OpenShape, kernel: Variable | undefined): void {
  const extents = channelsLast(layer, shape, 2)
  if (extents.slice(2, -1).includes(null) && Reflect.get(layer.config, 'stateful') === true) {
    fail(layer.where, {
      expected: 'known extents of space, of which stateful layers keep states',
      got: showShape(shape),
      remedy: 'Give them in batchShape.',
    })
  }
  const channels = kernel?.shape.at(-2)
  if (channels === undefined || extents.at(-1) === channels) return
  fail(layer.where, {
    expected: `${channels} channels, for which it has its weights`,
    got: showShape(shape),
  })
}

/** @internal */
export class ConvLSTMLayer extends RecurrentLayer {
  declare readonly config: Config<typeof table>
  override readonly inputSide: RecurrentInput
  readonly #rank: Rank

  override get cell(): LayerCell {
    const bias = biasOfLstm(this.config)
    return { name: 'conv_lstm_cell', cell: lstmCell, recurrence: convLstm, bias }
  }

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, rank: Rank) {
    super(definition, given)
    const windows = windowsOf(this, rank, this.config, this.config.padding)
    checkStridesOrDilation(this, windows)
    this.#rank = rank
    this.inputSide = frames(this, rank, windows)
  }

  override checkStates(states: readonly OpenShape[]): void {
    const last = states.map((shape) => channelsLast(this, shape))
    checkInitialStates(this, this.inputSide, states, last)
  }

  /** The recurrence has channels last: inputs, states and outputs are in the layer's format, states between batches too. */
  protected override lowerCall(step: StepLowering, request: CallRequest): readonly MaskedValue[] {
    const axisOf = ({ shape }: Value): number => shape.length - 1 - this.#rank
    const inside = (x: Value): Value => toChannelsLast(this, step, x, axisOf(x))
    const outside = (y: Value): Value => toFormat(this, step, y, axisOf(y))
    const isState = ({ kind }: Variable): boolean => kind === 'state'
    const last: StepLowering = {
      ...step,
      variable: (variable) => (isState(variable) ? inside(step.variable(variable)) : step.variable(variable)),
      update: (variable, value) => step.update(variable, isState(variable) ? outside(value) : value),
    }
    const [inputs, states] = [request.inputs, request.states ?? []].map((values) => values.map(inside))
    return super
      .lowerCall(last, { ...request, inputs: inputs ?? [], states: states ?? [] })
      .map(({ value, mask }) => ({ value: outside(value), mask }))
  }
}

const define = (className: string, rank: Rank): LayerFactory<typeof table> =>
  defineLayer({
    className,
    table,
    positional: ['filters', 'kernelSize'],
    create: (self, given) => new ConvLSTMLayer(self, given, rank),
  })

const convLstm1d = define('ConvLSTM1D', 1)
const convLstm2d = define('ConvLSTM2D', 2)
const convLstm3d = define('ConvLSTM3D', 3)

/**
 * Convolutional LSTM over series: `[batch, time, steps, channels]` → `[batch, steps', filters]`, or with
 * `returnSequences` `[batch, time, steps', filters]`. With `returnState` it returns `[output, h, c]`.
 *
 * @param filters Channels of the state.
 * @param kernelSize Positions that a window spans.
 * @param options The options of {@link Conv1D}, for the input's convolution, and of {@link LSTM}.
 * @see keras/src/layers/rnn/conv_lstm1d.py
 */
export const ConvLSTM1D: ConvLSTMConstructor = convLstm1d.make
/** `State` is `true` where it was made with `returnState: true`. */
export type ConvLSTM1D<State extends boolean = false> = CallableRecurrent<RecurrentOutput<State>>

/**
 * Convolutional LSTM over frames: `[batch, time, height, width, channels]` → `[batch, height', width', filters]`, or with
 * `returnSequences` `[batch, time, height', width', filters]`. With `returnState` it returns `[output, h, c]`.
 *
 * @param filters Channels of the state.
 * @param kernelSize Height and width of a window; one number for both.
 * @param options As {@link ConvLSTM1D}'s.
 * @see keras/src/layers/rnn/conv_lstm2d.py
 */
export const ConvLSTM2D: ConvLSTMConstructor = convLstm2d.make
/** `State` is `true` where it was made with `returnState: true`. */
export type ConvLSTM2D<State extends boolean = false> = CallableRecurrent<RecurrentOutput<State>>

/**
 * Convolutional LSTM over volumes: `[batch, time, depth, height, width, channels]` →
 * `[batch, depth', height', width', filters]`, or with `returnSequences` `[batch, time, depth', height', width', filters]`. With
 * `returnState` it returns `[output, h, c]`.
 *
 * @param filters Channels of the state.
 * @param kernelSize Depth, height and width of a window; one number for all.
 * @param options As {@link ConvLSTM1D}'s.
 * @see keras/src/layers/rnn/conv_lstm3d.py
 */
export const ConvLSTM3D: ConvLSTMConstructor = convLstm3d.make
/** `State` is `true` where it was made with `returnState: true`. */
export type ConvLSTM3D<State extends boolean = false> = CallableRecurrent<RecurrentOutput<State>>
