// ReduceLROnPlateau: a lower learning rate once a fit no longer gets better.

import { checkFinite, fail } from '../errors.ts'
import type { EpochLogs } from '../training/callbacks.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { option, type TableFor } from '../util/options.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { optimizerOf } from './learningRateScheduler.ts'
import { MonitorCallback, type MonitorOptions, minDelta, monitorOptions } from './monitor.ts'
import { epochs, readArguments, verbose } from './options.ts'
import { say } from './say.ts'

export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the learning rate is multiplied by, `0.1` by default; less than 1. */
  readonly factor?: number
  /** Epochs without improvement after which the rate is reduced, `10` by default. */
  readonly patience?: number
  /** 1 prints each reduction; `0` by default. */
  readonly verbose?: 0 | 1 | boolean
  /** A change of less counts as none, `0.0001` by default. */
  readonly minDelta?: number
  /** Epochs after a reduction that are not judged, `0` by default. */
  readonly cooldown?: number
  /** The rate is not reduced below, `0` by default. */
  readonly minLr?: number
}

const options = {
  ...monitorOptions,
  factor: option(0.1, (where, name, value) => {
    const factor = checkFinite(where, name, value, { min: 0 })
    return factor < 1 ? factor : fail(where, { expected: `${name} to be less than 1`, got: `${factor}` })
  }),
  patience: epochs(10),
  verbose,
  minDelta: minDelta(1e-4),
  cooldown: epochs(0),
  minLr: option(0, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
} as const satisfies TableFor<ReduceLROnPlateauOptions>

type Arguments = PlacedArguments<[monitor?: string], ReduceLROnPlateauOptions, ReduceLROnPlateauOptions>

class ReduceLROnPlateauCallback extends MonitorCallback {
  /** What the learning rate is multiplied by, `0.1` by default; less than 1. */
  readonly factor: number
  /** Epochs without improvement after which the rate is reduced, `10` by default. */
  readonly patience: number
  /** 1 prints each reduction; `0` by default. */
  readonly verbose: number
  /** Epochs after a reduction that are not judged, `0` by default. */
  readonly cooldown: number
  /** The rate is not reduced below, `0` by default. */
  readonly minLr: number
  /** Epochs since the last improvement. */
  wait = 0
  /** Epochs of the cooldown that are left. */
  cooldownCounter = 0

  constructor(...args: Arguments) {
    const config = readArguments('ReduceLROnPlateau', options, ['monitor'], args)
    super('ReduceLROnPlateau', config)
    this.factor = config.factor
    this.patience = config.patience
    this.verbose = config.verbose
    this.cooldown = config.cooldown
    this.minLr = config.minLr
  }

  /** Whether an epoch is in the cooldown. */
  inCooldown(): boolean {
    return this.cooldownCounter > 0
  }

  override onTrainBegin(): void {
    this.best = null
    this.cooldownCounter = 0
    this.wait = 0
  }

  override onEpochEnd(epoch: number, logs: EpochLogs): void {
    logs.learning_rate = optimizerOf(this.model).learningRate
    const value = this.monitored(epoch, logs, 'Such epochs are not counted.')
    if (value === null) return
    if (this.inCooldown()) {
      this.cooldownCounter--
      this.wait = 0
    }
    if (this.isBetter(value, this.best)) {
      this.best = value
      this.wait = 0
      return
    }
    if (this.inCooldown() || ++this.wait < this.patience) return
    this.#reduce(epoch)
  }

  #reduce(epoch: number): void {
    const optimizer = optimizerOf(this.model)
    const { learningRate } = optimizer
    if (learningRate <= this.minLr) return
    optimizer.learningRate = Math.max(learningRate * this.factor, this.minLr)
    this.cooldownCounter = this.cooldown
    this.wait = 0
    if (this.verbose > 0) {
      say(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${optimizer.learningRate}.`)
    }
  }
}

/**
 * Multiplies the learning rate by `factor` when a number of the logs has not become better for `patience` epochs. The rate of each
 * epoch is `learning_rate` in the logs.
 *
 * @see keras/src/callbacks/reduce_lr_on_plateau.py
 */
export const ReduceLROnPlateau: CallableClass<Arguments, ReduceLROnPlateauCallback> = callableClass(
  'ReduceLROnPlateau',
  ReduceLROnPlateauCallback,
)
export type ReduceLROnPlateau = ReduceLROnPlateauCallback
