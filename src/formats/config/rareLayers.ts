// The layers that few files name, and the modules that define them: those of images and signals among them.

import type { LayerModules } from './layersByName.ts'

export const rareModules: LayerModules = [
  [
    'AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D ' +
      'AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D',
    () => import('../../layers/pooling/adaptivePooling.ts'),
  ],
  ['CenterCrop', () => import('../../layers/preprocessing/images/centerCrop.ts')],
  ['RandomBrightness RandomContrast', () => import('../../layers/preprocessing/images/randomColors.ts')],
  ['RandomCrop', () => import('../../layers/preprocessing/images/randomCrop.ts')],
  ['RandomFlip', () => import('../../layers/preprocessing/images/randomFlip.ts')],
  [
    'RandomRotation RandomTranslation RandomZoom',
    () => import('../../layers/preprocessing/images/randomTransforms.ts'),
  ],
  ['Resizing', () => import('../../layers/preprocessing/images/resizing.ts')],
  ['ReversibleEmbedding', () => import('../../layers/core/reversibleEmbedding.ts')],
  ['LayerScale CustomScaleLayer', () => import('../../composed/networkLayers.ts')],
  ['MelSpectrogram', () => import('../../composed/melSpectrogram.ts')],
  ['STFTSpectrogram', () => import('../../composed/stftSpectrogram.ts')],
  ['SpectralNormalization', () => import('../../layers/normalization/spectralNormalization.ts')],
  [
    'GroupQueryAttention GroupedQueryAttention',
    () => import('../../layers/attention/groupQueryAttention.ts'),
  ],
  ['CategoryEncoding', () => import('../../layers/preprocessing/categoryEncoding.ts')],
  ['Discretization', () => import('../../layers/preprocessing/discretization.ts')],
  ['Hashing', () => import('../../layers/preprocessing/hashing.ts')],
  ['StringLookup IntegerLookup', () => import('../../layers/preprocessing/indexLookup.ts')],
  ['TextVectorization', () => import('../../layers/preprocessing/textVectorization.ts')],
]
