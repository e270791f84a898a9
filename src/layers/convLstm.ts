// LSTM whose products are convolutions (Shi et al. 2015), Keras's form, channels-last:
//   z = x ∗ W + h ∗ R + b    gates i f c o    c' = f·c + i·act(z_c)    h' = o·act(c')
//   ConvLSTM1D  x [B, T, S, C], W [K, C, 4F], R [K, F, 4F] → h [B, S', F], or [B, T, S', F]
//   ConvLSTM2D  x [B, T, H, W, C], W [KH, KW, C, 4F], R [KH, KW, F, 4F] → h [B, H', W', F], or with T
// The input convolution takes strides, padding, dilation and bias; the recurrent one is stride 1, 'same', dilation 1.

import { fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { convLstm } from '../ops/convLstm.ts'
import { lstmCell } from '../ops/lstm.ts'
import type { Config, TableFor } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { type CallableLayer, defineLayer } from './callable.ts'
import { framesByGate } from './framesByGate.ts'
import { type ProductTensors, timestepsOf } from './gateDropout.ts'
import { knownExtent } from './inputChecks.ts'
import type { GivenOptions, Layer, LayerDefinition } from './layer.ts'
import { type LayerOptions, positiveInteger } from './options.ts'
import {
  biasOfLstm,
  type LSTMGateOptions,
  lstmGateOptions,
  type RecurrentOptions,
  type RecurrentOutput,
  recurrentOptions,
} from './recurrent.ts'
import type { RecurrentInput } from './recurrentInput.ts'
import { type LayerCell, RecurrentLayer } from './recurrentLayer.ts'
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
    RecurrentOptions<State>,
    LSTMGateOptions {}

const table = {
  ...convolutionOptions,
  filters: positiveInteger,
  padding: symmetricPadding,
  ...recurrentOptions,
  ...lstmGateOptions,
} as const satisfies TableFor<ConvLSTMOptions & FilterNames>

const AXES = { 1: '[batch, time, steps, channels]', 2: '[batch, time, height, width, channels]' } as const

/** Inputs [B, T, ...space, channels], states [B, ...space', filters]. */
const frames = (rank: Rank, filters: number, windows: readonly Window[]): RecurrentInput => ({
  units: filters,
  rank: rank + 3,
  axes: AXES[rank],
  stateAxes: `[batch, ...space, ${filters}]`,
  remedy: () => undefined,
  check: checkFrames,
  stateShape(layer, [batch = null, , ...frame]) {
    return [batch, ...convolvedSpace(layer, [batch, ...frame], windows), filters]
  },
  kernelShapes(layer, input) {
    const window = windows.map((along) => along.window)
    const channels = knownExtent(layer, input, rank + 2, 'channels')
    return { kernel: [...window, channels], recurrentKernel: [...window, filters] }
  },
  // Keras always gives each gate of a ConvLSTM a separate mask for the inputs.
  dropsPerGate: true,
  product: (graph, tensors) => convolveTimesteps(graph, tensors, windows),
  productByGate: (graph, tensors, drop) =>
    framesByGate(graph, tensors, drop, (gate) => convolveTimesteps(graph, gate, windows)),
  // One axis of space is an image of height one.
  spaceOf: (image) => (rank === 1 ? image.slice(1) : image),
  imageKernel: (graph, recurrentKernel) => asImageKernel(graph, recurrentKernel, rank),
  runsBothWays: false,
})

const convolveTimesteps = (graph: Graph, tensors: ProductTensors, windows: readonly Window[]): Value =>
  convolve(graph, { ...tensors, x: timestepsOf(graph, tensors.x) }, windows, 1)

function checkFrames(layer: Layer, shape: OpenShape, kernel: Variable | undefined): void {
  if (shape.slice(2, -1).includes(null) && Reflect.get(layer.config, 'stateful') === true) {
    fail(layer.where, {
      expected: 'known extents of space, of which stateful layers keep states',
      got: showShape(shape),
      remedy: 'Give them in batchShape.',
    })
  }
  const channels = kernel?.shape.at(-2)
  if (channels === undefined || shape.at(-1) === channels) return
  fail(layer.where, {
    expected: `${channels} channels, for which it has its weights`,
    got: showShape(shape),
  })
}

export class ConvLSTMLayer extends RecurrentLayer {
  declare readonly config: Config<typeof table>
  override readonly inputSide: RecurrentInput

  override get cell(): LayerCell {
    const bias = biasOfLstm(this.config)
    return { name: 'conv_lstm_cell', cell: lstmCell, recurrence: convLstm, bias }
  }

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, rank: Rank) {
    super(definition, given)
    const windows = windowsOf(this, rank, this.config, this.config.padding)
    checkStridesOrDilation(this, windows)
    this.inputSide = frames(rank, this.config.filters, windows)
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
 * @param kernelSize Positions that a window spans.
 * @param options The options of {@link Conv1D}, for the input's convolution, and of {@link LSTM}.
 * @see keras/src/layers/rnn/conv_lstm1d.py
 */
export function ConvLSTM1D<const State extends boolean = false>(
  filters: number,
  kernelSize: Extents,
  options?: ConvLSTMOptions<State>,
): CallableLayer<RecurrentOutput<State>>
export function ConvLSTM1D<const State extends boolean = false>(
  filters: number,
  options: ConvLSTMOptions<State> & KernelNames,
): CallableLayer<RecurrentOutput<State>>
export function ConvLSTM1D<const State extends boolean = false>(
  options: ConvLSTMOptions<State> & FilterNames,
): CallableLayer<RecurrentOutput<State>>
export function ConvLSTM1D(...args: readonly unknown[]): CallableLayer<unknown> {
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
): CallableLayer<RecurrentOutput<State>>
export function ConvLSTM2D<const State extends boolean = false>(
  filters: number,
  options: ConvLSTMOptions<State> & KernelNames,
): CallableLayer<RecurrentOutput<State>>
export function ConvLSTM2D<const State extends boolean = false>(
  options: ConvLSTMOptions<State> & FilterNames,
): CallableLayer<RecurrentOutput<State>>
export function ConvLSTM2D(...args: readonly unknown[]): CallableLayer<unknown> {
  return convLstm2d.make(...args)
}
