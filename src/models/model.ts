// Models: a graph of layers from inputs to outputs, and what one does with it.

import { checkBoolean, checkText, describeValue, fail, SIZE_LIMIT } from '../errors.ts'
import { currentPolicy, type DtypePolicy } from '../layers/dtypePolicy.ts'
import type { Layer, SymbolicTensor } from '../layers/layer.ts'
import { autoName } from '../layers/naming.ts'
import type { Variable } from '../layers/variable.ts'
import type { History } from '../training/callbacks.ts'
import type { Optimizer } from '../training/optimizers.ts'
import { type Given, nullable } from '../util/options.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import { checkFiniteData, Tensor, toTensor } from '../util/tensor.ts'
import { type CompileOptions, readCompileOptions, readTraining } from './compileOptions.ts'
import { ModelCore } from './core.ts'
import type { Data } from './data.ts'
import type { EvaluateOptions, PredictOptions, WeightOptions } from './evaluate.ts'
import { trainModel } from './fit.ts'
import type { FitOptions } from './fitOptions.ts'
import type { ProfileOptions, ProfileReport } from './profile.ts'
import { type PlanOptions, type PlanReport, reportPlan } from './report.ts'
import type { BatchStream } from './stream.ts'
import { printSummary, type SummaryOptions } from './summarize.ts'
import { findTopology } from './topology.ts'
import { Trained } from './trained.ts'

// Of no use to a page that only trains: loaded when it is called.
const evaluation = () => import('./evaluate.ts')

/** A weight as `model.weights` lists it. */
export interface WeightInfo {
  /** As Keras writes it: `sequential/lstm/lstm_cell/kernel`. */
  readonly path: string
  readonly shape: Shape
  readonly dtype: 'float32'
  readonly trainable: boolean
}

export const modelOptions = {
  /** `sequential`, `sequential_1`, … or `functional`, … by default. */
  name: nullable(checkText),
} as const

export type ModelOptions = Given<typeof modelOptions>

/** A model; made by {@link Model}, {@link Sequential} or `loadModel`. */
export class LayersModel {
  readonly name: string
  readonly className: 'Sequential' | 'Functional'
  /** That in force when it was made: whether `compile` scales its loss. */
  readonly dtypePolicy: DtypePolicy = currentPolicy()
  protected core: ModelCore | null = null
  #compiled: CompileOptions | null = null

  constructor(className: 'Sequential' | 'Functional', name: string | undefined) {
    this.className = className
    this.name = name ?? autoName(className)
  }

  /** `Model "sequential"`: how errors name the model. */
  get where(): string {
    return `Model "${this.name}"`
  }

  /** The graph; throws where a Sequential does not know its input yet. */
  protected get built(): ModelCore {
    if (this.core === null) {
      return fail(this.where, {
        expected: 'a model with layers and a known input shape',
        got: 'one without',
        remedy: 'Give inputShape to the first layer, or start with an Input.',
      })
    }
    this.core.check()
    return this.core
  }

  protected setGraph(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): void {
    this.core?.dispose()
    this.core = new ModelCore(this.where, inputs, outputs, findTopology(this.where, inputs, outputs))
    if (this.#compiled) this.compile(this.#compiled)
  }

  get layers(): readonly Layer[] {
    return this.built.topology.layers
  }

  /** The layer of a name, or at an index. */
  getLayer(nameOrIndex: string | number): Layer {
    this.core?.check()
    const { layers } = this
    const found =
      typeof nameOrIndex === 'number'
        ? Number.isInteger(nameOrIndex) && layers.at(nameOrIndex)
        : layers.find(({ name }) => name === nameOrIndex)
    if (found) return found
    return fail(`${this.where}.getLayer`, {
      expected: `one of ${layers.map(({ name }) => name).join(', ')}`,
      got: describeValue(nameOrIndex),
    })
  }

  get inputs(): readonly SymbolicTensor[] {
    return this.built.inputs
  }

  get outputs(): readonly SymbolicTensor[] {
    return this.built.outputs
  }

  get optimizer(): Optimizer | null {
    return this.core?.optimizer ?? null
  }

  /** Makes the optimizer's state, zeros, as the first training step otherwise does. */
  buildOptimizer(): void {
    this.built.buildOptimizer()
  }

  /**
   * Zeroes the optimizer's state, its slots and its count of steps, and takes a loss scale back to where it began. After a
   * training that diverged `setWeights` alone does not help, since slots that are NaN stay so. Weights stay.
   *
   * @throws {RecurraError} if the model is not compiled.
   */
  resetOptimizer(): void {
    this.built.compiled(`${this.where}.resetOptimizer`).optimizer.reset()
  }

  /** What `compile` was given last; null before. */
  get compileOptions(): CompileOptions | null {
    return this.#compiled
  }

  /** Set by a callback, it ends the running fit after this epoch (or batch, from a hook of batches). */
  get stopTraining(): boolean {
    return this.core?.stopTraining ?? false
  }

  set stopTraining(value: boolean) {
    const stops = checkBoolean(this.where, 'stopTraining', value)
    if (this.core) this.core.stopTraining = stops
  }

  /** Names of what `evaluate` returns, in order. */
  get metricsNames(): readonly string[] {
    return this.built.metricNames
  }

  /** Whether training changes its weights. Set, it sets every layer's flag; takes effect with the next `compile`. */
  get trainable(): boolean {
    return this.#trainable
  }

  set trainable(value: boolean) {
    const checked = checkBoolean(this.where, 'trainable', value)
    this.#trainable = checked
    for (const layer of this.layers) layer.trainable = checked
  }
  #trainable = true

  /** What the next `compile` would train. */
  get #trainableVariables(): ReadonlySet<Variable> {
    return new Set(this.#trainable ? this.layers.flatMap((layer) => layer.trainableVariables) : [])
  }

  /**
   * Configures training: optimizer, loss, metrics, and which layers are trained, by their flags. Weights stay. The optimizer
   * starts anew unless it is the same object, which keeps its state for each weight, frozen in between or not.
   *
   * @throws {RecurraError} for unknown names, or a loss that does not fit the model's outputs.
   */
  compile(options: CompileOptions): void {
    const where = `${this.where}.compile`
    const optimizer = readCompileOptions(options, this.dtypePolicy, where)
    if (this.core) {
      this.core.check()
      const training = readTraining(this.core, options, where)
      const trained = new Trained(this.#trainable ? this.core.topology.layers : [])
      this.core.setUp({ training, optimizer, trained })
    }
    this.#compiled = { ...options, optimizer }
  }

  /**
   * Trains for a number of epochs.
   *
   * @param x Inputs, samples in front; for several inputs a list or an object by input name. Or a stream of batches:
   * an iterable, async or not, of `[x, y]` or `[x, y, sampleWeight]`.
   * @param y Targets alike; none beside a stream.
   * @returns The history: `history.history.loss` holds a value an epoch.
   * @see keras/src/trainers/trainer.py
   */
  async fit(x: Data | BatchStream, y?: Data | null, options: FitOptions = {}): Promise<History> {
    return this.#exclusive('fit', async () => {
      this.stopTraining = false
      return trainModel(this.#ready('fit', x), x, y, options)
    })
  }

  /** The loss and metrics on a data set: a number, or a list in the order of `metricsNames`. */
  async evaluate(x: Data, y: Data, options: EvaluateOptions = {}): Promise<number | number[]> {
    return this.#inTurn(async () => {
      const { evaluate } = await evaluation()
      return evaluate(this.#ready('evaluate', x), x, y, options)
    })
  }

  /** The outputs for inputs: a tensor; for several outputs a list, `predict<Tensor[]>(x)`. */
  async predict<Output extends Tensor | Tensor[] = Tensor>(
    x: Data,
    options: PredictOptions = {},
  ): Promise<Output> {
    const outputs = await this.#inTurn(async () => {
      const { predict } = await evaluation()
      return predict(this.#ready('predict', x), x, options)
    })
    return (outputs.length === 1 ? outputs[0] : outputs) as Output
  }

  /** The outputs for one batch. */
  async predictOnBatch<Output extends Tensor | Tensor[] = Tensor>(x: Data): Promise<Output> {
    return this.predict(x, { batchSize: SIZE_LIMIT - 1, verbose: 0 })
  }

  /** One training step on one batch. Returns its loss and metrics, as Keras does since 3.15. */
  async trainOnBatch(x: Data, y: Data, options: WeightOptions = {}): Promise<number | number[]> {
    return this.#inTurn(async () => {
      const { runBatch } = await evaluation()
      return runBatch(this.#ready('trainOnBatch', x), 'train', x, y, options)
    })
  }

  /** The loss and metrics on one batch, as Keras returns them since 3.15. */
  async testOnBatch(x: Data, y: Data, options: WeightOptions = {}): Promise<number | number[]> {
    return this.#inTurn(async () => {
      const { runBatch } = await evaluation()
      return runBatch(this.#ready('testOnBatch', x), 'test', x, y, options)
    })
  }

  /** The gradients of the loss of one batch, in training mode, by weight path. Nothing is changed. */
  async gradients(x: Data, y: Data, options: WeightOptions = {}): Promise<Record<string, Tensor>> {
    return this.#inTurn(async () => {
      const { gradients } = await evaluation()
      return gradients(this.#ready('gradients', x), x, y, options)
    })
  }

  /** As Keras has it: without effect on what is returned here, since every call starts its running means anew. */
  resetMetrics(): void {
    this.built.check()
  }

  /** Zeroes the states of stateful layers. */
  resetStates(...states: readonly never[]): void {
    if (states.length > 0) {
      fail(`${this.where}.resetStates`, {
        expected: 'no states (to set them is not supported yet)',
        got: describeValue(states[0]),
        remedy: 'Call a layer with { initialState } to start from states that you give.',
      })
    }
    for (const variable of this.built.variables) {
      if (variable.kind !== 'state') continue
      variable.value = new Float32Array(variable.value.length)
      variable.home = null
    }
  }

  /** The weights in Keras's order: paths, shapes, whether they learn. */
  get weights(): readonly WeightInfo[] {
    const { weights } = this.built
    const trainable = this.#trainableVariables
    return weights.map((variable) => ({
      path: variable.path,
      shape: variable.shape,
      dtype: 'float32',
      trainable: trainable.has(variable),
    }))
  }

  get trainableWeights(): readonly WeightInfo[] {
    return this.weights.filter(({ trainable }) => trainable)
  }

  get nonTrainableWeights(): readonly WeightInfo[] {
    return this.weights.filter(({ trainable }) => !trainable)
  }

  /** The values of all weights, in the order of `weights`. */
  async getWeights(): Promise<Tensor[]> {
    const { weights } = this.built
    await pullAll(weights)
    return weights.map(({ value, shape }) => new Tensor(value.slice(), shape))
  }

  /**
   * Sets all weights, in the order of `weights`.
   *
   * @throws {RecurraError} if there are more or fewer, or one has another shape; then none is set.
   */
  setWeights(values: readonly unknown[]): void {
    const { weights } = this.built
    const where = `${this.where}.setWeights`
    if (!Array.isArray(values) || values.length !== weights.length) {
      fail(where, {
        expected: `${weights.length} arrays`,
        got: Array.isArray(values) ? `${values.length}` : describeValue(values),
      })
    }
    const read = weights.map(({ path, shape }, i) => {
      const value = toTensor(values[i], `${where}, "${path}"`)
      if (!sameShape(value.shape, shape))
        fail(`${where}, "${path}"`, { expected: showShape(shape), got: showShape(value.shape) })
      checkFiniteData(value, `${where}, "${path}"`)
      return value.data.slice()
    })
    // Slots and states that went with a lost device are those of the host from now on.
    this.#restore()
    weights.forEach((variable, i) => {
      variable.value = read[i] as Float32Array
      variable.home = null
    })
  }

  /**
   * After a device was lost: goes on from the weights, states and optimizer state that were read back last. Until then calls
   * fail where newer ones were lost; what a finished call leaves on a device is read back in the background, so that this is
   * rare. Without effect where nothing was lost.
   *
   * @returns The training step that the weights are of, as `optimizer.iterations` then counts.
   */
  restoreWeights(): number {
    return this.#restore() ?? this.built.optimizer?.iterations ?? 0
  }

  #restore(): number | null {
    const { variables, optimizer } = this.built
    const homes = new Set([...variables, ...(optimizer?.variables ?? [])].flatMap(({ home }) => home ?? []))
    const steps = [...homes].flatMap((home) => home.restore() ?? [])
    return steps.length > 0 ? Math.min(...steps) : null
  }

  /** The number of weights' values. */
  countParams(): number {
    return this.built.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  }

  /** Prints Keras 3's table; `printFn` takes the text, the console by default. */
  summary(options: SummaryOptions = {}): void {
    printSummary(this.built, this, this.#trainableVariables, options)
  }

  /** What one step costs before it runs: launches, memory by purpose, FLOPs, and the kernels in order. */
  plan(options: PlanOptions = {}): PlanReport {
    return reportPlan(this.built, options)
  }

  /**
   * Where the time of a step goes, by operation: of a training step on the batch `[x, y]`, or of a prediction on `x` alone.
   * Weights and states stay as they are. `String(report)` is a table.
   *
   * @param options `repeats` (10), of which the median time is taken.
   */
  async profile(x: Data, y?: Data | null, options: ProfileOptions = {}): Promise<ProfileReport> {
    return this.#inTurn(async () => {
      const { profileModel } = await import('./profile.ts')
      return profileModel(this.#ready('profile', x), x, y, options)
    })
  }

  /** Frees the model's memory on the device. Using the model afterwards is an error. */
  dispose(): void {
    this.core?.dispose()
  }

  #turn: Promise<unknown> = Promise.resolve()
  #fitting = false

  /** Calls of one model wait for each other; fit alone lets others in, from its callbacks. */
  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(call).finally(() => {
      // A fit does it at its end.
      if (!this.#fitting) this.core?.keep()
    })
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #exclusive<T>(name: string, call: () => Promise<T>): Promise<T> {
    if (this.#fitting) {
      fail(`${this.where}.${name}`, {
        expected: 'no other fit',
        got: 'one that runs',
        remedy: 'Await the first fit before the next.',
      })
    }
    this.#fitting = true
    try {
      return await call()
    } finally {
      this.#fitting = false
      this.core?.keep()
    }
  }

  /** Hook of Sequential: builds from the first data it sees. */
  protected buildFrom(_x: unknown, _where: string): void {}

  #ready(name: string, x: unknown): ModelCore {
    this.buildFrom(x, `${this.where}.${name}`)
    return this.built
  }
}

/** Reads the newest values of variables to the host. */
export async function pullAll(variables: readonly Variable[]): Promise<void> {
  const homes = new Set(variables.flatMap(({ home }) => home ?? []))
  for (const home of homes) await home.pull()
}
