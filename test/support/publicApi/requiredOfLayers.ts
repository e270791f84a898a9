// What each layer cannot be made without, as keywords.

import * as api from '../../../src/index.ts'

/** Options that a layer must be given. */
const required: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Dense: { units: 2 },
  GroupQueryAttention: { headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1 },
  MultiHeadAttention: { numHeads: 2, keyDim: 2 },
  CategoryEncoding: { numTokens: 3 },
  Discretization: { binBoundaries: [0, 1] },
  EinsumDense: { equation: 'ab,bc->ac', outputShape: 2 },
  Rescaling: { scale: 2 },
  Hashing: { numBins: 3 },
  GRU: { units: 2 },
  LSTM: { units: 2 },
  SimpleRNN: { units: 2 },
  GRUCell: { units: 2 },
  LSTMCell: { units: 2 },
  SimpleRNNCell: { units: 2 },
  RNN: { cell: api.LSTMCell(2) },
  StackedRNNCells: { cells: [api.LSTMCell(2)] },
  RepeatVector: { n: 2 },
  ...Object.fromEntries(
    [1, 2, 3].flatMap((rank) => [
      [`AdaptiveAveragePooling${rank}D`, { outputSize: 2 }],
      [`AdaptiveMaxPooling${rank}D`, { outputSize: 2 }],
    ]),
  ),
  AlphaDropout: { rate: 0.5 },
  Dropout: { rate: 0.5 },
  SpectralNormalization: { layer: api.Dense(2) },
  GaussianDropout: { rate: 0.5 },
  GaussianNoise: { stddev: 0.5 },
  SpatialDropout1D: { rate: 0.5 },
  SpatialDropout2D: { rate: 0.5 },
  SpatialDropout3D: { rate: 0.5 },
  Activation: { activation: 'tanh' },
  Reshape: { targetShape: [6] },
  Permute: { dims: [2, 1] },
  Dot: { axes: -1 },
  Embedding: { inputDim: 2, outputDim: 2 },
  ReversibleEmbedding: { inputDim: 2, outputDim: 2 },
  CenterCrop: { height: 2, width: 2 },
  RandomBrightness: { factor: 0.5 },
  RandomContrast: { factor: 0.5 },
  RandomCrop: { height: 2, width: 2 },
  RandomRotation: { factor: 0.5 },
  RandomTranslation: { heightFactor: 0.5, widthFactor: 0.5 },
  RandomZoom: { heightFactor: 0.5 },
  Resizing: { height: 2, width: 2 },
  TimeDistributed: { layer: api.Dense(2) },
  Bidirectional: { layer: api.LSTM(2) },
  InputLayer: { shape: [2] },
}

const convolution = { filters: 2, kernelSize: 2 }

export const requiredOf = (className: string): Readonly<Record<string, unknown>> =>
  required[className] ??
  (/^Depthwise/.test(className) ? { kernelSize: 2 } : /Conv/.test(className) ? convolution : {})
