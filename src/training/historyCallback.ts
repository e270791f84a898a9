// The history as a callback, whose numbers go on from fit to fit.

import { CallbackBase } from './callback.ts'
import { type CallParams, type EpochLogs, recordEpoch } from './callbacks.ts'

export class HistoryOf<Model> extends CallbackBase<Model> {
  /** For each key a list with one value an epoch; of all fits that the object was given to. */
  history: Record<string, number[]> = {}
  /** The epochs of the last fit. */
  epoch: number[] = []
  // fit sets them before anything else.
  declare params: CallParams

  override onTrainBegin(): void {
    this.epoch = []
  }

  override onEpochEnd(epoch: number, logs: EpochLogs): void {
    recordEpoch(this, epoch, logs)
  }
}
