// EarlyStopping: ends a fit that no longer gets better.

import { checkFinite } from '../errors.ts'
import { KeptWeights } from '../models/keptWeights.ts'
import type { EpochLogs } from '../training/callbacks.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { flag, nullable, type TableFor } from '../util/options.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { MonitorCallback, type MonitorOptions, minDelta, monitorOptions } from './monitor.ts'
import { epochs, readArguments, verbose } from './options.ts'
import { say } from './say.ts'

export interface EarlyStoppingOptions extends MonitorOptions {
  /** A change of less counts as none, `0` by default. */
  readonly minDelta?: number
  /** Epochs without improvement after which training stops, `0` by default. */
  readonly patience?: number
  /** 1 prints when training stops and which weights are restored; `0` by default. */
  readonly verbose?: 0 | 1 | boolean
  /** A value that must be bettered, too; `null`, the default: none. */
  readonly baseline?: number | null
  /** Whether the weights of the best epoch are set when training ends, `false` by default. */
  readonly restoreBestWeights?: boolean
  /** Epochs before this one, counted from 0, are not judged; `0` by default. */
  readonly startFromEpoch?: number
}

const options = {
  ...monitorOptions,
  minDelta: minDelta(0),
  patience: epochs(0),
  verbose,
  baseline: nullable(checkFinite),
  restoreBestWeights: flag(false),
  startFromEpoch: epochs(0),
} as const satisfies TableFor<EarlyStoppingOptions>

type Arguments = PlacedArguments<[monitor?: string], EarlyStoppingOptions, EarlyStoppingOptions>

class EarlyStoppingCallback extends MonitorCallback {
  /** Epochs since the last improvement. */
  wait = 0
  /** The epoch after which training stopped, counted from 0; 0 where it did not. */
  stoppedEpoch = 0
  /** The epoch with the best value so far, counted from 0. */
  bestEpoch = 0
  /** Epochs without improvement after which training stops, `0` by default. */
  readonly patience: number
  /** 1 prints when training stops and which weights are restored; `0` by default. */
  readonly verbose: number
  /** A value that must be bettered, too; `null`, the default: none. */
  readonly baseline: number | null
  /** Whether the weights of the best epoch are set when training ends, `false` by default. */
  readonly restoreBestWeights: boolean
  /** Epochs before this one, counted from 0, are not judged; `0` by default. */
  readonly startFromEpoch: number
  #bestWeights: KeptWeights | null = null

  constructor(...args: Arguments) {
    const config = readArguments('EarlyStopping', options, ['monitor'], args)
    super('EarlyStopping', config)
    this.patience = config.patience
    this.verbose = config.verbose
    this.baseline = config.baseline
    this.restoreBestWeights = config.restoreBestWeights
    this.startFromEpoch = config.startFromEpoch
  }

  override onTrainBegin(): void {
    this.wait = 0
    this.stoppedEpoch = 0
    this.best = null
    this.bestEpoch = 0
    this.release()
  }

  override async onEpochEnd(epoch: number, logs: EpochLogs): Promise<void> {
    const value = this.monitored(epoch, logs, 'Such epochs are not counted.')
    if (value === null || epoch < this.startFromEpoch) return
    this.wait++
    if (this.isBetter(value, this.best)) {
      this.best = value
      this.bestEpoch = epoch
      if (this.restoreBestWeights) {
        this.#bestWeights ??= new KeptWeights(this.model.graph)
        await this.#bestWeights.keep()
      }
      if (this.baseline === null || this.isBetter(value, this.baseline)) this.wait = 0
      return
    }
    if (this.wait >= this.patience && epoch > 0) {
      this.stoppedEpoch = epoch
      this.model.stopTraining = true
    }
  }

  override async onTrainEnd(): Promise<void> {
    if (this.stoppedEpoch > 0 && this.verbose > 0) say(`Epoch ${this.stoppedEpoch + 1}: early stopping`)
    if (!this.#bestWeights) return
    if (this.verbose > 0) {
      say(`Restoring model weights from the end of the best epoch: ${this.bestEpoch + 1}.`)
    }
    await this.#bestWeights.restore()
  }

  /** @internal */
  override release(): void {
    this.#bestWeights?.free()
    this.#bestWeights = null
  }
}

/**
 * Ends training when a number of the logs has not become better for `patience` epochs. With `restoreBestWeights` the weights of the
 * best epoch are kept on the device, and set when training ends.
 *
 * ```ts
 * callbacks: [EarlyStopping({ monitor: 'val_loss', patience: 3, restoreBestWeights: true })]
 * ```
 *
 * @see keras/src/callbacks/early_stopping.py
 */
export const EarlyStopping: CallableClass<Arguments, EarlyStoppingCallback> = callableClass(
  'EarlyStopping',
  EarlyStoppingCallback,
)
export type EarlyStopping = EarlyStoppingCallback
