// A call of fit with callbacks, validation or progress. Loaded only then.

import type { Callback, History } from '../training/callbacks.ts'
import type { Optimizer } from '../training/optimizer.ts'
import type { Logs } from '../training/output.ts'
import type { ProgressLogger } from '../training/progress.ts'
import type { Call } from './call.ts'
import { FitSession } from './fitSession.ts'
import type { FitSettings } from './fitSettings.ts'
import type { TrainingHooks } from './loops.ts'
import type { Validation } from './validation.ts'

/** Validation and progress of a fit. */
interface Audience {
  /** Batches an epoch; null where a stream has not said yet. */
  readonly steps: number | null
  readonly validation: Validation | null
  /** Null where nothing is printed. */
  readonly logger: ProgressLogger | null
}

export class ListenedSession extends FitSession {
  readonly #settings: FitSettings
  readonly #validation: Validation | null
  /** Null where nothing is printed. */
  readonly #logger: ProgressLogger | null
  readonly #hasBatchHooks: boolean
  readonly #hasEpochHooks: boolean
  #logs: Logs = {}
  #shown: Promise<void> | null = null
  #isBarStarted = false

  constructor(
    call: Call,
    optimizer: Optimizer,
    settings: FitSettings,
    { steps, validation, logger }: Audience,
  ) {
    super(call, optimizer, settings, steps)
    const { callbacks } = settings
    this.#settings = settings
    this.#validation = validation
    this.#logger = logger
    this.#hasBatchHooks = callbacks.some(
      (c) => c.onTrainBatchBegin || c.onTrainBatchEnd || c.onBatchBegin || c.onBatchEnd,
    )
    this.#hasEpochHooks = callbacks.some((c) => c.onEpochBegin || c.onEpochEnd)
  }

  override get horizon(): TrainingHooks['horizon'] {
    if (this.#hasBatchHooks) return 'step'
    return this.#hasEpochHooks || this.#validation ? 'epoch' : 'open'
  }

  override async begin(): Promise<void> {
    await this.#tell((c) => c.onTrainBegin?.({}))
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#logger?.begin(epoch)
    this.#isBarStarted = false
    await this.#tell((c) => c.onEpochBegin?.(epoch, {}))
  }

  override async onStepBegin(step: number): Promise<void> {
    if (!this.#hasBatchHooks) return
    await this.#tell((c) => c.onTrainBatchBegin?.(step, {}))
    await this.#tell((c) => c.onBatchBegin?.(step, {}))
  }

  override async onStepEnd(step: number): Promise<boolean> {
    if (!this.#hasBatchHooks) {
      this.#show(step)
      return false
    }
    const logs = await this.readLogs()
    this.#logger?.step(step + 1, logs)
    await this.#tell((c) => c.onTrainBatchEnd?.(step, logs))
    await this.#tell((c) => c.onBatchEnd?.(step, logs))
    return this.core.stopTraining
  }

  override async onEpochEnd(epoch: number): Promise<boolean> {
    // Without a logger and hooks of epochs, the numbers are not needed before the next epoch.
    if (this.horizon === 'open' && !this.#logger) return super.onEpochEnd(epoch)
    let logs = await this.readEpoch(epoch)
    if (this.#validation && isValidated(epoch, this.#settings.validationFreq)) {
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
    this.record(epoch, logs)
    await this.#tell((c) => c.onEpochEnd?.(epoch, logs))
    return this.core.stopTraining
  }

  override async end(): Promise<History> {
    const history = await super.end()
    await this.#tell((c) => c.onTrainEnd?.(this.#logs))
    return history
  }

  override async close(): Promise<void> {
    await this.#validation?.close()
  }

  protected override record(epoch: number, logs: Logs): void {
    this.#logs = logs
    super.record(epoch, logs)
  }

  /** Updates the progress bar; its loss is read back without waiting, one read-back at a time. */
  #show(step: number): void {
    // The bar's clock starts when the first steps are handed over.
    if (!this.#isBarStarted) this.#logger?.step(step + 1)
    this.#isBarStarted = true
    if (this.#settings.verbose !== 1 || this.#shown !== null) return
    this.#shown = this.readLogs().then(
      (logs) => {
        this.#logger?.step(step + 1, logs)
        this.#shown = null
      },
      () => undefined,
    )
  }

  async #tell(call: (callback: Callback) => unknown): Promise<void> {
    for (const callback of this.#settings.callbacks) await call(callback)
  }
}

/** Whether an epoch, which counts from 0 here, is one of every so many, or of a list. */
const isValidated = (epoch: number, frequency: number | readonly number[]): boolean =>
  typeof frequency === 'number' ? (epoch + 1) % frequency === 0 : frequency.includes(epoch + 1)
