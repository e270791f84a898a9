// Layers of Keras that are not here, each with what to write instead. Errors of files and docs/keras-compatibility.md are made of them; a page
// loads them with the first file that has such a layer.

const IMAGES = 'images are changed before they become data, in a canvas for example'
const OTHER_LIBRARY = 'code of another library cannot run here: write a class that extends Layer'

/** What to do, by Keras's class. */
export const refusedLayers: Readonly<Record<string, string>> = {
  AugMix: IMAGES,
  AutoContrast: IMAGES,
  ContrastLimitedAdaptiveHistogramEqualization: IMAGES,
  CutMix: IMAGES,
  Equalization: IMAGES,
  FlaxLayer: OTHER_LIBRARY,
  HashedCrossing: 'join the features to one string, and use Hashing',
  InputSpec: 'check shapes in build, which gets that of the input',
  JaxLayer: OTHER_LIBRARY,
  MaxNumBoundingBoxes: IMAGES,
  MixUp: IMAGES,
  Pipeline: 'use Sequential',
  RandAugment: IMAGES,
  RandomColorDegeneration: IMAGES,
  RandomColorJitter: IMAGES,
  RandomElasticTransform: IMAGES,
  RandomErasing: IMAGES,
  RandomGaussianBlur: IMAGES,
  RandomGrayscale: IMAGES,
  RandomHue: IMAGES,
  RandomInvert: IMAGES,
  RandomPerspective: IMAGES,
  RandomPosterization: IMAGES,
  RandomSaturation: IMAGES,
  RandomSharpness: IMAGES,
  RandomShear: IMAGES,
  Solarization: IMAGES,
  TFSMLayer: OTHER_LIBRARY,
  TernaryDense: 'use Dense: kernels here are floats',
  TorchModuleWrapper: OTHER_LIBRARY,
  Wrapper: 'hold the wrapped layer in a field of a class that extends Layer',
}
