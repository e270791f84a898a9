// Whether a metric is better when it is larger, by its class: what `mode: 'auto'` goes by.

import type { ModelCore } from '../models/core.ts'

export type Direction = 'min' | 'max'

/** Classes whose values are to be large; names that end in Accuracy or IoU are such, too. */
const LARGE = [
  'AUC',
  'ConcordanceCorrelation',
  'CosineSimilarity',
  'F1Score',
  'FBetaScore',
  'PearsonCorrelation',
  'Precision',
  'PrecisionAtRecall',
  'R2Score',
  'Recall',
  'RecallAtPrecision',
  'SensitivityAtSpecificity',
  'SpecificityAtSensitivity',
]
/** Classes whose values are to be small; names that end in Error, Crossentropy or Hinge are such, too. */
const SMALL = ['Huber', 'KLDivergence', 'LogCosh', 'Poisson', 'Tversky', 'Dice', 'Circle', 'CTC']

/** The direction of a number in the logs; null where nothing says it. */
export function directionOf(core: ModelCore, monitor: string): Direction | null {
  const name = monitor.replace(/^val_/, '')
  if (name === 'loss') return 'min'
  const measure = core.measures.all.find((each) => each.name === name)
  // What is no metric is the loss of an output.
  if (measure && !measure.metric) return 'min'
  const className = measure?.metric?.className ?? ''
  if (LARGE.includes(className) || /(Accuracy|IoU)$/.test(className)) return 'max'
  return SMALL.includes(className) || /(Error|Crossentropy|Hinge)$/.test(className) ? 'min' : null
}
