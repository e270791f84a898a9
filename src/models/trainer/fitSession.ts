// A call of fit without callbacks, validation and progress: steps are submitted without waiting for the numbers of epochs, which
// the history receives as they arrive.

import { type History, noLogs, recordEpoch } from '../../training/callbacks.ts'
import type { Optimizer } from '../../training/optimizer.ts'
import type { Logs } from '../../training/output.ts'
import { unlessAborted } from '../../util/abort.ts'
import type { Call } from '../call.ts'
import type { ModelCore } from '../core.ts'
import { type Cursor, cursorAt } from '../cursor.ts'
import { fitWarnings } from '../later.ts'
import type { LoopSettings } from './fitOptions.ts'
import type { TrainingHooks } from './loops.ts'

export class FitSession implements TrainingHooks {
  cursor: Cursor
  readonly epochs: number
  readonly optimizer: Optimizer
  samples: TrainingHooks['samples'] = 1
  readonly history: History
  protected readonly call: Call
  /** Kinds of warnings that were given. */
  readonly #warned = new Set<string>()
  #warnings: ReturnType<typeof fitWarnings> | null = null
  /** Numbers of epochs that are still on their way to the history. */
  #recorded: Promise<unknown> = Promise.resolve()

  /**
   * @param call In the role of fit.
   * @param steps Batches an epoch; null where a stream has not said yet.
   */
  constructor(
    call: Call,
    optimizer: Optimizer,
    { epochs, initialEpoch, verbose }: LoopSettings,
    steps: number | null,
  ) {
    this.cursor = cursorAt(initialEpoch, optimizer.steps, null)
    this.epochs = epochs
    this.optimizer = optimizer
    const { backend } = call.device.backend.info
    this.history = { history: noLogs(), epoch: [], params: { verbose, epochs, steps }, backend }
    this.call = call
  }

  // What only a fit that is listened to has: ListenedSession.
  begin?(): Promise<void>
  onEpochBegin?(epoch: number): Promise<void>
  onStepBegin?(step: number): Promise<void>
  /** Called when the fit is over, however it ended. */
  close?(): Promise<void>

  protected get core(): ModelCore {
    return this.call.device.core
  }

  get horizon(): TrainingHooks['horizon'] {
    return 'open'
  }

  async onStepEnd(_step: number): Promise<boolean> {
    const { pausing } = this.core
    if (pausing) await unlessAborted(pausing, this.call.signals)
    return this.core.stopTraining
  }

  async onEpochEnd(epoch: number): Promise<boolean> {
    this.#recorded = Promise.all([this.#recorded, this.readEpoch(epoch)]).then(([, logs]) =>
      this.record(epoch, logs),
    )
    // A failure is thrown when fit ends; until then it must not count as unhandled.
    this.#recorded.catch(() => undefined)
    return this.core.stopTraining
  }

  async end(): Promise<History> {
    await this.#recorded
    this.call.check()
    return this.history
  }

  /** An epoch's means, read when its last step has been handed over. Says once what is wrong with them, and once what with the steps. */
  protected async readEpoch(epoch: number): Promise<Logs> {
    this.call.device.check()
    const { samples } = this
    const totals = await this.call.readTotals()
    const logs = this.core.measures.logsOf(totals)
    if (this.core.scalesLoss || !Object.values(logs).every(Number.isFinite)) {
      // Epochs that wait for the same promise go on in their order, those that import by themselves may not.
      this.#warnings ??= fitWarnings()
      const warnings = await this.#warnings
      warnings?.warnOfTotals(this.core, totals, { epoch, samples }, this.#warned)
    }
    return logs
  }

  protected record(epoch: number, logs: Logs): void {
    recordEpoch(this.history, epoch, logs)
  }
}
