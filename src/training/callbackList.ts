// Several callbacks as one: each hook calls that of all of them, in their order, each when the one before it is done.

import { CallbackBase, type HookName, hasHook } from './callback.ts'
import type { CallbackHooks, CallbackParams, EpochLogs } from './callbacks.ts'
import type { Logs } from './output.ts'

/** Numbers that were measured, which always have a loss. */
const withLoss = (logs: Logs): EpochLogs => logs as EpochLogs

export class ListOfCallbacks<Model> extends CallbackBase<Model> {
  /** Those that it calls, in their order. */
  readonly callbacks: CallbackHooks[]

  constructor(callbacks: readonly CallbackHooks[]) {
    super()
    this.callbacks = [...callbacks]
  }

  override setModel(model: Model): void {
    super.setModel(model)
    for (const callback of this.callbacks) if (callback instanceof CallbackBase) callback.setModel(model)
  }

  override setParams(params: CallbackParams): void {
    super.setParams(params)
    for (const callback of this.callbacks) if (callback instanceof CallbackBase) callback.setParams(params)
  }

  /** Whether one of the callbacks has one of these hooks. */
  listensTo(...names: readonly HookName[]): boolean {
    return this.callbacks.some((callback) =>
      callback instanceof ListOfCallbacks
        ? callback.listensTo(...names)
        : names.some((name) => hasHook(callback, name)),
    )
  }

  /** @internal */
  override release(): void {
    for (const callback of this.callbacks) if (callback instanceof CallbackBase) callback.release()
  }

  async #tell(call: (callback: CallbackHooks) => unknown): Promise<void> {
    for (const callback of this.callbacks) await call(callback)
  }

  override onTrainBegin(logs: Logs): Promise<void> {
    return this.#tell((c) => c.onTrainBegin?.(logs))
  }

  override onTrainEnd(logs: Logs): Promise<void> {
    return this.#tell((c) => c.onTrainEnd?.(logs))
  }

  override onEpochBegin(epoch: number, logs: Logs): Promise<void> {
    return this.#tell((c) => c.onEpochBegin?.(epoch, logs))
  }

  override onEpochEnd(epoch: number, logs: Record<string, number>): Promise<void> {
    return this.#tell((c) => c.onEpochEnd?.(epoch, withLoss(logs)))
  }

  override onTrainBatchBegin(batch: number, logs: Logs): Promise<void> {
    return this.#tell(async (c) => {
      await c.onTrainBatchBegin?.(batch, logs)
      // The base class calls the older hook itself.
      if (!(c instanceof CallbackBase)) await c.onBatchBegin?.(batch, logs)
    })
  }

  override onTrainBatchEnd(batch: number, logs: Logs): Promise<void> {
    return this.#tell(async (c) => {
      await c.onTrainBatchEnd?.(batch, withLoss(logs))
      if (!(c instanceof CallbackBase)) await c.onBatchEnd?.(batch, withLoss(logs))
    })
  }

  override onBatchBegin(batch: number, logs: Logs): Promise<void> {
    return this.#tell((c) => c.onBatchBegin?.(batch, logs))
  }

  override onBatchEnd(batch: number, logs: Logs): Promise<void> {
    return this.#tell((c) => c.onBatchEnd?.(batch, withLoss(logs)))
  }

  override onTestBegin(logs: Logs): Promise<void> {
    return this.#tell((c) => c.onTestBegin?.(logs))
  }

  override onTestEnd(logs: Logs): Promise<void> {
    return this.#tell((c) => c.onTestEnd?.(withLoss(logs)))
  }

  override onTestBatchBegin(batch: number, logs: Logs): Promise<void> {
    return this.#tell((c) => c.onTestBatchBegin?.(batch, logs))
  }

  override onTestBatchEnd(batch: number, logs: Logs): Promise<void> {
    return this.#tell((c) => c.onTestBatchEnd?.(batch, withLoss(logs)))
  }

  override onPredictBegin(logs: Logs): Promise<void> {
    return this.#tell((c) => c.onPredictBegin?.(logs))
  }

  override onPredictEnd(logs: Logs): Promise<void> {
    return this.#tell((c) => c.onPredictEnd?.(logs))
  }

  override onPredictBatchBegin(batch: number, logs: Logs): Promise<void> {
    return this.#tell((c) => c.onPredictBatchBegin?.(batch, logs))
  }

  override onPredictBatchEnd(batch: number, logs: Logs): Promise<void> {
    return this.#tell((c) => c.onPredictBatchEnd?.(batch, logs))
  }
}
