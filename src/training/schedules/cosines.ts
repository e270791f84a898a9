// Schedules by which the learning rate follows half a period of a cosine, once or again and again.

import { checkPositive } from '../../errors.ts'
import { nullable, option, required, type TableFor } from '../../util/options.ts'
import { notNegative } from '../optimizer.ts'
import { defineSchedule, type ScheduleConstructor, type ScheduleOptions } from '../schedule.ts'

/** From 1 to `alpha` as `share` goes from 0 to 1. */
const cosine = (share: number, alpha: number, height = 1): number =>
  (1 - alpha) * 0.5 * height * (1 + Math.cos(Math.PI * share)) + alpha

export interface CosineDecayOptions extends ScheduleOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps of the decay, those of the warm-up not counted. */
  readonly decaySteps: number
  /** The last rate as a share of the first, `0` by default. */
  readonly alpha?: number
  /** The rate after the warm-up, from which it decays; none by default, and no warm-up. */
  readonly warmupTarget?: number | null
  /** Steps of the warm-up, `0` by default. */
  readonly warmupSteps?: number
}

/**
 * Decays along a cosine (Loshchilov & Hutter 2016). With a warm-up the rate first goes from `initialLearningRate` to `warmupTarget`
 * along a line.
 *
 * @throws {RecurraError} for `decaySteps` of 0 or less.
 * @see keras/src/optimizers/schedules/learning_rate_schedule.py
 */
export const CosineDecay: ScheduleConstructor<
  [initialLearningRate: number, decaySteps: number],
  [alpha?: number, name?: string, warmupTarget?: number | null, warmupSteps?: number],
  CosineDecayOptions
> = defineSchedule({
  className: 'CosineDecay',
  table: {
    initialLearningRate: required(notNegative),
    decaySteps: required(checkPositive),
    alpha: option(0, notNegative),
    warmupTarget: nullable(notNegative),
    warmupSteps: option(0, notNegative),
  } satisfies TableFor<Omit<CosineDecayOptions, 'name'>>,
  positional: ['initialLearningRate', 'decaySteps', 'alpha', 'name', 'warmupTarget', 'warmupSteps'],
  rate({ initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }, step) {
    const isWarming = warmupTarget !== null && step < warmupSteps
    if (isWarming) return initialLearningRate + ((warmupTarget - initialLearningRate) * step) / warmupSteps
    const decayed = warmupTarget === null ? step : step - warmupSteps
    return (warmupTarget ?? initialLearningRate) * cosine(Math.min(decayed / decaySteps, 1), alpha)
  },
})
export type CosineDecay = ReturnType<typeof CosineDecay>

export interface CosineDecayRestartsOptions extends ScheduleOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps of the first decay. */
  readonly firstDecaySteps: number
  /** How much longer each decay is than the one before, `2` by default. */
  readonly tMul?: number
  /** By how much the rate that each decay starts from is multiplied, `1` by default. */
  readonly mMul?: number
  /** The last rate of a decay as a share of the first, `0` by default. */
  readonly alpha?: number
}

/**
 * Decays along a cosine and starts again, each time for longer (Loshchilov & Hutter 2016).
 *
 * @throws {RecurraError} for `firstDecaySteps` of 0 or less.
 * @see keras/src/optimizers/schedules/learning_rate_schedule.py
 */
export const CosineDecayRestarts: ScheduleConstructor<
  [initialLearningRate: number, firstDecaySteps: number],
  [tMul?: number, mMul?: number, alpha?: number, name?: string],
  CosineDecayRestartsOptions
> = defineSchedule({
  className: 'CosineDecayRestarts',
  name: 'SGDRDecay',
  table: {
    initialLearningRate: required(notNegative),
    firstDecaySteps: required(checkPositive),
    tMul: option(2, checkPositive),
    mMul: option(1, notNegative),
    alpha: option(0, notNegative),
  } satisfies TableFor<Omit<CosineDecayRestartsOptions, 'name'>>,
  positional: ['initialLearningRate', 'firstDecaySteps', 'tMul', 'mMul', 'alpha', 'name'],
  rate({ initialLearningRate, firstDecaySteps, tMul, mMul, alpha }, step) {
    const { restarts, share } = positionOf(step / firstDecaySteps, tMul)
    return initialLearningRate * cosine(share, alpha, mMul ** restarts)
  },
})
export type CosineDecayRestarts = ReturnType<typeof CosineDecayRestarts>

/** How many decays are over after so many lengths of the first, and what share of the present one is. */
function positionOf(lengths: number, growth: number): { restarts: number; share: number } {
  if (growth === 1) {
    const restarts = Math.floor(lengths)
    return { restarts, share: lengths - restarts }
  }
  /** The lengths of so many decays together. */
  const start = (decays: number): number => (1 - growth ** decays) / (1 - growth)
  let restarts = Math.floor(Math.log(1 - lengths * (1 - growth)) / Math.log(growth))
  // The logarithms may round a restart away.
  if (start(restarts + 1) <= lengths) restarts++
  return { restarts, share: (lengths - start(restarts)) / growth ** restarts }
}
