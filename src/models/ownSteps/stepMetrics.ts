// The metrics of a model in a step that its class says, `this.metrics`, as Keras has them.

import { fail } from '../../errors.ts'
import type { Metric } from '../../training/metric.ts'
import type { MadeMetric } from '../../training/metrics/standing.ts'
import { isOptions } from '../../util/options.ts'
import type { Measure } from '../measures.ts'
import type { StepLog, StepLogs, StepMetric } from '../steppedModel.ts'
import type { Ends } from './given.ts'
import { MetricInStep } from './stepOfClass.ts'

/** The metrics of `compile` as one, while a step is traced. */
export class CompiledMetrics implements StepMetric {
  readonly name = 'compile_metrics'
  readonly #where: string
  readonly #measures: readonly Measure[]
  readonly #update: (ends: Ends) => void
  #isUpdated = false

  /**
   * @param measures What they are told by.
   * @param update Adds an update of all to the step.
   */
  constructor(where: string, measures: readonly Measure[], update: (ends: Ends) => void) {
    this.#where = where
    this.#measures = measures
    this.#update = update
  }

  updateState(y: unknown, yPred: unknown, given: unknown = null): void {
    if (this.#isUpdated)
      fail(this.#where, {
        expected: 'one update of the metrics of compile in a step',
        got: 'a second one',
        remedy: 'Call computeMetrics once, or updateState of each of this.metrics.',
      })
    this.#isUpdated = true
    const sampleWeight = isOptions(given) && 'sampleWeight' in given ? given.sampleWeight : given
    this.#update({ y, yPred, sampleWeight })
  }

  /** Its values by name. */
  result(): StepLogs {
    const results = this.#measures.map((measure) => [measure.name, new MetricInStep(measure)])
    // It stands for numbers as `result()` of other metrics does.
    return Object.fromEntries(results) as StepLogs
  }
}

/** The mean of the loss over the batches of an epoch, while a step is traced. */
export class LossTracker implements StepMetric {
  readonly name: string
  readonly #mean: MadeMetric
  isUpdated = false

  /** @param mean What keeps it in memory. */
  constructor(mean: MadeMetric) {
    this.name = mean.name
    this.#mean = mean
  }

  updateState(loss: unknown, options?: unknown): void {
    this.isUpdated = true
    void this.#mean.updateState(loss, options)
  }

  /** Its value. */
  result(): StepLog {
    // It stands for a number as `result()` of other metrics does.
    return new MetricInStep(this.#mean) as unknown as StepLog
  }
}

/** The values of metrics by name. Those that the step does not update are left out. */
export function metricValues(metrics: readonly object[]): Record<string, unknown> {
  const found = metrics.flatMap((metric): (readonly [string, unknown])[] => {
    if (metric instanceof CompiledMetrics) return Object.entries(metric.result())
    if (metric instanceof LossTracker) return metric.isUpdated ? [[metric.name, metric.result()]] : []
    return [[(metric as Metric).name, new MetricInStep(metric, true)]]
  })
  return Object.fromEntries(found)
}

/** What a step returns, with the numbers of objects in it among the others, as Keras tells them. */
export const flattened = (logs: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(logs).flatMap(([name, value]) =>
      isOptions(value) ? Object.entries(flattened(value)) : [[name, value]],
    ),
  )
