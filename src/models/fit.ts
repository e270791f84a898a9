// model.fit: data, validation, callbacks, progress and history around a training loop.

import { type Callback, History } from '../training/callbacks.ts'
import type { Optimizer } from '../training/optimizers.ts'
import type { Logs } from '../training/output.ts'
import type { ProgressLogger } from '../training/progress.ts'
import { nextSeed } from '../util/seed.ts'
import type { ModelCore } from './core.ts'
import { readSamples } from './data.ts'
import type { DatasetBuffers } from './dataset.ts'
import { type FitOptions, type FitSettings, readBatchSize, readFitOptions } from './fitOptions.ts'
import { runTraining, type TrainingHooks } from './loops.ts'
import type { Store } from './store.ts'
import type { BatchStream } from './stream.ts'
import type { Validation } from './validation.ts'

/** Trains a model on arrays, or on a stream of batches. */
export async function trainModel(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: FitOptions,
): Promise<History> {
  const where = `${core.where}.fit`
  const { optimizer } = core.compiled(where)
  const settings = readFitOptions(options, where)
  const stream = isBatchStream(x) ? x : null
  const { sampleWeight, classWeight } = options
  const samples = stream ? null : readSamples(core, { x, y, sampleWeight, classWeight }, where)
  const isValidated = options.validationData !== undefined || settings.validationSplit > 0
  const validating = isValidated ? await import('./validation.ts') : null
  const data = validating?.splitValidation(core, samples, options, where) ?? {
    training: samples,
    validation: null,
  }
  const rows = data.training?.rows ?? 0
  const batchSize = readBatchSize(core, where, options.batchSize, rows)
  const validationBatchSize = options.validationBatchSize ?? batchSize
  if (data.validation) readBatchSize(core, where, validationBatchSize, data.validation.rows)
  const steps = data.training ? Math.ceil(rows / batchSize) : settings.stepsPerEpoch
  const { epochs, verbose } = settings
  const printing = verbose === 0 ? null : await import('../training/progress.ts')
  const logger = printing && new printing.ProgressLogger({ verbose, epochs, steps })

  const store = await core.prepare()
  const validation =
    validating && data.validation
      ? new validating.Validation(core, store, data.validation, validationBatchSize)
      : null
  const session = new FitSession(core, store, optimizer, settings, steps, validation, logger)
  await session.begin()
  if (stream) {
    const { runStream } = await import('./stream.ts')
    await runStream(core, store, stream, y, session, where)
  } else if (data.training) {
    const buffers = core.runner.buffers(store, 'fit')
    buffers.upload(data.training)
    const { weights } = data.training
    const seed = settings.shuffle ? nextSeed() : null
    const request = { kind: 'train', rows, batchSize, weights, changes: core.changesInTraining } as const
    await runTraining(core.runner, store, buffers, request, seed, session)
  }
  return session.end()
}

/** Whether data are a stream of batches, and not arrays. */
function isBatchStream(data: unknown): data is BatchStream {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || ArrayBuffer.isView(data))
    return false
  return Symbol.asyncIterator in data || Symbol.iterator in data
}

/** One call of fit: tells callbacks, prints progress, keeps the history. */
class FitSession implements TrainingHooks {
  readonly epochs: number
  readonly initialEpoch: number
  readonly stepsPerEpoch: number | null
  readonly optimizer: Optimizer
  readonly horizon: TrainingHooks['horizon']
  readonly history: History
  readonly #core: ModelCore
  readonly #store: Store
  readonly #buffers: DatasetBuffers
  readonly #settings: FitSettings
  readonly #validation: Validation | null
  /** Null where nothing is printed. */
  readonly #logger: ProgressLogger | null
  readonly #hasBatchHooks: boolean
  /** Whether somebody needs an epoch's numbers before the next epoch. */
  readonly #waits: boolean
  #logs: Logs = {}
  /** Numbers of epochs that are still on their way to the history. */
  #recorded: Promise<unknown> = Promise.resolve()
  #shown: Promise<void> | null = null
  #isBarStarted = false

  constructor(
    core: ModelCore,
    store: Store,
    optimizer: Optimizer,
    settings: FitSettings,
    steps: number | null,
    validation: Validation | null,
    logger: ProgressLogger | null,
  ) {
    const { epochs, verbose, callbacks } = settings
    this.epochs = epochs
    this.initialEpoch = settings.initialEpoch
    this.stepsPerEpoch = settings.stepsPerEpoch
    this.optimizer = optimizer
    this.history = new History({ verbose, epochs, steps })
    this.#core = core
    this.#store = store
    this.#buffers = core.runner.buffers(store, 'fit')
    this.#settings = settings
    this.#validation = validation
    this.#logger = logger
    this.#hasBatchHooks = callbacks.some(
      (c) => c.onTrainBatchBegin || c.onTrainBatchEnd || c.onBatchBegin || c.onBatchEnd,
    )
    const hasEpochHooks = callbacks.some((c) => c.onEpochBegin || c.onEpochEnd)
    this.#waits = verbose !== 0 || validation !== null || hasEpochHooks || this.#hasBatchHooks
    this.horizon = this.#hasBatchHooks ? 'step' : hasEpochHooks || validation ? 'epoch' : 'open'
  }

  async begin(): Promise<void> {
    await this.#tell((c) => c.onTrainBegin?.({}))
  }

  async onEpochBegin(epoch: number): Promise<void> {
    this.#logger?.begin(epoch)
    this.#isBarStarted = false
    await this.#tell((c) => c.onEpochBegin?.(epoch, {}))
  }

  async onStepBegin(step: number): Promise<void> {
    if (!this.#hasBatchHooks) return
    await this.#tell((c) => c.onTrainBatchBegin?.(step, {}))
    await this.#tell((c) => c.onBatchBegin?.(step, {}))
  }

  async onStepEnd(step: number): Promise<boolean> {
    if (!this.#hasBatchHooks) {
      this.#show(step)
      return false
    }
    const logs = this.#core.logsOf(await this.#readTotals())
    this.#logger?.step(step + 1, logs)
    await this.#tell((c) => c.onTrainBatchEnd?.(step, logs))
    await this.#tell((c) => c.onBatchEnd?.(step, logs))
    return this.#core.stopTraining
  }

  async onEpochEnd(epoch: number): Promise<boolean> {
    const totals = this.#readTotals()
    if (!this.#waits) {
      this.#recorded = Promise.all([this.#recorded, totals]).then(([, read]) =>
        this.#record(epoch, this.#core.logsOf(read)),
      )
      // A failure is thrown when fit ends; until then it is nobody's.
      this.#recorded.catch(() => undefined)
      return this.#core.stopTraining
    }
    let logs = this.#core.logsOf(await totals)
    if (this.#validation && (epoch + 1) % this.#settings.validationFreq === 0) {
      await this.#tell((c) => c.onTestBegin?.({}))
      const measured = await this.#validation.run()
      await this.#tell((c) => c.onTestEnd?.(measured))
      logs = {
        ...logs,
        ...Object.fromEntries(Object.entries(measured).map(([name, value]) => [`val_${name}`, value])),
      }
    }
    await this.#shown
    this.#logger?.end(logs)
    this.#record(epoch, logs)
    await this.#tell((c) => c.onEpochEnd?.(epoch, logs))
    return this.#core.stopTraining
  }

  async end(): Promise<History> {
    await this.#recorded
    this.#store.backend.check()
    await this.#tell((c) => c.onTrainEnd?.(this.#logs))
    return this.history
  }

  /** Running means so far; a callback may have taken the model away. */
  async #readTotals(): Promise<Float32Array> {
    this.#core.runner.check(this.#store)
    return this.#buffers.readTotals()
  }

  #record(epoch: number, logs: Logs): void {
    this.#logs = logs
    this.history.record(epoch, logs)
  }

  /** The bar's loss is read back now and then, and never waited for. */
  #show(step: number): void {
    // The bar's clock starts when the first steps are handed over.
    if (!this.#isBarStarted) this.#logger?.step(step + 1)
    this.#isBarStarted = true
    if (this.#settings.verbose !== 1 || this.#shown !== null) return
    this.#shown = this.#readTotals().then(
      (totals) => {
        this.#logger?.step(step + 1, this.#core.logsOf(totals))
        this.#shown = null
      },
      () => undefined,
    )
  }

  async #tell(call: (callback: Callback) => unknown): Promise<void> {
    for (const callback of this.#settings.callbacks) await call(callback)
  }
}
