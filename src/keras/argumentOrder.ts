// The order in which layers of Keras take arguments without a name, where it is not that of their tables of options.

import type { LayerDefinition } from '../layers/layer.ts'
import { layerOptions } from '../layers/options.ts'

const RECURRENT = 'units activation recurrentActivation useBias kernelInitializer recurrentInitializer'
const WINDOWS = 'filters kernelSize strides padding dataFormat dilationRate'
const NORMALIZATION = 'epsilon center scale betaInitializer gammaInitializer'
const DEPTHWISE = 'kernelSize strides padding depthMultiplier dataFormat dilationRate activation useBias'
const TRANSFORM = 'fillMode interpolation seed fillValue dataFormat'
const DROPOUT = 'rate dataFormat seed'

const ORDER: Readonly<Record<string, string>> = {
  InputLayer: 'shape batchSize dtype',
  LSTM: RECURRENT,
  GRU: RECURRENT,
  LSTMCell: RECURRENT,
  GRUCell: RECURRENT,
  Conv1D: `${WINDOWS} groups activation useBias`,
  Conv2D: `${WINDOWS} groups activation useBias`,
  Conv3D: `${WINDOWS} groups activation useBias`,
  Conv1DTranspose: 'filters kernelSize strides padding outputPadding dataFormat dilationRate activation',
  Conv2DTranspose: 'filters kernelSize strides padding outputPadding dataFormat dilationRate activation',
  Conv3DTranspose: 'filters kernelSize strides padding dataFormat outputPadding dilationRate activation',
  SeparableConv1D: `${WINDOWS} depthMultiplier activation useBias`,
  SeparableConv2D: `${WINDOWS} depthMultiplier activation useBias`,
  DepthwiseConv1D: DEPTHWISE,
  DepthwiseConv2D: DEPTHWISE,
  ConvLSTM1D: `${WINDOWS} activation recurrentActivation useBias`,
  ConvLSTM2D: `${WINDOWS} activation recurrentActivation useBias`,
  ConvLSTM3D: `${WINDOWS} activation recurrentActivation useBias`,
  BatchNormalization: `axis momentum ${NORMALIZATION}`,
  LayerNormalization: `axis ${NORMALIZATION}`,
  GroupNormalization: `groups axis ${NORMALIZATION}`,
  STFTSpectrogram: 'mode frameLength frameStep fftLength window periodic scaling padding expandDims',
  SpatialDropout2D: DROPOUT,
  SpatialDropout3D: DROPOUT,
  MultiHeadAttention: 'numHeads keyDim valueDim dropout useBias outputShape attentionAxes',
  GroupedQueryAttention: 'headDim numQueryHeads numKeyValueHeads dropout useBias',
  Embedding: 'inputDim outputDim embeddingsInitializer embeddingsRegularizer embeddingsConstraint maskZero',
  ReversibleEmbedding:
    'inputDim outputDim tieWeights embeddingsInitializer embeddingsRegularizer embeddingsConstraint maskZero',
  Resizing:
    'height width interpolation cropToAspectRatio padToAspectRatio fillMode fillValue antialias dataFormat',
  CenterCrop: 'height width dataFormat',
  RandomFlip: 'mode seed dataFormat',
  RandomTranslation: `heightFactor widthFactor ${TRANSFORM}`,
  RandomRotation: `factor ${TRANSFORM}`,
  RandomZoom: `heightFactor widthFactor ${TRANSFORM}`,
  RandomCrop: 'height width seed dataFormat',
  RandomContrast: 'factor valueRange seed',
  RandomBrightness: 'factor valueRange seed',
  Bidirectional: 'layer mergeMode weights backwardLayer',
}

/** The names of a layer's arguments in Keras's order. */
export const argumentOrder = ({ className, table }: Pick<LayerDefinition, 'className' | 'table'>) =>
  ORDER[className]?.split(' ') ?? Object.keys(table).filter((name) => !(name in layerOptions))
