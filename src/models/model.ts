// Models: a graph of layers from inputs to outputs that is trained, evaluated and asked.

import type { BackendName } from '../backends/backend.ts'
import { SIZE_LIMIT } from '../errors.ts'
import type { CallOptions, LayerFunction, NamedInputs } from '../layers/callable.ts'
import { layerOptions } from '../layers/options.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { History } from '../training/callbacks.ts'
import { isBatchStream } from '../util/batchStream.ts'
import type { TableFor } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { testHook } from '../util/testHook.ts'
import { CompiledModel } from './compiledModel.ts'
import type { ModelCore } from './core.ts'
import type { Data, PredictionStream, TrainingStream } from './data/data.ts'
import { firstBatch } from './later.ts'
import type { ProfileOptions, ProfileReport } from './profile.ts'
import type {
  BatchOptions,
  EvaluateOptions,
  StreamEvaluateOptions,
  WeightOptions,
} from './trainer/evaluate.ts'
import { trainModel } from './trainer/fit.ts'
import type { FitOptions, StreamFitOptions } from './trainer/fitOptions.ts'
import type { PredictOptions, StreamPredictOptions } from './trainer/predict.ts'
import type { Predicted, Results } from './trainer/returned.ts'

// Loaded dynamically, because a page that only trains does not need it.
// It is kept, because asking again costs a tenth of a small prediction, and a millisecond where a loader looks at each import.
let evaluating: typeof import('./trainer/evaluate.ts') | undefined
const evaluation = async () => (evaluating ??= await import('./trainer/evaluate.ts'))
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
export type CallableModel<M extends LayersModel<Predicted> = LayersModel, Output = SymbolicTensor> = M &
  LayerFunction<Output> &
  NamedCall<Output>

/** The call of a model on symbolic tensors by the names of its inputs. */
type NamedCall<Output> = (inputs: NamedInputs, options?: CallOptions) => Output

/** Options of a call, or targets, which have no signal: what is told beside a stream may be the one or the other. */
type Told = { readonly signal?: AbortSignal | null } | null | undefined

/** A model; made by {@link Model}, {@link Sequential} or `loadModel`. `Outputs` is what `predict` resolves to. */
export abstract class LayersModel<Outputs extends Predicted = Tensor> extends CompiledModel {
  /**
   * Trains for a number of epochs on a stream of batches: an iterable, async or not, of `[x, y]` or `[x, y, sampleWeight]`, such as a
   * `Dataset` of `recurra/data`, or a function that returns one. Batches may differ in length. The next one is asked for while the device
   * works on the one before.
   */
  async fit(stream: TrainingStream, options?: StreamFitOptions | null): Promise<History>
  /** Keras's place for targets may stay empty. */
  async fit(stream: TrainingStream, y: null | undefined, options?: StreamFitOptions | null): Promise<History>
  /** On arrays, for a model that needs no targets. */
  async fit(x: Data, options: FitOptions): Promise<History>
  /**
   * Trains for a number of epochs on arrays.
   *
   * @param x Inputs, samples in front; for several inputs a list or an object by input name. For an input whose time is open,
   * `[null, features]`, also a list of sequences of different lengths: each batch has up to `batchSize` of one length, and a step is
   * compiled for each length, of which those of about 16 stay.
   * @param y Targets alike; none for a model whose layers alone add to the loss.
   * @returns The history: `history.history.loss` holds a value an epoch.
   * @see keras/src/trainers/trainer.py
   */
  async fit(x: Data, y?: Data | null, options?: FitOptions | null): Promise<History>
  async fit(x: unknown, y?: unknown, options?: FitOptions | null): Promise<History> {
    const fit = this.turns.fit(`${this.where}.fit`, async () => {
      this.stopTraining = false
      const told = (options ?? y) as Told
      return trainModel(await this.#ready('fit', x, told, y), x, y, options)
    })
    testHook()?.onFit?.(fit)
    return fit
  }

  /** The loss and metrics on a stream of batches, as `fit` takes it. */
  async evaluate<Named extends boolean = false>(
    stream: TrainingStream,
    options?: StreamEvaluateOptions<Named> | null,
  ): Promise<Results<Named>>
  /** Keras's place for targets may stay empty. */
  async evaluate<Named extends boolean = false>(
    stream: TrainingStream,
    y: null | undefined,
    options?: StreamEvaluateOptions<Named> | null,
  ): Promise<Results<Named>>
  /** The loss and metrics on arrays, of a model that needs no targets. */
  async evaluate<Named extends boolean = false>(
    x: Data,
    options: EvaluateOptions<Named>,
  ): Promise<Results<Named>>
  /**
   * The loss and metrics on arrays: a number, or a list in the order of `metricsNames`; an object by name with `returnDict: true`.
   *
   * @param x As `fit` takes it: arrays, or lists of sequences of different lengths.
   * @param y Targets alike.
   */
  async evaluate<Named extends boolean = false>(
    x: Data,
    y?: Data | null,
    options?: EvaluateOptions<Named> | null,
  ): Promise<Results<Named>>
  async evaluate(x: unknown, y?: unknown, options?: EvaluateOptions | null): Promise<Results> {
    return this.#asks(
      'evaluate',
      x,
      evaluation,
      ({ evaluate }, core) => evaluate(core, x, y, options),
      (options ?? y) as Told,
    )
  }

  /**
   * The outputs for a stream of batches: `[x]`, `[x, y]`, `[x, y, sampleWeight]`, or a tensor. An output that leaves an extent open is a
   * list of one tensor a sample: `predict<Tensor[]>(stream)`.
   */
  async predict<Output extends Predicted = Outputs>(
    stream: PredictionStream,
    options?: StreamPredictOptions | null,
  ): Promise<Output>
  /**
   * The outputs for inputs: a tensor; for several outputs a list, `predict<Tensor[]>(x)` where the model's type does not say so, or an
   * object as the class's `call` returns it.
   *
   * @param x As `fit` takes it. For lists of samples of different shapes, an output that leaves an extent open is a list of one tensor a
   * sample, in the order of the samples: `predict<Tensor[]>(sequences)`.
   */
  async predict<Output extends Predicted = Outputs>(x: Data, options?: PredictOptions | null): Promise<Output>
  async predict(x: unknown, options?: PredictOptions | null): Promise<Predicted> {
    const outputs = await this.#asks(
      'predict',
      x,
      evaluation,
      ({ predict }, core) => predict(core, x, options),
      options,
    )
    return this.arranged(outputs) as Predicted
  }

  /** The outputs for one batch. */
  async predictOnBatch<Output extends Predicted = Outputs>(x: Data): Promise<Output> {
    return this.predict(x, { batchSize: SIZE_LIMIT - 1, verbose: 0 })
  }

  /** One training step on one batch. Returns its loss and metrics, as Keras does since 3.15, and as `evaluate` does. */
  async trainOnBatch<Named extends boolean = false>(
    x: Data,
    y?: Data | null,
    options?: BatchOptions<Named> | null,
  ): Promise<Results<Named>>
  async trainOnBatch(x: Data, y?: Data | null, options?: BatchOptions | null): Promise<Results> {
    return this.#asks('trainOnBatch', x, evaluation, ({ runBatch }, core) =>
      runBatch(core, 'train', x, y, options),
    )
  }

  /** The loss and metrics on one batch, as Keras returns them since 3.15, and as `evaluate` does. */
  async testOnBatch<Named extends boolean = false>(
    x: Data,
    y?: Data | null,
    options?: BatchOptions<Named> | null,
  ): Promise<Results<Named>>
  async testOnBatch(x: Data, y?: Data | null, options?: BatchOptions | null): Promise<Results> {
    return this.#asks('testOnBatch', x, evaluation, ({ runBatch }, core) =>
      runBatch(core, 'test', x, y, options),
    )
  }

  /** The gradients of the loss of one batch, in training mode, by weight path. Nothing is changed. */
  async gradients(x: Data, y?: Data | null, options: WeightOptions = {}): Promise<Record<string, Tensor>> {
    return this.#asks('gradients', x, evaluation, ({ gradients }, core) => gradients(core, x, y, options))
  }

  /**
   * Where the last call ran, or the one that runs; null before the first. Under `setBackend('auto')` a tiny model runs on the CPU, and
   * `plan().backend` tells before.
   */
  get backend(): BackendName | null {
    return this.core?.backend ?? null
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
  buildFrom(_x: unknown, _where: string): void {}

  /** What a method gives whose code is loaded when it is called first; one call runs after the other. */
  #asks<Code, Result>(
    name: string,
    x: unknown,
    load: () => Promise<Code>,
    call: (code: Code, core: ModelCore) => Promise<Result>,
    told?: Told,
  ): Promise<Result> {
    return this.turns.inTurn(async () => call(await load(), await this.#ready(name, x, told)))
  }

  /**
   * The model, built from data if they are the first.
   *
   * @param y The targets of a fit; none in other calls.
   */
  async #ready(name: string, x: unknown, told?: Told, y?: unknown): Promise<ModelCore> {
    const where = `${this.where}.${name}`
    // A component that is unmounted aborts its calls and disposes its model; which of its calls came later is chance.
    told?.signal?.throwIfAborted?.()
    this.checkInUse()
    if (this.core === null && (isBatchStream(x) || this.hasOwnSteps))
      await (await firstBatch()).buildFirst(this, name, x, y, told?.signal)
    else this.buildFrom(x, where)
    await this.graph.load()
    return this.graph
  }
}
