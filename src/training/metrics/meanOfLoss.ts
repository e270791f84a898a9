// Losses as metrics.

import type { Loss } from '../loss.ts'
import { type Metric, meanOf, meanState, metricOf } from '../metric.ts'

/** The mean of a loss over all samples; as in Keras every loss is a metric, too. */
export const meanOfLoss = ({ className, name, config, targetShape, lower }: Loss): Metric =>
  metricOf({ className, name, config }, meanState, { targetShape, ...meanOf(lower) })
