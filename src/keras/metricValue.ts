// Metrics in a text: in calls and steps of classes they count, and what they tell is what a step returns.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import { currentStep } from '../layers/own/stepTrace.ts'
import type { StepMetric } from '../models/steppedModel.ts'
import { type Arguments, NativeFunction, Unknown, type Value } from '../python/values.ts'
import type { Reader } from './reader.ts'
import { KerasObject } from './values.ts'

export class MetricValue extends KerasObject {
  readonly #metric: StepMetric

  constructor(reader: Reader, metric: StepMetric) {
    super(reader, metric)
    this.#metric = metric
  }

  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'name':
        return this.#metric.name
      case 'update_state':
        return new NativeFunction(name, (args, at) => this.#update(args, at))
      case 'result':
        return new NativeFunction(name, (_, at) => this.#result(at))
      // A fit resets its metrics itself.
      case 'reset_state':
      case 'reset_states':
        return new NativeFunction(name, () => null)
    }
    return undefined
  }

  /** In Keras the call of a metric counts, and gives its value. */
  override call(args: Arguments, at: number): Value {
    this.#update(args, at)
    return this.#result(at)
  }

  #update(args: Arguments, at: number): Value {
    const { reader } = this
    if (!reader.isInCall) return null
    const given = reader.named(args, ['y_true', 'y_pred', 'sample_weight'])
    return reader.attempt(at, () => {
      const options = reader.options([...given].map(([name, value]) => [toCamelCase(name), value]))
      if (!options) return null
      reader.act()
      const { yTrue, values = yTrue, yPred, sampleWeight = null } = options
      const weights = sampleWeight === null ? [] : [{ sampleWeight }]
      this.#metric.updateState(values, ...(yPred === undefined ? [] : [yPred]), ...weights)
      return null
    })
  }

  #result(at: number): Value {
    const { reader, label } = this
    // What was counted before, the text does not say.
    if (!reader.isInCall || !currentStep()) return new Unknown(`${label}.result()`)
    return reader.attempt(at, () => reader.wrap(this.#metric.result()))
  }
}
