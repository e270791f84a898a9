// The order in which metrics of Keras take arguments without a name.

const COUNTED = 'thresholds name dtype'
const AT_VALUE = 'numThresholds classId name dtype'
const UNION = 'name dtype ignoreClass sparseYTrue sparseYPred axis'
const ALONG_AXIS = 'name dtype axis'

const ORDER: Readonly<Record<string, string>> = {
  BinaryAccuracy: 'name dtype threshold',
  TopKCategoricalAccuracy: 'k name dtype',
  SparseTopKCategoricalAccuracy: 'k name dtype fromSortedIds',
  FalsePositives: COUNTED,
  FalseNegatives: COUNTED,
  TruePositives: COUNTED,
  TrueNegatives: COUNTED,
  Precision: 'thresholds topK classId name dtype',
  Recall: 'thresholds topK classId name dtype',
  SensitivityAtSpecificity: `specificity ${AT_VALUE}`,
  SpecificityAtSensitivity: `sensitivity ${AT_VALUE}`,
  PrecisionAtRecall: `recall ${AT_VALUE}`,
  RecallAtPrecision: `precision ${AT_VALUE}`,
  AUC: 'numThresholds curve summationMethod name dtype thresholds multiLabel numLabels labelWeights fromLogits',
  FBetaScore: 'average beta threshold name dtype',
  F1Score: 'average threshold name dtype',
  IoU: `numClasses targetClassIds ${UNION}`,
  MeanIoU: `numClasses ${UNION}`,
  BinaryIoU: 'targetClassIds threshold name dtype',
  OneHotIoU: 'numClasses targetClassIds name dtype ignoreClass sparseYPred axis',
  OneHotMeanIoU: 'numClasses name dtype ignoreClass sparseYPred axis',
  BinaryCrossentropy: 'name dtype fromLogits labelSmoothing',
  CategoricalCrossentropy: 'name dtype fromLogits labelSmoothing axis',
  SparseCategoricalCrossentropy: 'name dtype fromLogits ignoreClass axis',
  CosineSimilarity: ALONG_AXIS,
  PearsonCorrelation: ALONG_AXIS,
  ConcordanceCorrelation: ALONG_AXIS,
  R2Score: 'classAggregation numRegressors name dtype',
}

export const orderOfMetric = (name: string): readonly string[] => (ORDER[name] ?? 'name dtype').split(' ')
