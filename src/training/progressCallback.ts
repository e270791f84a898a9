// The progress bar as a callback, for loops of one's own. fit, evaluate and predict have one by themselves.

import { CallbackBase } from './callback.ts'
import type { CallbackParams } from './callbacks.ts'
import type { Logs, Verbose } from './output.ts'
import { ProgressLogger } from './progress.ts'

export class ProgressBarOf<Model> extends CallbackBase<Model> {
  #logger: ProgressLogger | null = null
  #isFitting = false

  override setParams(params: CallbackParams): void {
    super.setParams(params)
    const { verbose, epochs, steps } = params
    this.#logger = new ProgressLogger({ verbose: verbose as Verbose, epochs, steps })
  }

  override onTrainBegin(): void {
    this.#isFitting = true
  }

  override onTrainEnd(): void {
    this.#isFitting = false
  }

  override onEpochBegin(epoch: number): void {
    this.#logger?.begin(epoch)
  }

  override onTrainBatchEnd(batch: number, logs: Logs): void {
    this.#logger?.step(batch + 1, logs)
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.#logger?.end(logs)
  }

  // A validation of fit is silent.
  override onTestBegin(): void {
    if (!this.#isFitting) this.#logger?.begin()
  }

  override onTestBatchEnd(batch: number, logs: Logs): void {
    if (!this.#isFitting) this.#logger?.step(batch + 1, logs)
  }

  override onTestEnd(logs: Logs): void {
    if (!this.#isFitting) this.#logger?.end(logs)
  }

  override onPredictBegin(): void {
    this.#logger?.begin()
  }

  override onPredictBatchEnd(batch: number): void {
    this.#logger?.step(batch + 1)
  }

  override onPredictEnd(): void {
    this.#logger?.end()
  }
}
