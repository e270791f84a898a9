// Models as TensorFlow.js makes them and as Recurra does, and inputs for both. They need not be alike: each predicts as what is made of
// its file.

import * as tfl from '@tensorflow/tfjs-layers'
import * as recurra from '../../src/node.ts'

export interface Numbers {
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}

/** Numbers that look random, the same each time. */
function numbers(shape: readonly number[], seed: number, integers = 0): Numbers {
  let state = seed * 7919 + 17
  const data = Float32Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, () => {
    state = (state * 48271) % 2147483647
    return integers > 0 ? state % integers : (state / 2147483647) * 2 - 1
  })
  return { shape, data }
}

export interface Case {
  readonly inputs: readonly Numbers[]
  theirs(): tfl.LayersModel
  own(): recurra.LayersModel
}

const { layers } = tfl
const GATES = { recurrentActivation: 'keras2_hard_sigmoid' } as const
const ids = numbers([3, 6], 5, 8)
const series = numbers([3, 6, 4], 1)

export const cases: Readonly<Record<string, Case>> = {
  LSTM: {
    inputs: [series],
    theirs: () =>
      tfl.sequential({ layers: [layers.lstm({ units: 5, inputShape: [6, 4] }), layers.dense({ units: 2 })] }),
    own: () => recurra.Sequential([recurra.LSTM(5, { inputShape: [6, 4], ...GATES }), recurra.Dense(2)]),
  },
  GRU: {
    inputs: [series],
    theirs: () =>
      tfl.sequential({
        layers: [
          layers.gru({ units: 5, inputShape: [6, 4], returnSequences: true }),
          layers.gru({ units: 3, recurrentActivation: 'sigmoid', goBackwards: true }),
        ],
      }),
    own: () =>
      recurra.Sequential([
        recurra.GRU(5, { inputShape: [6, 4], returnSequences: true, resetAfter: false, ...GATES }),
        recurra.GRU(3, { resetAfter: false, goBackwards: true }),
      ]),
  },
  SimpleRNN: {
    inputs: [series],
    theirs: () =>
      tfl.sequential({ layers: [layers.simpleRNN({ units: 5, inputShape: [6, 4], activation: 'relu' })] }),
    own: () => recurra.Sequential([recurra.SimpleRNN(5, { inputShape: [6, 4], activation: 'relu' })]),
  },
  Bidirectional: {
    inputs: [series],
    theirs: () =>
      tfl.sequential({
        layers: [
          layers.bidirectional({
            layer: layers.lstm({ units: 3, returnSequences: true }) as tfl.RNN,
            mergeMode: 'concat',
            inputShape: [6, 4],
          }),
          layers.bidirectional({ layer: layers.gru({ units: 3 }) as tfl.RNN, mergeMode: 'sum' }),
        ],
      }),
    own: () =>
      recurra.Sequential([
        recurra.Bidirectional(recurra.LSTM(3, { returnSequences: true, ...GATES }), { inputShape: [6, 4] }),
        recurra.Bidirectional(recurra.GRU(3, { resetAfter: false }), { mergeMode: 'sum' }),
      ]),
  },
  ConvLSTM2D: {
    inputs: [numbers([2, 3, 5, 4, 2], 2)],
    theirs: () =>
      tfl.sequential({
        layers: [
          layers.convLstm2d({
            filters: 3,
            kernelSize: [2, 2],
            inputShape: [3, 5, 4, 2],
            returnSequences: true,
          }),
          layers.convLstm2d({ filters: 2, kernelSize: 3, padding: 'same' }),
          layers.flatten(),
        ],
      }),
    own: () =>
      recurra.Sequential([
        recurra.ConvLSTM2D(3, [2, 2], { inputShape: [3, 5, 4, 2], returnSequences: true, ...GATES }),
        recurra.ConvLSTM2D(2, 3, { padding: 'same', ...GATES }),
        recurra.Flatten(),
      ]),
  },
  'Conv1D, BatchNormalization, pooling': {
    inputs: [numbers([2, 9, 3], 3)],
    theirs: () =>
      tfl.sequential({
        layers: [
          layers.conv1d({
            filters: 4,
            kernelSize: 3,
            padding: 'same',
            inputShape: [9, 3],
            activation: 'elu',
          }),
          layers.batchNormalization({
            movingMeanInitializer: 'randomNormal',
            betaInitializer: 'randomNormal',
            gammaInitializer: 'randomUniform',
          }),
          layers.maxPooling1d({ poolSize: 2 }),
          layers.layerNormalization(),
          layers.globalAveragePooling1d(),
        ],
      }),
    own: () =>
      recurra.Sequential([
        recurra.Conv1D(4, 3, { padding: 'same', inputShape: [9, 3], activation: 'silu' }),
        recurra.BatchNormalization({
          movingMeanInitializer: 'random_normal',
          gammaInitializer: 'random_uniform',
        }),
        recurra.MaxPooling1D(2),
        recurra.LayerNormalization(),
        recurra.GlobalAveragePooling1D(),
      ]),
  },
  'Conv2D, depthwise, transposed': {
    inputs: [numbers([2, 6, 5, 2], 4)],
    theirs: () =>
      tfl.sequential({
        layers: [
          layers.conv2d({ filters: 3, kernelSize: 2, strides: 2, padding: 'same', inputShape: [6, 5, 2] }),
          layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, biasInitializer: 'randomNormal' }),
          layers.conv2dTranspose({ filters: 2, kernelSize: 2, activation: 'tanh' }),
          layers.separableConv2d({ filters: 2, kernelSize: 1 }),
          layers.leakyReLU({ alpha: 0.1 }),
          layers.flatten(),
        ],
      }),
    own: () =>
      recurra.Sequential([
        recurra.Conv2D(3, 2, { strides: 2, padding: 'same', inputShape: [6, 5, 2] }),
        recurra.DepthwiseConv2D(2, { depthMultiplier: 2, biasInitializer: 'random_normal' }),
        recurra.Conv2DTranspose(2, 2, { activation: 'gelu' }),
        recurra.SeparableConv2D(2, 1),
        recurra.LeakyReLU(0.1),
        recurra.Flatten(),
      ]),
  },
  'Embedding with a mask': {
    inputs: [ids],
    theirs: () =>
      tfl.sequential({
        layers: [
          layers.embedding({ inputDim: 8, outputDim: 4, maskZero: true, inputLength: 6 }),
          layers.gru({ units: 3 }),
        ],
      }),
    own: () =>
      recurra.Sequential([
        recurra.Input([6]),
        recurra.Embedding(8, 4, { maskZero: true }),
        recurra.LSTM(4, GATES),
      ]),
  },
  'several inputs, a layer with states, a shared model': {
    inputs: [series, numbers([3, 5, 4], 8), numbers([3, 2], 9)],
    theirs() {
      const [a, b, c] = [[6, 4], [5, 4], [2]].map((shape) => tfl.input({ shape }))
      const encoder = layers
        .lstm({ units: 3, returnState: true })
        .apply(a as tfl.SymbolicTensor) as tfl.SymbolicTensor[]
      const decoded = layers.lstm({ units: 3 }).apply(b as tfl.SymbolicTensor)
      const shared = tfl.sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] })
      const [first, second] = [encoder[0], decoded].map((x) => shared.apply(x as tfl.SymbolicTensor))
      const merged = layers.concatenate().apply([first, second, encoder[2], c] as tfl.SymbolicTensor[])
      const outputs = layers.dense({ units: 2, activation: 'softmax' }).apply(merged) as tfl.SymbolicTensor
      return tfl.model({ inputs: [a, b, c] as tfl.SymbolicTensor[], outputs })
    },
    own() {
      const [a, b, c] = [recurra.Input([6, 4]), recurra.Input([5, 4]), recurra.Input([2])] as const
      const [last, , cell] = recurra.LSTM(3, { returnState: true, ...GATES })(a)
      const decoded = recurra.LSTM(3, GATES)(b)
      const shared = recurra.Sequential([recurra.Dense(2, { inputShape: [3] })])
      const merged = recurra.Concatenate()([shared(last), shared(decoded), cell, c])
      return recurra.Model([a, b, c], recurra.Dense(2, { activation: 'softmax' })(merged))
    },
  },
  'TimeDistributed, and cells in an RNN': {
    inputs: [series],
    theirs: () =>
      tfl.sequential({
        layers: [
          layers.timeDistributed({ layer: layers.dense({ units: 3 }), inputShape: [6, 4] }),
          layers.rnn({
            cell: [layers.lstmCell({ units: 2 }), layers.gruCell({ units: 3 })],
            returnSequences: true,
          }) as tfl.layers.Layer,
          layers.flatten(),
        ],
      }),
    own: () =>
      recurra.Sequential([
        recurra.TimeDistributed(recurra.Dense(3), { inputShape: [6, 4] }),
        recurra.RNN(
          recurra.StackedRNNCells([recurra.LSTMCell(2, GATES), recurra.GRUCell(3, { resetAfter: false })]),
        ),
      ]),
  },
}
