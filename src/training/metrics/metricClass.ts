// `Metric`, as users know it: the class of metrics of one's own, which are written in `ops`.

import { describeValue, fail, impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { classNameOf } from '../../layers/classNames.ts'
import { lowerGraph } from '../../layers/layerGraph.ts'
import { namesIn } from '../../layers/own/arrangement.ts'
import { trace } from '../../layers/own/trace.ts'
import { type Results, resultsOf } from '../../layers/own/tracedCall.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { newest } from '../../operations/assignable.ts'
import { withEqualRanks } from '../../operations/tracedLoss.ts'
import { assign } from '../../ops/gather.ts'
import { restart } from '../../ops/restart.ts'
import { baseClass } from '../../util/baseClass.ts'
import { readOptions } from '../../util/options.ts'
import type { Shape } from '../../util/shape.ts'
import type { NestedArray } from '../../util/tensor.ts'
import { Unproxied } from '../../util/unproxied.ts'
import { type MetricOptions, metricTable } from '../defineMetric.ts'
import type { Metric as AnyMetric, MetricInputs, MetricValue } from '../metric.ts'
import { floats, type MetricState, type StateNumbers, type StateValues } from '../metricState.ts'
import {
  type AddVariableOptions,
  type Hook,
  type MetricResult,
  MetricVariable,
  type UpdateInputs,
} from './metricVariable.ts'
import { type MadeMetric, standing } from './standing.ts'

/** Any metric: of Keras or of the user's own. */
export type Metric = AnyMetric

/** The names of results in the state: no variable has such a name. */
const resultName = (index: number): string => `result ${index}`

/** The class behind {@link Metric}. */
class OwnMetric extends Unproxied implements AnyMetric {
  readonly name: string
  readonly #variables: MetricVariable[] = []
  /** The hook that runs; null outside hooks. */
  #hook: Hook | null = null

  /** @param options The name, by default the class's in snake case, where there are several with a number. */
  constructor(options: MetricOptions = {}) {
    super()
    const { className } = this
    this.name = readOptions(className, metricTable(className), options).name
    const own = {
      className,
      name: this.name,
      config: {},
      needsUpdate: true,
      state: (): MetricState => this.state(),
      lower: this.lower.bind(this),
      compute: (numbers: StateNumbers): MetricValue => this.compute(numbers),
      targetShape: (): 'any' => 'any',
    }
    const alone = standing(own, this)
    // What the class says of a hook is for tensors; called with data, a metric is alone.
    for (const name of ['updateState', 'result', 'resetState'] as const) {
      const value = (...args: readonly unknown[]): unknown => {
        const called: unknown = this.#hook ? Object.getPrototypeOf(this)[name] : alone[name]
        return Reflect.apply(called as () => unknown, this.#hook ? this : alone, args)
      }
      Object.defineProperty(this, name, { value, configurable: true })
    }
  }

  /** Makes a metric with the types of its use alone: `MyMetric.of({ name: 'mine' })`. */
  static of<Args extends readonly unknown[], Made>(
    this: new (
      ...args: Args
    ) => Made,
    ...args: Args
  ): MadeMetric & Made {
    return new this(...args) as MadeMetric & Made
  }

  /** The name that the class is registered by, or its own. */
  get className(): string {
    return classNameOf(this.constructor as new () => object)
  }

  /** The variables, in the order in which they were added. */
  get variables(): readonly MetricVariable[] {
    return this.#variables
  }

  /**
   * Adds a variable: a tensor of the state, in the constructor.
   *
   * @throws {RecurraError} if a hook adds it or the name is taken.
   */
  addVariable(options: AddVariableOptions = {}): MetricVariable {
    const where = this.className
    const isTaken = (name: string): boolean => this.#variables.some((other) => other.name === name)
    if (this.#hook)
      fail(`${where}.addVariable`, { expected: 'to be called in the constructor', got: 'a call in a hook' })
    const names = ['variable', ...this.#variables.map((_, i) => `variable_${i + 1}`)]
    const free = names.find((name) => !isTaken(name)) ?? 'variable'
    const variable = new MetricVariable(where, options, free, () => this.#hook)
    if (isTaken(variable.name))
      fail(`${where}.addVariable`, {
        expected: 'variables of different names',
        got: `two named "${variable.name}"`,
      })
    this.#variables.push(variable)
    return variable
  }

  /** Adds a variable, by Keras's other name. */
  addWeight(options: AddVariableOptions = {}): MetricVariable {
    return this.addVariable(options)
  }

  /**
   * Hook: what a step adds to the variables, by `assign` and its kin. Targets and predictions have the batch in front; of ranks that
   * differ by an axis of 1 at the end, it gets equal ones.
   */
  updateState(_yTrue: SymbolicTensor, _yPred: SymbolicTensor, _options: UpdateInputs): void {
    fail(this.className, {
      expected: 'a method updateState',
      got: 'none',
      remedy: 'Write updateState(yTrue, yPred) { this.total.assignAdd(…) }, say.',
    })
  }

  /** Hook: the metric, of its variables, in `ops`: a tensor, or an object of them, which histories have by these names. */
  result(): MetricResult {
    return fail(this.className, {
      expected: 'a method result',
      got: 'none',
      remedy: 'Write result() { return ops.divide(this.total, this.count) }, say.',
    })
  }

  /** Hook: assigns to every variable the numbers that an epoch starts from; by default those of the initializers. */
  resetState(): void {
    if (this.#hook && 'firsts' in this.#hook)
      for (const variable of this.#variables) this.#hook.firsts.set(variable, variable.first)
  }

  /** Hook: the options by which files have the metric; a class with options of its own adds these. */
  getConfig(): Record<string, unknown> {
    return { name: this.name }
  }

  /** Makes a metric of what `getConfig` returned; by default `new Class(config)`. */
  static fromConfig(config: Readonly<Record<string, unknown>>): OwnMetric {
    return new this(config)
  }

  /** What `getConfig` returns. */
  get config(): Readonly<Record<string, unknown>> {
    return this.getConfig()
  }

  /** @internal Only `updateState` can say which targets it takes. */
  targetShape(): 'any' {
    return 'any'
  }

  /** @internal */
  get keys(): readonly string[] | undefined {
    return keysOf(this.#traceResult())
  }

  /** @internal */
  state(): MetricState {
    const tensors = this.#variables.map(({ name, shape }) => [name, floats(shape)])
    const results = this.#traceResult().results.map(({ shape }, i) => [resultName(i), floats(shape as Shape)])
    return Object.fromEntries([...tensors, ...results])
  }

  /** @internal */
  lower(graph: Graph, inputs: MetricInputs, state: StateValues, step: StepLowering): void {
    const firsts = this.#firsts()
    const before = this.#variables.map((variable) => {
      const start = graph.constant(firsts.get(variable) ?? variable.first, variable.shape)
      return restart(graph, { state: stateOf(state, variable.name), start }, {}).y
    })
    const given = [...withEqualRanks(graph, inputs), ...(inputs.weights ? [inputs.weights] : []), ...before]
    const where = `${this.className}.updateState`
    let changed: readonly MetricVariable[] = []
    const traced = trace(
      { where },
      given.map(({ shape }) => ({ shape })),
      (tensors) => {
        const [yTrue, yPred, ...others] = tensors as [SymbolicTensor, SymbolicTensor, ...SymbolicTensor[]]
        const sampleWeight = (inputs.weights && others.shift()) ?? null
        const old = new Map(this.#variables.map((variable, i) => [variable, others[i] as SymbolicTensor]))
        const values = new Map(old)
        const { results } = this.#during({ values }, () => {
          this.updateState(yTrue, yPred, { sampleWeight })
          return this.#results()
        })
        changed = this.#variables.filter((variable) => values.get(variable) !== old.get(variable))
        return [...changed.map((variable) => values.get(variable) as SymbolicTensor), ...results]
      },
    )
    const outputs = lowerGraph(
      traced,
      step,
      given.map((value) => ({ value, mask: null })),
      true,
    )
    // A variable that no step changes is read by none.
    outputs.forEach(({ value: x }, i) => {
      const name = changed[i]?.name ?? resultName(i - changed.length)
      assign(graph, { x, destination: stateOf(state, name) }, {})
    })
  }

  /** @internal */
  compute(state: StateNumbers): MetricValue {
    const traced = this.#traceResult()
    const values = traced.results.map((_, i) => state[resultName(i)] as NestedArray)
    const keys = keysOf(traced)
    return keys ? Object.fromEntries(keys.map((key, i) => [key, values[i] as NestedArray])) : (values[0] ?? 0)
  }

  /** The numbers that an epoch starts from. */
  #firsts(): ReadonlyMap<MetricVariable, Float32Array> {
    const firsts = new Map<MetricVariable, Float32Array>()
    this.#during({ firsts }, () => this.resetState())
    const missing = this.#variables.find((variable) => !firsts.has(variable))
    if (missing)
      fail(`${this.className}.resetState`, {
        expected: 'to assign numbers to every variable',
        got: `none for "${missing.name}"`,
        remedy: 'Call super.resetState() first.',
      })
    return firsts
  }

  /** What `result` returns, of the variables alone. */
  #traceResult(): Results {
    let found: Results | null = null
    trace({ where: `${this.className}.result` }, this.#variables, (tensors) => {
      const values = new Map(this.#variables.map((variable, i) => [variable, tensors[i] as SymbolicTensor]))
      found = this.#during({ values }, () => this.#results())
      return found.results
    })
    return found as unknown as Results
  }

  #results(): Results {
    const where = `${this.className}.result`
    const returned = newest(this.result())
    if (Array.isArray(returned) || returned === undefined)
      fail(where, {
        expected: 'to return a tensor that ops made of the variables, or an object of several by name',
        got: describeValue(returned),
      })
    return resultsOf(returned, where)
  }

  #during<T>(hook: Hook, run: () => T): T {
    const outer = this.#hook
    this.#hook = hook
    try {
      return run()
    } finally {
      this.#hook = outer
    }
  }
}

/**
 * The base class of metrics of one's own, which are written in `ops`. `updateState` says what each step adds to the variables, `result`
 * what the metric is. Both are traced once for each plan and run on the device; epochs start from the variables' first values.
 *
 * ```ts
 * class MeanError extends Metric {
 *   total = this.addVariable({ name: 'total' })
 *   count = this.addVariable({ name: 'count' })
 *   override updateState(yTrue: SymbolicTensor, yPred: SymbolicTensor) {
 *     this.total.assignAdd(ops.sum(ops.abs(ops.subtract(yTrue, yPred))))
 *     this.count.assignAdd(ops.sum(ops.onesLike(yPred)))
 *   }
 *   override result() { return ops.divide(this.total, this.count) }
 * }
 * model.compile({ loss: 'mse', optimizer: 'adam', metrics: [new MeanError()] })
 * ```
 *
 * Alone the methods take data as those of every metric do: `await metric.updateState(yTrue, yPred)`, `await metric.result()`, for which
 * `MeanError.of()` has the types.
 *
 * @see keras/src/metrics/metric.py
 */
export const Metric: typeof OwnMetric = /* @__PURE__ */ baseClass('Metric', OwnMetric)

const keysOf = ({ arrangement }: Results): readonly string[] | undefined => namesIn(arrangement) ?? undefined

const stateOf = (state: StateValues, name: string): Value => state[name] ?? impossible(`no state "${name}"`)
