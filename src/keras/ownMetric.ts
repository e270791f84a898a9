// Classes of a text that extend Metric: their methods run where the metric here asks for its hooks.

import {
  type Arguments,
  type Instance,
  List,
  NativeFunction,
  PythonFunction,
  placedArguments,
  type Value,
} from '../python/values.ts'
import { Metric } from '../training/metrics/metricClass.ts'
import { callFromHere } from './functions.ts'
import { MetricValue } from './metricValue.ts'
import { addWeight } from './ownAdditions.ts'
import type { Reader } from './reader.ts'
import { WrappedValue } from './values.ts'

/** Methods of a metric, and the names by which a text has them. */
const METHODS = {
  updateState: ['update_state'],
  result: ['result'],
  resetState: ['reset_state', 'reset_states'],
} as const

const NAMES = Object.values(METHODS).flat() as readonly string[]

/** An object of such a class. */
export class OwnMetricValue extends WrappedValue {
  readonly label: string
  readonly #instance: Instance
  #options: object = {}
  #made: InstanceType<typeof Metric> | null = null
  /** Whether a method runs that the metric here called: what it calls is the text's. */
  #isInHook = false

  constructor(reader: Reader, instance: Instance) {
    super(reader)
    this.label = instance.type.name
    this.#instance = instance
  }

  override plain(): InstanceType<typeof Metric> {
    this.#made ??= this.#make()
    return this.#made
  }

  #make(): InstanceType<typeof Metric> {
    const run = (hook: keyof typeof METHODS, args: readonly unknown[] = []): unknown => this.#run(hook, args)
    const isReset = this.#find('resetState') !== undefined
    const Own = class extends Metric {
      override updateState(yTrue: unknown, yPred: unknown, { sampleWeight }: { sampleWeight: unknown }) {
        run('updateState', [yTrue, yPred, sampleWeight])
      }
      override result() {
        return run('result') as ReturnType<InstanceType<typeof Metric>['result']>
      }
      // In Keras an epoch starts from zeros, whatever the initializers say.
      override resetState() {
        for (const variable of this.variables) variable.assign(0)
        if (isReset) run('resetState')
      }
    }
    // The metric is called as its class is.
    return new (Object.defineProperty(Own, 'name', { value: this.label }))(this.#options)
  }

  #find(hook: keyof typeof METHODS): PythonFunction | undefined {
    const found = METHODS[hook].map((name) => this.#instance.type.find(name))
    return found.find((method) => method instanceof PythonFunction)
  }

  /** Runs a method of the text, which may take fewer arguments. */
  #run(hook: keyof typeof METHODS, args: readonly unknown[]): unknown {
    const { reader, label } = this
    const method = this.#find(hook)
    if (!method)
      return reader.problems.throw({ at: 0, word: label, message: `has no method ${METHODS[hook][0]}` })
    const [, ...parameters] = method.syntax.parameters
    const taken = args.slice(0, parameters.some(({ star }) => star === '*') ? args.length : parameters.length)
    const outer = this.#isInHook
    this.#isInHook = true
    try {
      const given = placedArguments(taken.map((value) => reader.wrap(value)))
      return callFromHere(reader, method.bind(this.#instance), given)
    } finally {
      this.#isInHook = outer
    }
  }

  /** Called by others than the metric itself, its methods do what those of every metric do. */
  override around(name: string): Value | undefined {
    if (this.#isInHook || !NAMES.includes(name)) return undefined
    return new MetricValue(this.reader, this.plain()).attribute(name)
  }

  override call(args: Arguments, at: number): Value {
    return new MetricValue(this.reader, this.plain()).call(args, at)
  }

  override attribute(name: string): Value | undefined {
    const { reader } = this
    switch (name) {
      case '__init__':
        return new NativeFunction(name, (args) => {
          const given = [...reader.named(args, ['dtype', 'name'])]
          this.#options =
            reader.options(given.filter(([key, [value]]) => key === 'name' && value !== null)) ?? {}
          return null
        })
      case 'add_weight':
      case 'add_variable':
        return new NativeFunction(name, (args, at) => addWeight(reader, this.plain(), args, at))
      case 'name':
        return this.plain().name
      case 'dtype':
        return 'float32'
      case 'variables':
      case 'weights':
        return new List(this.plain().variables.map((variable) => reader.wrap(variable)))
      case 'reset_state':
      case 'reset_states':
        // The class's own resets what it does not.
        return new NativeFunction(name, () => null)
    }
    return undefined
  }

  override setAttribute(): boolean {
    return true
  }
}
