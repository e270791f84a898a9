// Every layer that users make, a line each, and the types of their options and results.

export { Activation } from './activations/activation.ts'
export {
  ELU,
  type ELUOptions,
  LeakyReLU,
  type LeakyReLUOptions,
  PReLU,
  type PReLUOptions,
  ReLU,
  type ReLUOptions,
} from './activations/rectifiers.ts'
export { Softmax, type SoftmaxOptions } from './activations/softmax.ts'
export * from './aliases.ts'
export {
  AdditiveAttention,
  type AdditiveAttentionOptions,
  Attention,
  type AttentionOptions,
} from './attention/attention.ts'
export type { AttentionCallOptions } from './attention/attentionCall.ts'
export { GroupQueryAttention, type GroupQueryAttentionOptions } from './attention/groupQueryAttention.ts'
export { MultiHeadAttention, type MultiHeadAttentionOptions } from './attention/multiHeadAttention.ts'
export type { MultiHeadAttentionCallOptions } from './attention/projectedAttentionOptions.ts'
export { Conv1D, Conv2D, Conv3D, type ConvolutionOptions } from './convolutional/convolution.ts'
export {
  Conv1DTranspose,
  Conv2DTranspose,
  Conv3DTranspose,
  type ConvolutionTransposeOptions,
} from './convolutional/convolutionTranspose.ts'
export {
  DepthwiseConv1D,
  DepthwiseConv2D,
  type DepthwiseConvolutionOptions,
} from './convolutional/depthwiseConvolution.ts'
export {
  SeparableConv1D,
  SeparableConv2D,
  type SeparableConvolutionOptions,
} from './convolutional/separableConvolution.ts'
export { Dense, type DenseOptions } from './core/dense.ts'
export { EinsumDense, type EinsumDenseOptions } from './core/einsumDense.ts'
export { Embedding, type EmbeddingOptions } from './core/embedding.ts'
export { Identity } from './core/identity.ts'
export { Input, InputLayer, type InputLayerOptions, type InputOptions } from './core/input.ts'
export { Lambda, type LambdaFunction, type LambdaOfMany, type LambdaOptions } from './core/lambda.ts'
export { Masking, type MaskingOptions } from './core/masking.ts'
export {
  type ReversibleCallOptions,
  ReversibleEmbedding,
  type ReversibleEmbeddingOptions,
} from './core/reversibleEmbedding.ts'
export { Concatenate, concatenate } from './merging/concatenate.ts'
export { Dot, type DotOptions, dot } from './merging/dot.ts'
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
} from './merging/merge.ts'
export { BatchNormalization, type BatchNormalizationOptions } from './normalization/batchNormalization.ts'
export { LayerNormalization, type LayerNormalizationOptions } from './normalization/layerNormalization.ts'
export type { RenormClipping } from './normalization/renormalization.ts'
export {
  SpectralNormalization,
  type SpectralNormalizationOptions,
} from './normalization/spectralNormalization.ts'
export type { LayerOptions } from './options.ts'
export {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  type AdaptivePoolingOptions,
} from './pooling/adaptivePooling.ts'
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
} from './pooling/pooling.ts'
export {
  CategoryEncoding,
  type CategoryEncodingCallOptions,
  type CategoryEncodingOptions,
} from './preprocessing/categoryEncoding.ts'
export { Discretization, type DiscretizationOptions } from './preprocessing/discretization.ts'
export { Hashing, type HashingOptions } from './preprocessing/hashing.ts'
export { CenterCrop, type CenterCropOptions } from './preprocessing/images/centerCrop.ts'
export {
  RandomBrightness,
  type RandomColorOptions,
  RandomContrast,
} from './preprocessing/images/randomColors.ts'
export { RandomCrop, type RandomCropOptions } from './preprocessing/images/randomCrop.ts'
export { RandomFlip, type RandomFlipOptions } from './preprocessing/images/randomFlip.ts'
export {
  RandomRotation,
  type RandomTransformOptions,
  RandomTranslation,
  RandomZoom,
} from './preprocessing/images/randomTransforms.ts'
export { Resizing, type ResizingOptions } from './preprocessing/images/resizing.ts'
export {
  IntegerLookup,
  type IntegerLookupOptions,
  StringLookup,
  type StringLookupOptions,
} from './preprocessing/indexLookup.ts'
export { Normalization, type NormalizationOptions } from './preprocessing/normalization.ts'
export { Rescaling, type RescalingOptions } from './preprocessing/rescaling.ts'
export { TextVectorization, type TextVectorizationOptions } from './preprocessing/textVectorization.ts'
export { Dropout, type DropoutOptions } from './regularization/dropout.ts'
export { GaussianDropout, GaussianNoise, type GaussianOptions } from './regularization/gaussianNoise.ts'
export {
  Cropping1D,
  Cropping2D,
  Cropping3D,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
  type ZeroPaddingOptions,
} from './reshaping/padding.ts'
export { Permute } from './reshaping/permute.ts'
export { Flatten, type FlattenOptions, RepeatVector, Reshape } from './reshaping/reshaping.ts'
export { UpSampling1D, UpSampling2D, type UpSampling2DOptions, UpSampling3D } from './reshaping/upSampling.ts'
export { Bidirectional, type BidirectionalOptions } from './rnn/bidirectional.ts'
export { ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, type ConvLSTMOptions } from './rnn/convLstm.ts'
export { GRU, type GRUOptions } from './rnn/gru.ts'
export { GRUCell, type GRUCellOptions } from './rnn/gruCell.ts'
export { LSTM, type LSTMOptions } from './rnn/lstm.ts'
export { LSTMCell, type LSTMCellOptions } from './rnn/lstmCell.ts'
export type { RecurrentOutput } from './rnn/recurrent.ts'
export { RNN, type RNNOptions } from './rnn/rnn.ts'
export { SimpleRNN, type SimpleRNNOptions } from './rnn/simpleRnn.ts'
export { SimpleRNNCell, type SimpleRNNCellOptions } from './rnn/simpleRnnCell.ts'
export { type NestedStates, StackedRNNCells } from './rnn/stackedCells.ts'
export { TimeDistributed } from './rnn/timeDistributed.ts'
