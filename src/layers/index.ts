// Every layer that users make, a line each, and the types of their options and results.

export { Activation } from './activation.ts'
export {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  type AdaptivePoolingOptions,
} from './adaptivePooling.ts'
export * from './aliases.ts'
export {
  AdditiveAttention,
  type AdditiveAttentionOptions,
  Attention,
  type AttentionOptions,
} from './attention.ts'
export type { AttentionCallOptions } from './attentionCall.ts'
export { BatchNormalization, type BatchNormalizationOptions } from './batchNormalization.ts'
export { Bidirectional, type BidirectionalOptions } from './bidirectional.ts'
export { Concatenate, concatenate } from './concatenate.ts'
export { ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, type ConvLSTMOptions } from './convLstm.ts'
export { Conv1D, Conv2D, Conv3D, type ConvolutionOptions } from './convolution.ts'
export {
  Conv1DTranspose,
  Conv2DTranspose,
  Conv3DTranspose,
  type ConvolutionTransposeOptions,
} from './convolutionTranspose.ts'
export { Dense, type DenseOptions } from './dense.ts'
export {
  DepthwiseConv1D,
  DepthwiseConv2D,
  type DepthwiseConvolutionOptions,
} from './depthwiseConvolution.ts'
export { Dot, type DotOptions, dot } from './dot.ts'
export { Dropout, type DropoutOptions } from './dropout.ts'
export { EinsumDense, type EinsumDenseOptions } from './einsumDense.ts'
export { Embedding, type EmbeddingOptions } from './embedding.ts'
export { GaussianDropout, GaussianNoise, type GaussianOptions } from './gaussianNoise.ts'
export { GroupQueryAttention, type GroupQueryAttentionOptions } from './groupQueryAttention.ts'

export { GRU, type GRUOptions } from './gru.ts'
export { GRUCell, type GRUCellOptions } from './gruCell.ts'
export { Identity } from './identity.ts'
export { Input, type InputOptions } from './input.ts'
export { Lambda, type LambdaFunction, type LambdaOfMany, type LambdaOptions } from './lambda.ts'
export { LayerNormalization, type LayerNormalizationOptions } from './layerNormalization.ts'
export { LSTM, type LSTMOptions } from './lstm.ts'
export { LSTMCell, type LSTMCellOptions } from './lstmCell.ts'
export { Masking, type MaskingOptions } from './masking.ts'
export {
  Add,
  Average,
  add,
  average,
  Maximum,
  Minimum,
  Multiply,
  maximum,
  minimum,
  multiply,
  Subtract,
  subtract,
} from './merge.ts'
export { MultiHeadAttention, type MultiHeadAttentionOptions } from './multiHeadAttention.ts'
export type { LayerOptions } from './options.ts'
export {
  Cropping1D,
  Cropping2D,
  Cropping3D,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
  type ZeroPaddingOptions,
} from './padding.ts'
export { Permute } from './permute.ts'
export {
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  type GlobalPoolingOptions,
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  type PoolingOptions,
} from './pooling.ts'
export {
  CategoryEncoding,
  type CategoryEncodingCallOptions,
  type CategoryEncodingOptions,
} from './preprocessing/categoryEncoding.ts'
export { Discretization, type DiscretizationOptions } from './preprocessing/discretization.ts'
export { Hashing, type HashingOptions } from './preprocessing/hashing.ts'
export {
  IntegerLookup,
  type IntegerLookupOptions,
  StringLookup,
  type StringLookupOptions,
} from './preprocessing/indexLookup.ts'
export { Normalization, type NormalizationOptions } from './preprocessing/normalization.ts'
export { Rescaling, type RescalingOptions } from './preprocessing/rescaling.ts'
export { TextVectorization, type TextVectorizationOptions } from './preprocessing/textVectorization.ts'
export type { MultiHeadAttentionCallOptions } from './projectedAttentionOptions.ts'
export {
  ELU,
  type ELUOptions,
  LeakyReLU,
  type LeakyReLUOptions,
  PReLU,
  type PReLUOptions,
  ReLU,
  type ReLUOptions,
} from './rectifiers.ts'
export type { RecurrentOutput } from './recurrent.ts'
export { Flatten, type FlattenOptions, RepeatVector, Reshape } from './reshaping.ts'
export { RNN, type RNNOptions } from './rnn.ts'
export { SeparableConv1D, SeparableConv2D, type SeparableConvolutionOptions } from './separableConvolution.ts'
export { SimpleRNN, type SimpleRNNOptions } from './simpleRnn.ts'
export { SimpleRNNCell, type SimpleRNNCellOptions } from './simpleRnnCell.ts'
export { Softmax, type SoftmaxOptions } from './softmax.ts'
export { SpectralNormalization, type SpectralNormalizationOptions } from './spectralNormalization.ts'
export { type NestedStates, StackedRNNCells } from './stackedCells.ts'
export { TimeDistributed } from './timeDistributed.ts'
export { UpSampling1D, UpSampling2D, type UpSampling2DOptions, UpSampling3D } from './upSampling.ts'
