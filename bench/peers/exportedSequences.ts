// Options of single layers, and recurrences over any number of time steps, with masks, states and cells of one's own.

import * as recurra from 'recurra/node'
import {
  AveragePooling2D,
  BatchNormalization,
  Bidirectional,
  type CallableLayer,
  Conv1D,
  Conv1DTranspose,
  Conv2D,
  Conv2DTranspose,
  ConvLSTM2D,
  Dense,
  DepthwiseConv2D,
  Embedding,
  Flatten,
  GlobalAveragePooling1D,
  GRU,
  Lambda,
  LayerNormalization,
  LeakyReLU,
  LSTM,
  Masking,
  MaxPooling1D,
  MaxPooling2D,
  ops,
  PReLU,
  Reshape,
  RNN,
  SeparableConv2D,
  SimpleRNN,
  Softmax,
  type SymbolicTensor,
  TimeDistributed,
  tensor,
  UpSampling2D,
} from 'recurra/node'
import { MinimalCell, OwnLSTMCell, ResidualCell } from '../../test/support/ownCells.ts'
import { chain, type ExportedModel, random, words } from './exportedModel.ts'

/** Options of single layers. */
export const options = (): ExportedModel[] => {
  const image = random([2, 7, 6, 4])
  const conv = (name: string, layer: CallableLayer, open = false) =>
    chain(`option ${name}`, image, open ? [null, null, 4] : [7, 6, 4], layer)
  return [
    conv('conv groups', Conv2D(6, 3, { groups: 2, padding: 'same', strides: 2 })),
    conv('conv dilation', Conv2D(3, 2, { dilationRate: 2, padding: 'same', activation: LeakyReLU(0.1) })),
    conv('conv open', Conv2D(3, 3, { strides: 2, padding: 'same', useBias: false }), true),
    conv('conv channels first', Conv2D(3, 2, { dataFormat: 'channels_first' })),
    conv('conv softmax', Conv2D(3, 2, { activation: 'softmax' })),
    conv('depthwise', DepthwiseConv2D(2, { depthMultiplier: 3, padding: 'same', strides: 2 })),
    conv('separable', SeparableConv2D(3, 3, { padding: 'same', depthMultiplier: 2 }), true),
    conv('transpose same', Conv2DTranspose(3, 3, { strides: 2, padding: 'same' }), true),
    conv('transpose cut', Conv2DTranspose(3, [4, 2], { strides: [2, 3], padding: 'same', outputPadding: 1 })),
    conv('transpose gap', Conv2DTranspose(2, 2, { strides: 3 })),
    conv('transpose dilation', Conv2DTranspose(2, 2, { dilationRate: 2, padding: 'valid' })),
    conv('pool open', MaxPooling2D(3, { strides: 2, padding: 'same' }), true),
    conv('pool average', AveragePooling2D([3, 2], { strides: [2, 1], padding: 'same' })),
    conv('up nearest', UpSampling2D([2, 3]), true),
    conv('up bilinear', UpSampling2D(3, { interpolation: 'bilinear' }), true),
    conv('up bicubic', UpSampling2D([2, 3], { interpolation: 'bicubic' })),
    conv('up lanczos', UpSampling2D(2, { interpolation: 'lanczos3', dataFormat: 'channels_first' })),
    conv('batch normalization axis', BatchNormalization({ axis: 1 })),
    conv('layer normalization axes', LayerNormalization({ axis: [1, 3] })),
    conv('softmax axes', Softmax([1, 2])),
    conv('prelu', PReLU({ alphaInitializer: 'ones' })),
    conv('flatten channels first', Flatten({ dataFormat: 'channels_first' })),
    conv('reshape open', Reshape([-1, 2]), true),
    conv('causal', TimeDistributed(Conv1D(3, 3, { padding: 'causal', dilationRate: 2 }))),
    conv('transpose 1d', TimeDistributed(Conv1DTranspose(3, 3, { strides: 2 }))),
    conv('function', Dense(3, { activation: (x: SymbolicTensor) => ops.multiply(x, ops.sigmoid(x)) })),
    conv(
      'lambda',
      Lambda((x: SymbolicTensor) => ops.mean(ops.exp(x), [1, 2])),
    ),
  ]
}

/** Recurrences over any number of time steps, with masks, states and cells of one's own. */
export const recurrences = (): ExportedModel[] => {
  const series = random([3, 5, 4])
  const padded = tensor(
    series.data.map((value, i) => (Math.floor(i / 4) % 5 > 2 || Math.floor(i / 4) === 6 ? 0 : value)),
    [3, 5, 4],
  )
  const open = (name: string, ...layers: CallableLayer[]) =>
    chain(`series ${name}`, series, [null, 4], ...layers)
  const masked = (name: string, ...layers: CallableLayer[]) =>
    chain(`masked ${name}`, padded, [null, 4], Masking(), ...layers)
  const text = (name: string, ...layers: CallableLayer[]) =>
    chain(`text ${name}`, words(3, 7), [null], Embedding(9, 4, { maskZero: true }), ...layers)
  return [
    open('lstm', LSTM(3, { returnSequences: true, goBackwards: true }), GRU(2)),
    open('unusual activations', LSTM(3, { activation: 'gelu', recurrentActivation: 'hard_silu' })),
    open(
      'hard sigmoid',
      GRU(3, { recurrentActivation: 'hard_sigmoid', activation: 'linear', resetAfter: false }),
    ),
    open('no bias', GRU(3, { useBias: false })),
    open('both ways', Bidirectional(SimpleRNN(3, { activation: 'relu', returnSequences: true }))),
    open('other way round', Bidirectional(LSTM(3, { goBackwards: true, returnSequences: true }))),
    open(
      'two kinds',
      Bidirectional(LSTM(3), { backwardLayer: GRU(3, { goBackwards: true }), mergeMode: 'mul' }),
    ),
    open('own cell', RNN(new MinimalCell(3), { returnSequences: true }), RNN(new OwnLSTMCell(2))),
    open('residual cell', RNN([new ResidualCell(4), recurra.GRUCell(3, { resetAfter: false })])),
    open('own cell both ways', Bidirectional(RNN(new MinimalCell(3), { returnSequences: true }))),
    open('attention', Dense(4), GlobalAveragePooling1D()),
    open('pool', MaxPooling1D(2, { padding: 'same' }), Dense(2)),
    masked('sequences', LSTM(3, { returnSequences: true })),
    masked('zero output', GRU(3, { returnSequences: true, zeroOutputForMask: true })),
    masked('last zero output', GRU(3, { zeroOutputForMask: true })),
    masked('backwards', SimpleRNN(3, { goBackwards: true, returnSequences: true })),
    masked('both ways', Bidirectional(LSTM(3, { returnSequences: true }), { mergeMode: 'sum' })),
    masked('cells', RNN([recurra.LSTMCell(3), recurra.GRUCell(2)], { goBackwards: true })),
    masked('own cell', RNN(new MinimalCell(3))),
    masked('pooling', Dense(3), GlobalAveragePooling1D()),
    masked('time distributed', TimeDistributed(Dense(2))),
    text('lstm', LSTM(3)),
    text('average', GlobalAveragePooling1D({ keepdims: true })),
    chain(
      'masked frames',
      random([2, 3, 4, 5, 2]),
      [null, 4, 5, 2],
      Masking({ maskValue: 9 }),
      TimeDistributed(Dense(2)),
    ),
    chain(
      'frames open',
      random([2, 3, 4, 5, 2]),
      [null, null, null, 2],
      ConvLSTM2D(2, 3, { padding: 'same', returnSequences: true, goBackwards: true, strides: 2 }),
    ),
    chain(
      'frames channels first',
      random([2, 3, 2, 4, 5]),
      [3, 2, 4, 5],
      ConvLSTM2D(3, 2, { dataFormat: 'channels_first' }),
    ),
  ]
}
