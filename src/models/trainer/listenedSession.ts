// A call of fit with callbacks, validation or progress. Loaded only then.

import { isValidated } from '../../training/callback.ts'
import type { ListOfCallbacks } from '../../training/callbackList.ts'
import type { History } from '../../training/callbacks.ts'
import { HistoryOf } from '../../training/historyCallback.ts'
import type { Optimizer } from '../../training/optimizer.ts'
import type { Logs } from '../../training/output.ts'
import type { ProgressLogger } from '../../training/progress.ts'
import type { Call } from '../call.ts'
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
  readonly callbacks: ListOfCallbacks<unknown>
}

export class ListenedSession extends FitSession {
  readonly #settings: FitSettings
  readonly #validation: Validation | null
  /** Null where nothing is printed. */
  readonly #logger: ProgressLogger | null
  readonly #callbacks: ListOfCallbacks<unknown>
  readonly #hasBatchHooks: boolean
  readonly #hasEpochHooks: boolean
  #logs: Logs = {}
  #shown: Promise<void> | null = null
  #isBarStarted = false

  constructor(
    call: Call,
    optimizer: Optimizer,
    settings: FitSettings,
    { steps, validation, logger, callbacks }: Audience,
  ) {
    super(call, optimizer, settings, steps)
    this.#callbacks = callbacks
    this.#settings = settings
    this.#validation = validation
    this.#logger = logger
    this.#hasBatchHooks = callbacks.listensTo(
      'onTrainBatchBegin',
      'onTrainBatchEnd',
      'onBatchBegin',
      'onBatchEnd',
    )
    this.#hasEpochHooks = callbacks.listensTo('onEpochBegin', 'onEpochEnd')
  }

  override get horizon(): TrainingHooks['horizon'] {
    if (this.#hasBatchHooks) return 'step'
    return this.#hasEpochHooks || this.#validation ? 'epoch' : 'open'
  }

  override async begin(): Promise<void> {
    await this.#callbacks.onTrainBegin({})
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#logger?.begin(epoch)
    this.#isBarStarted = false
    await this.#callbacks.onEpochBegin(epoch, {})
  }

  override async onStepBegin(step: number): Promise<void> {
    if (!this.#hasBatchHooks) return
    await this.#callbacks.onTrainBatchBegin(step, {})
  }

  override async onStepEnd(step: number): Promise<boolean> {
    if (!this.#hasBatchHooks) {
      this.#show(step)
      return super.onStepEnd(step)
    }
    const logs = await this.#readLogs()
    this.#logger?.step(step + 1, logs)
    await this.#callbacks.onTrainBatchEnd(step, logs)
    return super.onStepEnd(step)
  }

  override async onEpochEnd(epoch: number): Promise<boolean> {
    // Without a logger and hooks of epochs, the numbers are not needed before the next epoch.
    if (this.horizon === 'open' && !this.#logger) return super.onEpochEnd(epoch)
    const logs = await this.#measure(epoch)
    await this.#shown
    // As in Keras: what callbacks add to the logs is shown and recorded, and what they print stands before the finished bar.
    await this.#callbacks.onEpochEnd(epoch, logs)
    this.#logger?.end(logs)
    this.record(epoch, logs)
    return this.core.stopTraining
  }

  override async end(): Promise<History> {
    const history = await super.end()
    await this.#callbacks.onTrainEnd(this.#logs)
    const own = this.#callbacks.callbacks.find((callback) => callback instanceof HistoryOf)
    return own ? Object.assign(own, { backend: history.backend }) : history
  }

  override async close(): Promise<void> {
    this.#callbacks.release()
    await this.#validation?.close()
  }

  /** The numbers of an epoch and of its validation, for which the host waits once, when both have been handed over. */
  async #measure(epoch: number): Promise<Record<string, number>> {
    const reading = this.readEpoch(epoch)
    if (!this.#validation || !isValidated(epoch, this.#settings.validationFreq)) return { ...(await reading) }
    // If the validation fails, that is what the fit throws.
    reading.catch(() => undefined)
    await this.#callbacks.onTestBegin({})
    const [logs, measured] = await Promise.all([reading, this.#validation.run(this.#callbacks)])
    await this.#callbacks.onTestEnd(measured)
    const renamed = Object.entries(measured).map(([name, value]) => [`val_${name}`, value])
    return { ...logs, ...Object.fromEntries(renamed) }
  }

  /** Running means so far; a callback may have taken the model away. */
  async #readLogs(): Promise<Logs> {
    this.call.device.check()
    return this.core.measures.logsOf(await this.call.readTotals())
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
    this.#shown = this.#readLogs().then(
      (logs) => {
        this.#logger?.step(step + 1, logs)
        this.#shown = null
      },
      () => undefined,
    )
  }
}
