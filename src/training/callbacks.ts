// What fit, evaluate and predict tell callbacks, and the history that fit returns.

import type { BackendName } from '../backends/backend.ts'
import type { Logs } from './output.ts'

interface WithLoss {
  /** The loss that training minimizes, its mean so far. */
  readonly loss: number
}

/** The numbers of an epoch, as the hooks at its end have them: what one adds, the next one and the history have, too. */
export type EpochLogs = Record<string, number> & WithLoss

/** The loss and metrics so far, of an epoch or of an evaluation. */
export type LossLogs = Logs & WithLoss

/**
 * Hooks of fit, evaluate and predict, by Keras's names in camelCase; each may be async and is awaited. A hook of batches makes the
 * call read the loss back after every batch, which costs time on a GPU; hooks of epochs are cheap.
 *
 * @see keras/src/callbacks/callback.py
 */
export interface CallbackHooks {
  /** Called once before the first epoch; the logs are empty. */
  onTrainBegin?(logs: Logs): unknown
  /** Called once after the last epoch, with its logs. */
  onTrainEnd?(logs: Logs): unknown
  /** Called before each epoch, which counts from 0; the logs are empty. */
  onEpochBegin?(epoch: number, logs: Logs): unknown
  /**
   * Called after each epoch with its loss and metrics, those of the validation under `val_loss` and the like. Numbers that a hook
   * adds to the logs come into the history.
   */
  onEpochEnd?(epoch: number, logs: EpochLogs): unknown
  /** Called before each training step, which counts from 0 in each epoch; the logs are empty. */
  onTrainBatchBegin?(batch: number, logs: Logs): unknown
  /** Called after each training step with the loss and metrics of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: LossLogs): unknown
  /** Keras's older name of onTrainBatchBegin. */
  onBatchBegin?(batch: number, logs: Logs): unknown
  /** Keras's older name of onTrainBatchEnd. */
  onBatchEnd?(batch: number, logs: LossLogs): unknown
  /** Called before each evaluation, fit's validations among them; the logs are empty. */
  onTestBegin?(logs: Logs): unknown
  /** Called after each evaluation, with its loss and metrics. */
  onTestEnd?(logs: LossLogs): unknown
  /** Called before each step of an evaluation, which counts from 0; the logs are empty. */
  onTestBatchBegin?(batch: number, logs: Logs): unknown
  /** Called after each step of an evaluation, with the loss and metrics so far. */
  onTestBatchEnd?(batch: number, logs: LossLogs): unknown
  /** Called before a prediction; the logs are empty. */
  onPredictBegin?(logs: Logs): unknown
  /** Called after a prediction; the logs are empty. */
  onPredictEnd?(logs: Logs): unknown
  /** Called before each step of a prediction, which counts from 0; the logs are empty. */
  onPredictBatchBegin?(batch: number, logs: Logs): unknown
  /** Called after each step of a prediction; the logs are empty, since outputs are read when all steps are done. */
  onPredictBatchEnd?(batch: number, logs: Logs): unknown
}

/** The parameters of a call of fit, evaluate or predict. */
export interface CallParams {
  /** 0 prints nothing, 1 a bar, 2 a line an epoch. */
  readonly verbose: number
  /** The epoch at which fit ends; 1 for evaluate and predict. */
  readonly epochs: number
  /** Batches an epoch; null until a stream has ended once. */
  readonly steps: number | null
}

/** What callbacks are told of a call. */
export interface CallbackParams extends CallParams {
  /** How often a fit validates, as it was told; null where it does not. */
  readonly validationFreq?: number | readonly number[] | null
}

/** Lists with one value an epoch. */
export interface HistoryLogs {
  /** The loss of each epoch. Of a fit without epochs, whose `initialEpoch` is its end, there are no lists at all. */
  loss: number[]
  /** Losses of outputs and metrics by name, those of the validation under `val_loss` and the like; undefined where a fit has none such. */
  [name: string]: number[] | undefined
}

/** The result of fit. */
export interface History {
  /** For each key a list with one value an epoch: `loss`, `accuracy`, `val_loss`, … */
  history: HistoryLogs
  /** The epochs, from `initialEpoch` on. */
  readonly epoch: number[]
  /** What the fit was told: `verbose`, `epochs` and `steps`. */
  readonly params: CallParams
  /** Where the fit ran: under `setBackend('auto')` tiny models run on the CPU. */
  readonly backend: BackendName
}

/** A history before its first epoch. Lists come in the order of the first epoch's numbers, of which the loss need not be the first. */
export const noLogs = (): HistoryLogs => ({}) as HistoryLogs

/** Adds an epoch's values to a history. */
export function recordEpoch(to: Pick<History, 'history' | 'epoch'>, epoch: number, logs: Logs): void {
  to.epoch.push(epoch)
  for (const [name, value] of Object.entries(logs)) {
    // A metric's name may equal a property that every object inherits, such as 'constructor'.
    if (!Object.hasOwn(to.history, name)) to.history = { ...to.history, [name]: [] }
    to.history[name]?.push(value)
  }
}
