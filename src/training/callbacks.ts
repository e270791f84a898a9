// Callbacks of fit, and the history that it returns.

import type { Logs } from './output.ts'

/**
 * Hooks of fit, by Keras's names in camelCase; each may be async and is awaited. A hook of batches makes fit read the
 * loss back after every batch, which costs time on a GPU; hooks of epochs are cheap.
 */
export interface Callback {
  /** Called once before the first epoch; the logs are empty. */
  onTrainBegin?(logs: Logs): unknown
  /** Called once after the last epoch, with its logs. */
  onTrainEnd?(logs: Logs): unknown
  /** Called before each epoch, which counts from 0; the logs are empty. */
  onEpochBegin?(epoch: number, logs: Logs): unknown
  /** Called after each epoch with its loss and metrics, those of the validation under `val_loss` and the like. */
  onEpochEnd?(epoch: number, logs: Logs): unknown
  /** Called before each training step, which counts from 0 in each epoch; the logs are empty. */
  onTrainBatchBegin?(batch: number, logs: Logs): unknown
  /** Called after each training step with the loss and metrics of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs): unknown
  /** Keras's older name of onTrainBatchBegin. */
  onBatchBegin?(batch: number, logs: Logs): unknown
  /** Keras's older name of onTrainBatchEnd. */
  onBatchEnd?(batch: number, logs: Logs): unknown
  /** Called before each validation; the logs are empty. */
  onTestBegin?(logs: Logs): unknown
  /** Called after each validation, with its loss and metrics. */
  onTestEnd?(logs: Logs): unknown
}

/** The parameters of a call of fit. */
export interface FitParams {
  readonly verbose: number
  readonly epochs: number
  /** Batches an epoch; null until a stream has ended once. */
  readonly steps: number | null
}

/** The result of fit. */
export class History {
  /** For each key a list with one value an epoch: `loss`, `accuracy`, `val_loss`, … */
  readonly history: Record<string, number[]> = {}
  /** The epochs, from `initialEpoch` on. */
  readonly epoch: number[] = []

  constructor(readonly params: FitParams) {}

  /** Adds an epoch's values. */
  record(epoch: number, logs: Logs): void {
    this.epoch.push(epoch)
    for (const [name, value] of Object.entries(logs)) {
      // A metric's name may equal a property that every object inherits, such as 'constructor'.
      if (!Object.hasOwn(this.history, name)) {
        Object.defineProperty(this.history, name, {
          value: [],
          enumerable: true,
          writable: true,
          configurable: true,
        })
      }
      this.history[name]?.push(value)
    }
  }
}
