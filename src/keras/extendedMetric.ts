// Classes of a text that extend a metric of Keras and say what it counts: `update_state` hands on what it makes of targets and predictions.

import { symbolicOf } from '../layers/own/numbersLayer.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import {
  type Arguments,
  type Instance,
  NativeFunction,
  PythonFunction,
  placedArguments,
  Unknown,
  type Value,
} from '../python/values.ts'
import type { Metric } from '../training/metric.ts'
import { type Counted, mappedMetric } from '../training/metrics/mappedMetric.ts'
import type { MadeMetric } from '../training/metrics/standing.ts'
import { callFromHere } from './functions.ts'
import { MetricValue } from './metricValue.ts'
import { PresetValue } from './presetValue.ts'
import type { Reader } from './reader.ts'

/** Methods whose text is not read in such a class. */
const OTHERS = ['result', 'reset_state', 'reset_states']

/** Whether a class does no more than to say what a metric of Keras counts. */
export const isExtendedMetric = ({ type }: Instance): boolean =>
  type.find('update_state') instanceof PythonFunction &&
  !OTHERS.some((name) => type.find(name) instanceof PythonFunction)

/** An object of such a class. */
export class ExtendedMetricValue extends PresetValue {
  readonly #instance: Instance
  #metric: MadeMetric | null = null
  /** What `super().update_state` was given in the call that runs; undefined where none runs. */
  #counted: Counted | null | undefined

  constructor(reader: Reader, instance: Instance, make: (args: Arguments, at: number) => Value) {
    super(reader, instance.type.name, make)
    this.#instance = instance
  }

  override plain(): MadeMetric {
    this.#metric ??= mappedMetric(this.label, super.plain() as Metric, (...given) => this.#count(given))
    return this.#metric
  }

  /** Runs the text's `update_state`. */
  #count(given: readonly (SymbolicTensor | null)[]): Counted {
    const { reader, label } = this
    const method = this.#instance.type.find('update_state') as PythonFunction
    const [, ...parameters] = method.syntax.parameters
    const taken = given.slice(0, parameters.length).map((one) => reader.wrap(one))
    this.#counted = null
    try {
      callFromHere(reader, method.bind(this.#instance), placedArguments(taken))
      return (
        this.#counted ??
        reader.problems.throw({
          at: method.syntax.at,
          word: label,
          message: 'has an update_state that does not call super().update_state',
        })
      )
    } finally {
      this.#counted = undefined
    }
  }

  /** Called by others than itself, its methods do what those of every metric do. */
  override around(name: string): Value | undefined {
    if (this.#counted !== undefined || name !== 'update_state') return undefined
    return new MetricValue(this.reader, this.plain()).attribute(name)
  }

  override call(args: Arguments, at: number): Value {
    return new MetricValue(this.reader, this.plain()).call(args, at)
  }

  override attribute(name: string, at: number): Value | undefined {
    if (name === 'update_state' && this.#counted !== undefined)
      return new NativeFunction(name, (args, place) => this.#handOn(args, place))
    if (name === 'result' || name === 'update_state')
      return new MetricValue(this.reader, this.plain()).attribute(name)
    return super.attribute(name, at)
  }

  #handOn(args: Arguments, at: number): Value {
    const { reader } = this
    const { takesValues } = super.plain() as Metric
    const given = reader.named(
      args,
      takesValues ? ['values', 'sample_weight'] : ['y_true', 'y_pred', 'sample_weight'],
    )
    return reader.attempt(at, () => {
      if (this.#counted)
        return reader.interpreter.problem(
          at,
          'is called twice: a metric counts once in a step. Join what it counts',
        )
      const tensorOf = (name: string): SymbolicTensor | null => {
        const value = reader.plain(given.get(name)?.[0] ?? null)
        return value === null ? null : symbolicOf(value, `${this.label}.update_state, ${name}`)
      }
      const values = (takesValues ? ['values'] : ['y_true', 'y_pred']).map(tensorOf)
      const known = values.filter((value) => value instanceof SymbolicTensor)
      if (known.length < values.length) return new Unknown(`${this.label}.update_state(…)`)
      this.#counted = { values: known, sampleWeight: tensorOf('sample_weight') }
      return null
    })
  }
}
