// Puts at hand every loss, metric and optimizer that is known by name: in Node, where code is not sent anywhere.

import { entriesIn } from './identifiers.ts'
import { later as laterOptimizers } from './laterOptimizers.ts'
import { lossFamily } from './lossByName.ts'
import * as fused from './losses/fused.ts'
import * as written from './losses/written.ts'
import { asMetrics, lossMetrics, metricFamily } from './metricByName.ts'
import * as metrics from './metrics/index.ts'
import * as ofLosses from './metrics/ofLosses.ts'
import { optimizerFamily } from './optimizerByName.ts'

export function loadEveryName(): void {
  for (const losses of [fused, written]) {
    lossFamily.addAll(entriesIn(losses))
    metricFamily.addAll(asMetrics(losses))
  }
  for (const own of [metrics, ofLosses]) metricFamily.addAll(entriesIn(own))
  lossMetrics.addAll(entriesIn(ofLosses))
  optimizerFamily.addAll(laterOptimizers)
}
