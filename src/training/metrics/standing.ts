// Metrics as users have them: named in compile, or used alone.

import { tracedStep } from '../../layers/own/stepTrace.ts'
import { isTracing } from '../../layers/own/tracing.ts'
import { Unproxied } from '../../util/unproxied.ts'
import type { Metric, MetricValue } from '../metric.ts'
import type { MetricAlone } from './alone.ts'
import { updateInStep } from './updateInStep.ts'

/** What a metric is judged by when it is used alone. */
export interface UpdateOptions {
  /** A weight for each sample, or for each time step of each; `null` by default: all count alike. */
  readonly sampleWeight?: unknown
}

/** A metric that users have in their hands. */
export interface MadeMetric extends Metric {
  /**
   * Alone, without a model: counts targets and predictions, [batch, …], on the backend in use. `Mean` and `Sum` take values alone.
   *
   * @returns Resolves when they have been counted.
   * @throws {RecurraError} for shapes that do not belong together.
   */
  updateState(yTrue: unknown, yPred?: unknown, options?: UpdateOptions): Promise<void>
  /** Alone: the value of all that was counted since the start, or since `resetState`. */
  result(): Promise<MetricValue>
  /** Alone: forgets what was counted. */
  resetState(): void
  /** The options, from which `fromConfig` of the class makes an equal metric. */
  getConfig(): Readonly<Record<string, unknown>>
}

/** What metrics are alone, with a state that no model has. */
abstract class StandingMetric extends Unproxied {
  #alone: Promise<MetricAlone> | null = null

  /** The metric that users hold. */
  abstract readonly held: Metric

  updateState(...given: readonly unknown[]): Promise<void> {
    if (isTracing()) {
      updateInStep(this.held, given)
      return Promise.resolve()
    }
    const before = this.#find()
    const after = before.then((alone) => alone.update(given))
    // What comes next waits, and is not hindered by what was refused.
    this.#alone = after.then(
      () => before,
      () => before,
    )
    return after
  }

  result(): Promise<MetricValue> {
    // A step knows what stands for the value, which it returns.
    if (isTracing()) return tracedStep('result of a metric').metricResult(this.held) as Promise<MetricValue>
    return this.#find().then((alone) => alone.value())
  }

  resetState(): void {
    this.#alone = null
  }

  #find(): Promise<MetricAlone> {
    // Not loaded where metrics are those of models.
    this.#alone ??= import('./alone.ts').then(
      ({ MetricAlone: Alone }) => new Alone(this as unknown as Metric),
    )
    return this.#alone
  }
}

/** A metric of Keras. */
export class MetricOfKeras extends StandingMetric {
  declare readonly className: string
  declare readonly config: Metric['config']
  readonly held: Metric

  constructor(metric: Metric, held?: Metric) {
    super()
    Object.assign(this, metric)
    this.held = held ?? (this as unknown as Metric)
  }

  getConfig(): Readonly<Record<string, unknown>> {
    return { ...this.config }
  }
}

/**
 * The metric as users have it.
 *
 * @param held What users hold, if that is another object.
 */
export const standing = (metric: Metric, held?: Metric): MadeMetric =>
  new MetricOfKeras(metric, held) as unknown as MadeMetric
