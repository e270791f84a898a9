// Metrics by Keras's names: one value a row, its running mean kept on the device.

import { checkFinite, checkText } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { type AccuracyKind, accuracy } from '../ops/accuracy.ts'
import { elementwiseLoss, elementwiseLossCodes } from '../ops/losses.ts'
import { option, readOptions } from '../util/options.ts'
import type { Shape } from '../util/shape.ts'
import { Family, type Identified, isMade } from './identifiers.ts'
import { classIndices, getLoss, type Loss, sameAsPrediction } from './losses.ts'

export interface MetricInputs {
  readonly predictions: Value
  readonly targets: Value
}

export interface Metric extends Identified {
  /** The history's key. */
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** The shape that targets must have for predictions of a shape, the batch left out. */
  targetShape(prediction: Shape): Shape
  /** Adds the metric; returns one value a row. */
  lower(graph: Graph, inputs: MetricInputs): Value
}

/** A metric that is settled once shapes are known: 'accuracy' has three meanings. */
export type MetricIdentifier = string | Identified | Metric

const family = new Family<Metric>('a metric', {
  names: ['accuracy'],
  planned: [
    'rmse',
    'rootmeansquarederror',
    'msle',
    'mape',
    'meansquaredlogarithmicerror',
    'meanabsolutepercentageerror',
    'topkcategoricalaccuracy',
  ],
})

function defineAccuracy(className: string, name: string, kind: AccuracyKind) {
  const table = { name: option(name, checkText), threshold: option(0.5, checkFinite) }
  const make = (given: Readonly<Record<string, unknown>> = {}): Metric => {
    const config = readOptions(className, table, given)
    return {
      className,
      name: config.name,
      config,
      targetShape: kind === 'sparse' ? classIndices : sameAsPrediction,
      lower: (graph, inputs) => accuracy(graph, inputs, { kind, threshold: config.threshold }).hits,
    }
  }
  family.add(className, make, name)
  return make
}

/** The share of entries on the right side of `threshold` (0.5). */
export const BinaryAccuracy = defineAccuracy('BinaryAccuracy', 'binary_accuracy', 'binary')
/** How often the largest prediction is the largest target. */
export const CategoricalAccuracy = defineAccuracy(
  'CategoricalAccuracy',
  'categorical_accuracy',
  'categorical',
)
/** How often the largest prediction is the class that the target names. */
export const SparseCategoricalAccuracy = defineAccuracy(
  'SparseCategoricalAccuracy',
  'sparse_categorical_accuracy',
  'sparse',
)

function defineError(className: string, name: string, code: number, alias: string): void {
  const make = (given: Readonly<Record<string, unknown>>): Metric => {
    const config = readOptions(className, { name: option(name, checkText) }, given)
    return {
      className,
      name: config.name,
      config,
      targetShape: sameAsPrediction,
      lower: (graph, inputs) => elementwiseLoss(graph, inputs, { code }).losses,
    }
  }
  family.add(className, make, name, alias)
}
defineError('MeanSquaredError', 'mean_squared_error', elementwiseLossCodes.meanSquaredError, 'mse')
defineError('MeanAbsoluteError', 'mean_absolute_error', elementwiseLossCodes.meanAbsoluteError, 'mae')

for (const className of ['BinaryCrossentropy', 'CategoricalCrossentropy', 'SparseCategoricalCrossentropy']) {
  family.add(className, (config) => getLoss({ className, config }, 'metrics'))
}

/** What 'accuracy' means for predictions and targets of these shapes, the batch left out. */
function accuracyKind(prediction: Shape, target: Shape): AccuracyKind {
  if (prediction.at(-1) === 1) return 'binary'
  const isSparse = target.length < prediction.length || target.at(-1) === 1
  return isSparse ? 'sparse' : 'categorical'
}

/**
 * The metric that an identifier stands for. Its name is the string as given, as Keras has it in the history.
 *
 * @param prediction Shapes without the batch, which settle what 'accuracy' is.
 * @param loss What the output is trained by: sparse targets come with a sparse loss. Null where it is not trained.
 */
export function getMetric(
  identifier: MetricIdentifier,
  prediction: Shape,
  loss: Loss | null,
  where: string,
): Metric {
  if (isMade<Metric>(identifier)) return identifier
  if (typeof identifier !== 'string') return family.get(identifier, where)
  const name = identifier
  if (name === 'accuracy' || name === 'acc') {
    const kind = accuracyKind(prediction, loss?.targetShape(prediction) ?? prediction)
    const make = {
      binary: BinaryAccuracy,
      categorical: CategoricalAccuracy,
      sparse: SparseCategoricalAccuracy,
    }[kind]
    return make({ name })
  }
  return { ...family.get(name, where), name }
}
