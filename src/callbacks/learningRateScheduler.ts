// LearningRateScheduler: the learning rate of each epoch by a function.

import { describeValue, fail } from '../errors.ts'
import type { LayersModel } from '../models/model.ts'
import type { EpochLogs } from '../training/callbacks.ts'
import type { Optimizer } from '../training/optimizer.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { required, type TableFor } from '../util/options.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { Callback } from './callback.ts'
import { readArguments, verbose } from './options.ts'
import { say } from './say.ts'

/** The rate of an epoch, counted from 0, from that of the epoch before. */
export type Schedule = (epoch: number, learningRate: number) => number | Promise<number>

export interface LearningRateSchedulerOptions {
  /** 1 prints each rate; `0` by default. */
  readonly verbose?: 0 | 1 | boolean
}

interface AllOptions extends LearningRateSchedulerOptions {
  /** A function of the epoch, counted from 0, and of the learning rate, which returns the next rate. */
  readonly schedule: Schedule
}

const options = {
  schedule: required<Schedule>((where, name, value) =>
    typeof value === 'function'
      ? (value as Schedule)
      : fail(where, {
          expected: `${name} to be a function of the epoch and the learning rate`,
          got: describeValue(value),
        }),
  ),
  verbose,
} as const satisfies TableFor<AllOptions>

/** The optimizer that a model which trains was compiled for. */
export const optimizerOf = (model: LayersModel): Optimizer =>
  model.graph.compiled(model.where).compiledOptimizer

type Arguments = PlacedArguments<
  [schedule: Schedule],
  LearningRateSchedulerOptions | 0 | 1 | boolean,
  AllOptions
>

class LearningRateSchedulerCallback extends Callback {
  /** A function of the epoch, counted from 0, and of the learning rate, which returns the next rate. */
  readonly schedule: Schedule
  /** 1 prints each rate; `0` by default. */
  readonly verbose: number

  constructor(...args: Arguments) {
    super()
    const where = 'LearningRateScheduler'
    const { schedule, verbose } = readArguments(where, options, ['schedule', 'verbose'], args)
    this.schedule = schedule
    this.verbose = verbose
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const optimizer = optimizerOf(this.model)
    const rate: unknown = await this.schedule(epoch, optimizer.learningRate)
    if (typeof rate !== 'number' || !Number.isFinite(rate)) {
      fail('LearningRateScheduler', {
        expected: `schedule to return a learning rate for epoch ${epoch}`,
        got: describeValue(rate),
      })
    }
    optimizer.learningRate = rate
    if (this.verbose > 0) {
      say(`\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`)
    }
  }

  override onEpochEnd(_epoch: number, logs: EpochLogs): void {
    logs.learning_rate = optimizerOf(this.model).learningRate
  }
}

/**
 * Sets the learning rate before each epoch to what a function returns; it may be async. The rate is `learning_rate` in the logs.
 *
 * ```ts
 * callbacks: [LearningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * 0.9))]
 * ```
 *
 * @see keras/src/callbacks/learning_rate_scheduler.py
 */
export const LearningRateScheduler: CallableClass<Arguments, LearningRateSchedulerCallback> = callableClass(
  'LearningRateScheduler',
  LearningRateSchedulerCallback,
)
export type LearningRateScheduler = LearningRateSchedulerCallback
