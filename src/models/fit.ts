// model.fit: data, validation, callbacks, progress and history around a training loop.

import { describeValue, fail } from '../errors.ts'
import { type Callback, History } from '../training/callbacks.ts'
import type { Optimizer } from '../training/optimizers.ts'
import { type Logs, ProgressLogger } from '../training/progress.ts'
import { nextSeed } from '../util/seed.ts'
import type { ModelCore } from './core.ts'
import { readSamples, type Samples, splitSamples } from './data.ts'
import type { DatasetBuffers } from './dataset.ts'
import { type FitOptions, type FitSettings, readBatchSize, readFitOptions } from './fitOptions.ts'
import { runOnce, runTraining, type TrainingHooks } from './loops.ts'
import type { Store } from './store.ts'
import { isBatchStream, runStream } from './stream.ts'

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
  const data = stream
    ? { training: null, validation: readValidation(core, options, where) }
    : readArrays(core, x, y, options, settings, where)
  const rows = data.training?.rows ?? 0
  const batchSize = readBatchSize(core, where, options.batchSize, rows)
  const validationBatchSize = options.validationBatchSize ?? batchSize
  if (data.validation) readBatchSize(core, where, validationBatchSize, data.validation.rows)

  const store = await core.prepare()
  const validation = data.validation && new Validation(core, store, data.validation, validationBatchSize)
  const steps = data.training ? Math.ceil(rows / batchSize) : settings.stepsPerEpoch
  const session = new FitSession(core, store, optimizer, settings, steps, validation)
  await session.begin()
  if (stream) {
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
  readonly #logger: ProgressLogger
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
    this.#logger = new ProgressLogger({ verbose, epochs, steps })
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
    this.#logger.begin(epoch)
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
    this.#logger.step(step + 1, logs)
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
    this.#logger.end(logs)
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
    if (!this.#isBarStarted) this.#logger.step(step + 1)
    this.#isBarStarted = true
    if (this.#settings.verbose !== 1 || this.#shown !== null) return
    this.#shown = this.#readTotals().then(
      (totals) => {
        this.#logger.step(step + 1, this.#core.logsOf(totals))
        this.#shown = null
      },
      () => undefined,
    )
  }

  async #tell(call: (callback: Callback) => unknown): Promise<void> {
    for (const callback of this.#settings.callbacks) await call(callback)
  }
}

/** Samples that an epoch ends with, resident on the device. */
class Validation {
  readonly #core: ModelCore
  readonly #store: Store
  readonly #samples: Samples
  readonly #batchSize: number

  constructor(core: ModelCore, store: Store, samples: Samples, batchSize: number) {
    this.#core = core
    this.#store = store
    this.#samples = samples
    this.#batchSize = batchSize
    const buffers = core.runner.buffers(store, 'validation')
    buffers.uploadInOrder(samples)
  }

  async run(): Promise<Logs> {
    const { rows, weights } = this.#samples
    const buffers = this.#core.runner.buffers(this.#store, 'validation')
    await runOnce(this.#core.runner, this.#store, buffers, {
      kind: 'test',
      rows,
      batchSize: this.#batchSize,
      weights,
      changes: this.#core.changesInTest,
    })
    return this.#core.logsOf(await buffers.readTotals())
  }
}

function readArrays(
  core: ModelCore,
  x: unknown,
  y: unknown,
  options: FitOptions,
  { validationSplit }: FitSettings,
  where: string,
): { training: Samples; validation: Samples | null } {
  const { sampleWeight, classWeight } = options
  const samples = readSamples(core, { x, y, sampleWeight, classWeight }, where)
  const given = readValidation(core, options, where)
  if (given || validationSplit === 0) return { training: samples, validation: given }
  const kept = Math.floor(samples.rows * (1 - validationSplit))
  if (kept === 0 || kept === samples.rows) {
    fail(where, {
      expected: 'a validationSplit that leaves samples on both sides',
      got: `${validationSplit} of ${samples.rows}`,
    })
  }
  const [training, validation] = splitSamples(samples, kept)
  return { training, validation }
}

function readValidation(core: ModelCore, { validationData }: FitOptions, where: string): Samples | null {
  if (validationData === undefined) return null
  const given: unknown = validationData
  if (!Array.isArray(given) || given.length < 2 || given.length > 3) {
    return fail(where, {
      expected: 'validationData as [x, y] or [x, y, sampleWeight]',
      got: describeValue(given),
    })
  }
  const [x, y, sampleWeight] = given as readonly unknown[]
  return readSamples(core, { x, y, sampleWeight }, `${where}, validationData`)
}
