// Callbacks of fit, and the history that it returns.

import type { Logs } from './output.ts'

/**
 * Hooks of fit, by Keras's names in camelCase; each may be async and is awaited. A hook of batches makes fit read the
 * loss back after every batch, which costs time on a GPU; hooks of epochs are cheap.
 */
export interface Callback {
  onTrainBegin?(logs: Logs): unknown
  onTrainEnd?(logs: Logs): unknown
  onEpochBegin?(epoch: number, logs: Logs): unknown
  onEpochEnd?(epoch: number, logs: Logs): unknown
  onTrainBatchBegin?(batch: number, logs: Logs): unknown
  onTrainBatchEnd?(batch: number, logs: Logs): unknown
  /** Keras's older names of onTrainBatchBegin and onTrainBatchEnd. */
  onBatchBegin?(batch: number, logs: Logs): unknown
  onBatchEnd?(batch: number, logs: Logs): unknown
  onTestBegin?(logs: Logs): unknown
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
