// The base class of callbacks. Those that are given to fit extend it with the type of models (src/callbacks/callback.ts), which is
// of a floor above.

import { fail } from '../errors.ts'
import { Unproxied } from '../util/unproxied.ts'
import type { CallbackHooks, CallbackParams, EpochLogs, LossLogs } from './callbacks.ts'
import type { Logs } from './output.ts'

/** A hook's name. */
export type HookName = keyof CallbackHooks

export class CallbackBase<Model> extends Unproxied implements Required<CallbackHooks> {
  /** The parameters of the call under way; null before the first. */
  params: CallbackParams | null = null
  #model: Model | null = null

  /** The model whose fit, evaluate or predict the callback was given to. */
  get model(): Model {
    if (this.#model !== null) return this.#model
    return fail(this.constructor.name, {
      expected: 'a model, which fit, evaluate and predict give to their callbacks',
      got: 'none',
      remedy: 'Give the callback to fit, or call its setModel(model).',
    })
  }

  /** Called before everything else. */
  setModel(model: Model): void {
    this.#model = model
  }

  /** Called before everything else. */
  setParams(params: CallbackParams): void {
    this.params = params
  }

  /** @internal Frees what is held for the call under way, which has ended, by an error perhaps. */
  release(): void {}

  /** Called once before the first epoch; the logs are empty. */
  onTrainBegin(_logs: Logs): unknown {
    return
  }

  /** Called once after the last epoch, with its logs. */
  onTrainEnd(_logs: Logs): unknown {
    return
  }

  /** Called before each epoch, which counts from 0; the logs are empty. */
  onEpochBegin(_epoch: number, _logs: Logs): unknown {
    return
  }

  /** Called after each epoch with its loss and metrics. Numbers that a hook adds to the logs come into the history. */
  onEpochEnd(_epoch: number, _logs: EpochLogs): unknown {
    return
  }

  /** Called before each training step, which counts from 0 in each epoch; the logs are empty. */
  onTrainBatchBegin(batch: number, logs: Logs): unknown {
    return this.onBatchBegin(batch, logs)
  }

  /** Called after each training step with the loss and metrics of the epoch so far. */
  onTrainBatchEnd(batch: number, logs: LossLogs): unknown {
    return this.onBatchEnd(batch, logs)
  }

  /** Keras's older name of onTrainBatchBegin. */
  onBatchBegin(_batch: number, _logs: Logs): unknown {
    return
  }

  /** Keras's older name of onTrainBatchEnd. */
  onBatchEnd(_batch: number, _logs: LossLogs): unknown {
    return
  }

  /** Called before each evaluation, fit's validations among them; the logs are empty. */
  onTestBegin(_logs: Logs): unknown {
    return
  }

  /** Called after each evaluation, with its loss and metrics. */
  onTestEnd(_logs: LossLogs): unknown {
    return
  }

  /** Called before each step of an evaluation, which counts from 0; the logs are empty. */
  onTestBatchBegin(_batch: number, _logs: Logs): unknown {
    return
  }

  /** Called after each step of an evaluation, with the loss and metrics so far. */
  onTestBatchEnd(_batch: number, _logs: LossLogs): unknown {
    return
  }

  /** Called before a prediction; the logs are empty. */
  onPredictBegin(_logs: Logs): unknown {
    return
  }

  /** Called after a prediction; the logs are empty. */
  onPredictEnd(_logs: Logs): unknown {
    return
  }

  /** Called before each step of a prediction, which counts from 0; the logs are empty. */
  onPredictBatchBegin(_batch: number, _logs: Logs): unknown {
    return
  }

  /** Called after each step of a prediction; the logs are empty. */
  onPredictBatchEnd(_batch: number, _logs: Logs): unknown {
    return
  }
}

/** Whether fit validates after an epoch, which counts from 0 here: after every so many, or those of a list, which count from 1. */
export const isValidated = (epoch: number, frequency: number | readonly number[]): boolean =>
  typeof frequency === 'number' ? (epoch + 1) % frequency === 0 : frequency.includes(epoch + 1)

/** Whether a callback has a hook of its own: not that of the base class, which does nothing. */
export const hasHook = (callback: CallbackHooks, name: HookName): boolean =>
  callback[name] !== undefined &&
  !(callback instanceof CallbackBase && callback[name] === CallbackBase.prototype[name])
