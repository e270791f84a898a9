// Metrics by Keras's names: the namespace `metrics`.

export { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from './accuracies.ts'
export { Accuracy } from './accuracy.ts'
export { AUC } from './auc.ts'
export { ConfusionMatrix } from './confusionMatrix.ts'
export {
  PrecisionAtRecall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
} from './constrained.ts'
export { ConcordanceCorrelation, PearsonCorrelation } from './correlation.ts'
export { F1Score, FBetaScore } from './fScores.ts'
export { BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU } from './iou.ts'
export { LogCoshError } from './ofLosses.ts'
export {
  FalseNegatives,
  FalsePositives,
  Precision,
  Recall,
  TrueNegatives,
  TruePositives,
} from './positives.ts'
export { Mean, MeanMetricWrapper, Sum } from './reductions.ts'
export { R2Score, RootMeanSquaredError } from './regression.ts'
export { SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy } from './topK.ts'
