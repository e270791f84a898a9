// What fit tells those who listen, and the history it keeps.

import type { Logs } from './output.ts'

/**
 * Hooks of fit, by Keras's names in camelCase; each may be async and is awaited. A hook of batches makes fit read the
 * loss back after every one, which costs time on a GPU; hooks of epochs are cheap.
 */
export interface Callback {
  onTrainBegin?(logs: Logs): unknown
  onTrainEnd?(logs: Logs): unknown
  onEpochBegin?(epoch: number, logs: Logs): unknown
  onEpochEnd?(epoch: number, logs: Logs): unknown
  onTrainBatchBegin?(batch: number, logs: Logs): unknown
  onTrainBatchEnd?(batch: number, logs: Logs): unknown
  /** Keras's older names of the two above. */
  onBatchBegin?(batch: number, logs: Logs): unknown
  onBatchEnd?(batch: number, logs: Logs): unknown
  onTestBegin?(logs: Logs): unknown
  onTestEnd?(logs: Logs): unknown
}

/** What a fit was told. */
export interface FitParams {
  readonly verbose: number
  readonly epochs: number
  /** Batches an epoch; null where a stream has not said yet. */
  readonly steps: number | null
}

/** What fit resolves to. */
export class History {
  /** A list a key, one value an epoch: `loss`, `accuracy`, `val_loss`, … */
  readonly history: Record<string, number[]> = {}
  /** The epochs, from `initialEpoch` on. */
  readonly epoch: number[] = []

  constructor(readonly params: FitParams) {}

  /** Adds an epoch's values. */
  record(epoch: number, logs: Logs): void {
    this.epoch.push(epoch)
    for (const [name, value] of Object.entries(logs)) {
      // A metric may be named as something that every object inherits, such as 'constructor'.
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
