// Keras's functions of losses by their names in camelCase, and by the short ones.

export {
  type BinaryFocalOptions,
  binaryCrossentropy,
  binaryCrossentropy as bce,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalCrossentropy as cce,
  categoricalFocalCrossentropy,
  categoricalGeneralizedCrossEntropy,
  type FocalOptions,
  type GeneralizedOptions,
  type SparseOptions,
  sparseCategoricalCrossentropy,
} from './crossentropy.ts'
export type { AxesOptions, LogitsOptions, RowLoss, SmoothingOptions } from './lossFunction.ts'
export {
  type CircleOptions,
  categoricalHinge,
  circle,
  ctc,
  dice,
  hinge,
  squaredHinge,
  type TverskyOptions,
  tversky,
} from './margins.ts'
export {
  type AxisOptions,
  cosineSimilarity,
  type DeltaOptions,
  huber,
  klDivergence,
  klDivergence as kld,
  logCosh,
  meanAbsoluteError,
  meanAbsoluteError as mae,
  meanAbsolutePercentageError,
  meanAbsolutePercentageError as mape,
  meanSquaredError,
  meanSquaredError as mse,
  meanSquaredLogarithmicError,
  meanSquaredLogarithmicError as msle,
  poisson,
} from './regression.ts'
