// Losses and metrics by name, as Keras 3 finds them. More names are known here: other spellings, short ones, and every loss as a metric.

import { snakeCase } from '../../layers/naming.ts'
import type { Json, JsonObject } from './json.ts'

/** Optimizers that Keras has, and does not find by their names as texts. */
export const UNNAMED_OPTIMIZERS: readonly string[] = ['Lamb']

/** Short names that Keras has of losses and of metrics, in capitals too. */
const SHORT = ['mse', 'mae', 'mape', 'msle', 'bce']

const isShort = (name: string, known: readonly string[]): boolean =>
  known.some((short) => name === short || name === short.toUpperCase())

/** Classes of losses, each with its other names behind it. */
const LOSSES =
  'MeanSquaredError mse,MeanAbsoluteError mae,MeanAbsolutePercentageError mape,MeanSquaredLogarithmicError msle,BinaryCrossentropy bce,CategoricalCrossentropy cce,SparseCategoricalCrossentropy,Huber huber_loss,LogCosh,KLDivergence kl_divergence kld,Poisson,CosineSimilarity,BinaryFocalCrossentropy,CategoricalFocalCrossentropy,CategoricalGeneralizedCrossEntropy,Hinge,SquaredHinge,CategoricalHinge,Dice,Tversky,Circle,CTC'.split(
    ',',
  )

/** Classes of metrics that Keras finds by name. */
const METRICS =
  'Accuracy AUC BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives'.split(
    ' ',
  )

/** The class that a name stands for in any spelling. */
function classOf(name: string, classes: readonly string[]): string | undefined {
  const wanted = name.toLowerCase()
  const found = classes
    .map((names) => names.split(' '))
    .find(([className = '', ...others]) =>
      [className, snakeCase(className), ...others].some((known) => known.toLowerCase() === wanted),
    )
  return found?.[0]
}

const isKerasName = (name: string, className: string): boolean =>
  name === className || name === snakeCase(className)

const functionOf = (className: string): JsonObject => ({
  module: 'builtins',
  class_name: 'function',
  config: snakeCase(className),
  registered_name: 'function',
})

/** The one loss that Keras has and does not find by a text. */
const UNNAMED = 'CategoricalGeneralizedCrossEntropy'

/** A loss that is given by name. */
export function lossInKeras(name: string): Json {
  const className = classOf(name, LOSSES)
  if (className === undefined || isShort(name, [...SHORT, 'kld'])) return name
  if (className === UNNAMED) return functionOf(className)
  return isKerasName(name, className) ? name : snakeCase(className)
}

const ofMetric = (className: string, config: JsonObject): JsonObject => ({
  module: 'keras.metrics',
  class_name: className,
  config,
  registered_name: null,
})

/** A metric that is given by name, under which histories have it. */
export function metricInKeras(name: string): Json {
  const className = classOf(name, METRICS)
  if (isShort(name, SHORT) || (className !== undefined && isKerasName(name, className))) return name
  if (className !== undefined) return ofMetric(className, { name })
  const loss = classOf(name, LOSSES)
  return loss === undefined ? name : ofMetric('MeanMetricWrapper', { fn: functionOf(loss), name })
}

/** A metric that is given as a class, of metrics or of losses. */
export const metricOfClass = (className: string): Json =>
  METRICS.includes(className) ? ofMetric(className, {}) : metricInKeras(snakeCase(className))
