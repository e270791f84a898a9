// The metrics that are known by name and loaded when a model uses them.

import { AUC, Precision, Recall } from './confusionMetrics.ts'
import type { Entry } from './identifiers.ts'
import type { Metric } from './metric.ts'

export const laterMetrics: readonly Entry<Metric>[] = [AUC, Precision, Recall].map((make) => ({
  names: make.names,
  make,
}))
