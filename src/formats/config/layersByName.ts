// The layers that files may name, and the modules that define them. A page that loads a model loads the layers of that model alone, and
// mixed precision where a layer has that policy. Layers register themselves when their modules run.

import type { DtypePolicy } from '../../layers/dtypePolicy.ts'
import { CODE, type KerasConfig } from '../kerasConfig.ts'

/** Names of classes, with blanks between, and what loads their module. */
export type LayerModules = readonly (readonly [names: string, load: () => Promise<unknown>])[]

const modules: LayerModules = [
  ['Activation', () => import('../../layers/activations/activation.ts')],
  ['Attention AdditiveAttention', () => import('../../layers/attention/attention.ts')],
  ['BatchNormalization', () => import('../../layers/normalization/batchNormalization.ts')],
  ['Bidirectional', () => import('../../layers/rnn/bidirectional.ts')],
  ['RNN', () => import('../../layers/rnn/rnn.ts')],
  ['Concatenate', () => import('../../layers/merging/concatenate.ts')],
  ['ConvLSTM1D ConvLSTM2D ConvLSTM3D', () => import('../../layers/rnn/convLstm.ts')],
  ['Conv1D Conv2D Conv3D', () => import('../../layers/convolutional/convolution.ts')],
  [
    'Conv1DTranspose Conv2DTranspose Conv3DTranspose',
    () => import('../../layers/convolutional/convolutionTranspose.ts'),
  ],
  ['Dense', () => import('../../layers/core/dense.ts')],
  ['DepthwiseConv1D DepthwiseConv2D', () => import('../../layers/convolutional/depthwiseConvolution.ts')],
  ['Dot', () => import('../../layers/merging/dot.ts')],
  ['Dropout', () => import('../../layers/regularization/dropout.ts')],
  ['EinsumDense', () => import('../../layers/core/einsumDense.ts')],
  ['Embedding', () => import('../../layers/core/embedding.ts')],
  ['GaussianNoise GaussianDropout', () => import('../../layers/regularization/gaussianNoise.ts')],
  ['GRU', () => import('../../layers/rnn/gru.ts')],
  ['GRUCell', () => import('../../layers/rnn/gruCell.ts')],
  ['Identity', () => import('../../layers/core/identity.ts')],
  ['Lambda', () => import('../../layers/core/lambda.ts')],
  ['LayerNormalization', () => import('../../layers/normalization/layerNormalization.ts')],
  ['LSTM', () => import('../../layers/rnn/lstm.ts')],
  ['LSTMCell', () => import('../../layers/rnn/lstmCell.ts')],
  ['Masking', () => import('../../layers/core/masking.ts')],
  ['Add Subtract Multiply Average Maximum Minimum', () => import('../../layers/merging/merge.ts')],
  ['MultiHeadAttention', () => import('../../layers/attention/multiHeadAttention.ts')],
  [
    'ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D',
    () => import('../../layers/reshaping/padding.ts'),
  ],
  ['Permute', () => import('../../layers/reshaping/permute.ts')],
  [
    'MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D',
    () => import('../../layers/pooling/pooling.ts'),
  ],
  ['ReLU LeakyReLU ELU PReLU', () => import('../../layers/activations/rectifiers.ts')],
  ['Flatten Reshape RepeatVector', () => import('../../layers/reshaping/reshaping.ts')],
  ['SeparableConv1D SeparableConv2D', () => import('../../layers/convolutional/separableConvolution.ts')],
  ['SimpleRNN', () => import('../../layers/rnn/simpleRnn.ts')],
  ['SimpleRNNCell', () => import('../../layers/rnn/simpleRnnCell.ts')],
  ['Softmax', () => import('../../layers/activations/softmax.ts')],
  ['StackedRNNCells', () => import('../../layers/rnn/stackedCells.ts')],
  ['TimeDistributed', () => import('../../layers/rnn/timeDistributed.ts')],
  ['UpSampling1D UpSampling2D UpSampling3D', () => import('../../layers/reshaping/upSampling.ts')],
  ['Normalization', () => import('../../layers/preprocessing/normalization.ts')],
  ['Rescaling', () => import('../../layers/preprocessing/rescaling.ts')],
  ['ActivityRegularization', () => import('../../composed/activityRegularization.ts')],
  ['AlphaDropout', () => import('../../composed/alphaDropout.ts')],
  ['GroupNormalization', () => import('../../composed/groupNormalization.ts')],
  ['RMSNormalization', () => import('../../composed/rmsNormalization.ts')],
  ['SpatialDropout1D SpatialDropout2D SpatialDropout3D', () => import('../../composed/spatialDropout.ts')],
  ['UnitNormalization', () => import('../../composed/unitNormalization.ts')],
]

/** Modules by the name of each class; each exports the layer by that name. */
const byName = (table: LayerModules): ReadonlyMap<string, () => Promise<unknown>> =>
  new Map(table.flatMap(([names, load]) => names.split(' ').map((name) => [name, load] as const)))

/** What loads the module of each class that is not rare. */
export const layerModules = byName(modules)

/** Names of classes that few files have: what loads these comes with the first of them (rareLayers.ts). */
const RARE =
  /^(Adaptive|Cat|Center|CustomScale|Discr|Group(ed)?Q|Hash|LayerScale|Random[BCFRTZ]|Resiz|Reversible|Spectral|Text)|(Lookup|Spectrogram)$/

/** What loads the module of each class, at least of those that are named. */
export const loadersOf = async (names: Iterable<string>) =>
  [...names].some((name) => RARE.test(name))
    ? byName([...modules, ...(await import('./rareLayers.ts')).rareModules])
    : layerModules

const MIXED: DtypePolicy = 'mixed_float16'

/**
 * Loads what a config names anywhere in it: layers by their classes, and mixed precision by its policy. Resolves to the config as it is to
 * be read: without code.
 */
export async function loadLayersOf(config: KerasConfig, where: string): Promise<KerasConfig> {
  const names = namesIn(config)
  const loaders = await loadersOf(names)
  const loading = [...names].map((name) => loaders.get(name)?.())
  if (names.has(MIXED)) (await import('../../training/mixedFloat16.ts')).loadMixedFloat16()
  await Promise.all(loading)
  return names.has(CODE) ? (await import('./code.ts')).withoutCode(config, where) : config
}

/** All names of classes in a config, in Keras's words or in camelCase, and of the policy that has code of its own. */
function namesIn(config: unknown, found = new Set<string>()): Set<string> {
  if (typeof config !== 'object' || config === null) return found
  for (const [key, value] of Object.entries(config)) {
    if (typeof value !== 'string') namesIn(value, found)
    else if (key === 'class_name' || key === 'className' || value === MIXED) found.add(value)
  }
  return found
}
