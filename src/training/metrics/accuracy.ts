// How often predictions are the targets.

import { equal } from '../../operations/elementwise.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { sameAsPrediction } from '../loss.ts'
import { meanOf, meanState } from '../metric.ts'
import { traced } from './traced.ts'

/** The share of predictions that are equal to the target. */
export const Accuracy: MetricConstructor<MetricOptions> = defineMetric(
  { names: ['Accuracy'], name: 'accuracy' },
  {},
  meanState,
  () => ({ targetShape: sameAsPrediction, ...meanOf(traced('Accuracy', equal)) }),
)
export type Accuracy = ReturnType<typeof Accuracy>
