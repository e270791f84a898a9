// Models: a graph of layers from inputs to outputs that is trained, evaluated and asked.

import { SIZE_LIMIT } from '../errors.ts'
import type { CallOptions, LayerInput } from '../layers/callable.ts'
import { layerOptions } from '../layers/options.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { checkNames, findTopology } from '../layers/topology.ts'
import type { History } from '../training/callbacks.ts'
import type { Optimizer } from '../training/optimizer.ts'
import type { Logs } from '../training/output.ts'
import { type BatchStream, isBatchStream } from '../util/batchStream.ts'
import type { TableFor } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { testHook } from '../util/testHook.ts'
import { type CompileOptions, loadingOf, readCompileOptions, readTraining } from './compileOptions.ts'
import { ModelCore } from './core.ts'
import type { Data } from './data.ts'
import type { BatchOptions, EvaluateOptions, WeightOptions } from './evaluate.ts'
import { trainModel } from './fit.ts'
import type { FitOptions } from './fitOptions.ts'
import { firstBatch } from './later.ts'
import type { PredictOptions } from './predict.ts'
import type { ProfileOptions, ProfileReport } from './profile.ts'
import { StoredModel } from './storedModel.ts'
import { Trained } from './trained.ts'

// Loaded dynamically, because a page that only trains does not need it.
// It is kept, because asking again costs a tenth of a small prediction, and a millisecond where a loader looks at each import.
let evaluating: typeof import('./evaluate.ts') | undefined
const evaluation = async () => (evaluating ??= await import('./evaluate.ts'))
const profiling = () => import('./profile.ts')

export interface ModelOptions {
  /** The model's name; `null`, the default: `sequential`, `sequential_1`, … or `functional`, … */
  readonly name?: string | null
  /** Whether training changes the weights of its layers, `true` by default. */
  readonly trainable?: boolean
}

export const modelOptions = {
  name: layerOptions.name,
  trainable: layerOptions.trainable,
} as const satisfies TableFor<ModelOptions>

/** A model that can be called as a layer; `Output` is one symbolic tensor or a list of them. */
export type CallableModel<M extends LayersModel = LayersModel, Output = SymbolicTensor> = M &
  ((input: LayerInput, options?: CallOptions) => Output)

/** Options with which numbers come by name, and with which they come in the order of `metricsNames`. */
type ByName = { readonly returnDict: true }
type InOrder = { readonly returnDict?: false }

/** What `predict` may resolve to. */
type PredictedOutput = Tensor | readonly (Tensor | Tensor[])[] | Readonly<Record<string, Tensor | Tensor[]>>

/** A model; made by {@link Model}, {@link Sequential} or `loadModel`. */
export abstract class LayersModel extends StoredModel {
  #compiled: CompileOptions | null = null

  protected setGraph(
    inputs: readonly SymbolicTensor[],
    outputs: readonly SymbolicTensor[],
    outputNames?: readonly string[],
  ): void {
    const topology = findTopology(this.where, inputs, outputs)
    checkNames(this.where, topology.layers)
    this.core?.dispose()
    this.core = new ModelCore(this.where, { inputs, outputs, topology }, outputNames)
    this.core.model = this
    if (this.#compiled) this.compile(this.#compiled)
  }

  /** Null before compile, and before the first call if the optimizer's code is loaded then: `'nadam'`, not `Nadam()`. */
  override get optimizer(): Optimizer | null {
    return this.core?.optimizer ?? null
  }

  /** Makes the optimizer's state, zeros, as the first training step otherwise does. */
  override buildOptimizer(): void {
    this.graph.buildOptimizer()
  }

  /**
   * Zeroes the optimizer's state, its slots and its count of steps, and takes a loss scale back to where it began. After a
   * training that diverged `setWeights` alone does not help, since slots that are NaN stay so. Weights stay.
   *
   * @throws {RecurraError} if the model is not compiled.
   */
  resetOptimizer(): void {
    this.graph.compiled(`${this.where}.resetOptimizer`).optimizer.reset()
  }

  /** @internal The shapes for which a model of a class was built, as files keep them; null for others, whose configs say them. */
  get buildShape(): unknown {
    return null
  }

  /** @internal Hook: builds a model of a class for the shapes in a file. */
  buildFromFile(_shape: unknown): void {}

  /** The options of the last `compile`; null before the first. */
  override get compileOptions(): CompileOptions | null {
    return this.#compiled
  }

  /** Names of what `evaluate` returns, in order. */
  get metricsNames(): readonly string[] {
    return this.graph.measures.names
  }

  /**
   * Configures training: optimizer, loss, metrics, and which layers are trained, by their flags. Weights stay. The optimizer
   * starts anew unless it is the same object, which keeps its state for each weight, frozen in between or not.
   *
   * @throws {RecurraError} for unknown names, or a loss that does not fit the model's outputs.
   */
  compile(options: CompileOptions): void {
    const where = `${this.where}.compile`
    this.checkInUse()
    const optimizer = readCompileOptions(options, this.dtypePolicy, where)
    const loading = loadingOf(options, where)
    const compiled = { ...options, ...(optimizer && { optimizer }) }
    const { core } = this
    if (core) {
      // Flags are read now, also where losses and metrics are read once they are loaded.
      const trained = new Trained(this.trainable ? core.topology.layers : [])
      const setUp = (): void => this.#setUp(core, compiled, trained)
      if (loading === null) setUp()
      else core.setUpLater({ optimizer, trained }, loading, setUp)
    }
    // An optimizer is read anew once its code is there, and then stands in the options in the place of its name.
    if (core === null || loading !== null) this.#compiled = compiled
  }

  /** Sets the training up; what the options name is at hand. */
  #setUp(core: ModelCore, options: CompileOptions, trained: Trained): void {
    const where = `${this.where}.compile`
    const optimizer = readCompileOptions(options, this.dtypePolicy, where)
    const training = readTraining(core, options, where)
    core.setUp({ training, optimizer, trained })
    // Only now: options that are refused leave the former ones in force.
    this.#compiled = { ...options, ...(optimizer && { optimizer }) }
  }

  /**
   * Trains for a number of epochs.
   *
   * @param x Inputs, samples in front; for several inputs a list or an object by input name. For an input whose time is open,
   * `[null, features]`, also a list of sequences of different lengths: each batch has up to `batchSize` of one length, and a step is
   * compiled for each length, of which those of about 16 stay. Or a stream of batches, which may differ in length too: an iterable,
   * async or not, of `[x, y]` or `[x, y, sampleWeight]`, such as a `Dataset` of `recurra/data`, or a function that returns one. The
   * next batch is asked for while the device works on the one before.
   * @param y Targets alike; none beside a stream.
   * @returns The history: `history.history.loss` holds a value an epoch.
   * @see keras/src/trainers/trainer.py
   */
  async fit(x: Data | BatchStream, y?: Data | null, options: FitOptions = {}): Promise<History> {
    const fit = this.turns.fit(`${this.where}.fit`, async () => {
      this.stopTraining = false
      return trainModel(await this.#ready('fit', x, options?.signal), x, y, options)
    })
    testHook()?.onFit?.(fit)
    return fit
  }

  /**
   * The loss and metrics on a data set: a number, or a list in the order of `metricsNames`; an object by name with `returnDict: true`.
   *
   * @param x As `fit` takes it: arrays, lists of sequences of different lengths, or a stream of batches.
   * @param y Targets alike; none beside a stream.
   */
  async evaluate(
    x: Data | BatchStream,
    y: Data | null | undefined,
    options: EvaluateOptions & ByName,
  ): Promise<Logs>
  async evaluate(
    x: Data | BatchStream,
    y?: Data | null,
    options?: EvaluateOptions & InOrder,
  ): Promise<number | number[]>
  async evaluate(
    x: Data | BatchStream,
    y?: Data | null,
    options?: EvaluateOptions,
  ): Promise<number | number[] | Logs>
  async evaluate(
    x: Data | BatchStream,
    y?: Data | null,
    options: EvaluateOptions = {},
  ): Promise<number | number[] | Logs> {
    return this.#asks(
      'evaluate',
      x,
      evaluation,
      ({ evaluate }, core) => evaluate(core, x, y, options),
      options?.signal,
    )
  }

  /**
   * The outputs for inputs: a tensor; for several outputs a list, `predict<Tensor[]>(x)`, or an object as the class's `call` returns it.
   *
   * @param x As `fit` takes it. For lists of samples of different shapes and for streams, an output that leaves an extent open is a list
   * of one tensor a sample, in the order of the samples: `predict<Tensor[]>(sequences)`. A stream gives `[x]`, `[x, y]`,
   * `[x, y, sampleWeight]`, or a tensor.
   */
  async predict<Output extends PredictedOutput = Tensor>(
    x: Data | BatchStream,
    options: PredictOptions = {},
  ): Promise<Output> {
    const outputs = await this.#asks(
      'predict',
      x,
      evaluation,
      ({ predict }, core) => predict(core, x, options),
      options?.signal,
    )
    return this.arranged(outputs) as Output
  }

  /** The outputs for one batch. */
  async predictOnBatch<Output extends PredictedOutput = Tensor>(x: Data): Promise<Output> {
    return this.predict(x, { batchSize: SIZE_LIMIT - 1, verbose: 0 })
  }

  /** One training step on one batch. Returns its loss and metrics, as Keras does since 3.15, and as `evaluate` does. */
  async trainOnBatch(x: Data, y: Data | null | undefined, options: BatchOptions & ByName): Promise<Logs>
  async trainOnBatch(x: Data, y?: Data | null, options?: BatchOptions & InOrder): Promise<number | number[]>
  async trainOnBatch(x: Data, y?: Data | null, options?: BatchOptions): Promise<number | number[] | Logs>
  async trainOnBatch(
    x: Data,
    y?: Data | null,
    options: BatchOptions = {},
  ): Promise<number | number[] | Logs> {
    return this.#asks('trainOnBatch', x, evaluation, ({ runBatch }, core) =>
      runBatch(core, 'train', x, y, options),
    )
  }

  /** The loss and metrics on one batch, as Keras returns them since 3.15, and as `evaluate` does. */
  async testOnBatch(x: Data, y: Data | null | undefined, options: BatchOptions & ByName): Promise<Logs>
  async testOnBatch(x: Data, y?: Data | null, options?: BatchOptions & InOrder): Promise<number | number[]>
  async testOnBatch(x: Data, y?: Data | null, options?: BatchOptions): Promise<number | number[] | Logs>
  async testOnBatch(x: Data, y?: Data | null, options: BatchOptions = {}): Promise<number | number[] | Logs> {
    return this.#asks('testOnBatch', x, evaluation, ({ runBatch }, core) =>
      runBatch(core, 'test', x, y, options),
    )
  }

  /** The gradients of the loss of one batch, in training mode, by weight path. Nothing is changed. */
  async gradients(x: Data, y: Data, options: WeightOptions = {}): Promise<Record<string, Tensor>> {
    return this.#asks('gradients', x, evaluation, ({ gradients }, core) => gradients(core, x, y, options))
  }

  /** As Keras has it: without effect on what is returned here, since every call starts its running means anew. */
  resetMetrics(): void {
    this.graph.check()
  }

  /**
   * Where the time of a step goes, by operation: of a training step on the batch `[x, y]`, or of a prediction on `x` alone.
   * Weights and states stay as they are. `String(report)` is a table.
   *
   * @param options `repeats` (10), of which the median time is taken.
   */
  async profile(x: Data, y?: Data | null, options: ProfileOptions = {}): Promise<ProfileReport> {
    return this.#asks('profile', x, profiling, ({ profileModel }, core) => profileModel(core, x, y, options))
  }

  /** Hook of Sequential: builds from the first data it sees. */
  protected buildFrom(_x: unknown, _where: string): void {}

  /** What a method gives whose code is loaded when it is called first; one call runs after the other. */
  #asks<Code, Result>(
    name: string,
    x: unknown,
    load: () => Promise<Code>,
    call: (code: Code, core: ModelCore) => Promise<Result>,
    signal?: AbortSignal | null,
  ): Promise<Result> {
    return this.turns.inTurn(async () => call(await load(), await this.#ready(name, x, signal)))
  }

  /** The model, built from data if they are the first. */
  async #ready(name: string, x: unknown, signal?: AbortSignal | null): Promise<ModelCore> {
    const where = `${this.where}.${name}`
    this.checkInUse()
    const isFirst = this.core === null && isBatchStream(x)
    const signals = [signal, this.disposal.signal]
    this.buildFrom(isFirst ? await (await firstBatch()).firstInputs(x, where, signals) : x, where)
    await this.graph.load()
    return this.graph
  }
}
