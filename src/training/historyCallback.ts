// The history as a callback, whose numbers go on from fit to fit.

import type { BackendName } from '../backends/backend.ts'
import { CallbackBase } from './callback.ts'
import { type CallParams, type EpochLogs, type HistoryLogs, noLogs, recordEpoch } from './callbacks.ts'

export class HistoryOf<Model> extends CallbackBase<Model> {
  /** For each key a list with one value an epoch; of all fits that the object was given to. */
  history: HistoryLogs = noLogs()
  /** The epochs of the last fit. */
  epoch: number[] = []
  // fit sets them before anything else.
  declare params: CallParams
  /** Where the last fit ran. */
  declare backend: BackendName

  override onTrainBegin(): void {
    this.epoch = []
  }

  override onEpochEnd(epoch: number, logs: EpochLogs): void {
    recordEpoch(this, epoch, logs)
  }
}
