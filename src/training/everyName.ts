// Puts at hand every loss, metric and optimizer that is known by name: in Node, where code is not sent anywhere, and for files.

import { laterMetrics } from './laterMetrics.ts'
import { metricFamily } from './metrics.ts'

export function loadEveryName(): void {
  metricFamily.addAll(laterMetrics)
}
