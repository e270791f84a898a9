// Schedules by which the learning rate decays as a power, a quotient or a polynomial of the step, or in stages.

import { checkFinite, checkPositive, describeValue, fail } from '../../errors.ts'
import { flag, option, type Read, required, type TableFor } from '../../util/options.ts'
import { notNegative } from '../optimizer.ts'
import { defineSchedule, type ScheduleConstructor, type ScheduleOptions } from '../schedule.ts'

export interface ExponentialDecayOptions extends ScheduleOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps after which the rate is `decayRate` times what it was. */
  readonly decaySteps: number
  /** By how much the rate is multiplied every `decaySteps` steps. */
  readonly decayRate: number
  /** Whether the rate changes every `decaySteps` steps alone, `false` by default. */
  readonly staircase?: boolean
}

const decaying = {
  initialLearningRate: required(notNegative),
  decaySteps: required(checkPositive),
  decayRate: required(notNegative),
  staircase: flag(false),
} as const

const decayingArguments = ['initialLearningRate', 'decaySteps', 'decayRate', 'staircase', 'name'] as const

type DecayConstructor<Options> = ScheduleConstructor<
  [initialLearningRate: number, decaySteps: number, decayRate: number],
  [staircase?: boolean, name?: string],
  Options
>

/** How often `decaySteps` have passed. */
const timesOf = (step: number, decaySteps: number, staircase: boolean): number =>
  staircase ? Math.floor(step / decaySteps) : step / decaySteps

/**
 * Decays by the same factor every so many steps: `initialLearningRate · decayRate ^ (step / decaySteps)`.
 *
 * @throws {RecurraError} for `decaySteps` of 0 or less.
 * @see keras/src/optimizers/schedules/learning_rate_schedule.py
 */
export const ExponentialDecay: DecayConstructor<ExponentialDecayOptions> = defineSchedule({
  className: 'ExponentialDecay',
  table: decaying satisfies TableFor<Omit<ExponentialDecayOptions, 'name'>>,
  positional: decayingArguments,
  rate: ({ initialLearningRate, decaySteps, decayRate, staircase }, step) =>
    initialLearningRate * decayRate ** timesOf(step, decaySteps, staircase),
})
export type ExponentialDecay = ReturnType<typeof ExponentialDecay>

export interface InverseTimeDecayOptions extends ScheduleOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps after which the divisor has grown by `decayRate`. */
  readonly decaySteps: number
  /** By how much the divisor of the rate grows every `decaySteps` steps. */
  readonly decayRate: number
  /** Whether the rate changes every `decaySteps` steps alone, `false` by default. */
  readonly staircase?: boolean
}

/**
 * Decays as the inverse of the step: `initialLearningRate / (1 + decayRate · step / decaySteps)`.
 *
 * @throws {RecurraError} for `decaySteps` of 0 or less.
 * @see keras/src/optimizers/schedules/learning_rate_schedule.py
 */
export const InverseTimeDecay: DecayConstructor<InverseTimeDecayOptions> = defineSchedule({
  className: 'InverseTimeDecay',
  table: decaying satisfies TableFor<Omit<InverseTimeDecayOptions, 'name'>>,
  positional: decayingArguments,
  rate: ({ initialLearningRate, decaySteps, decayRate, staircase }, step) =>
    initialLearningRate / (1 + decayRate * timesOf(step, decaySteps, staircase)),
})
export type InverseTimeDecay = ReturnType<typeof InverseTimeDecay>

export interface PolynomialDecayOptions extends ScheduleOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps after which the rate is `endLearningRate`. */
  readonly decaySteps: number
  /** The last rate, `0.0001` by default. */
  readonly endLearningRate?: number
  /** The power of the polynomial, `1` by default: a straight line. */
  readonly power?: number
  /** Whether the decay is stretched to the next multiple of `decaySteps` once they have passed, `false` by default. */
  readonly cycle?: boolean
}

/**
 * Decays as a polynomial from one rate to another:
 * `(initialLearningRate − endLearningRate) · (1 − step / decaySteps) ^ power + endLearningRate`.
 *
 * @throws {RecurraError} for `decaySteps` of 0 or less.
 * @see keras/src/optimizers/schedules/learning_rate_schedule.py
 */
export const PolynomialDecay: ScheduleConstructor<
  [initialLearningRate: number, decaySteps: number],
  [endLearningRate?: number, power?: number, cycle?: boolean, name?: string],
  PolynomialDecayOptions
> = defineSchedule({
  className: 'PolynomialDecay',
  table: {
    initialLearningRate: required(notNegative),
    decaySteps: required(checkPositive),
    endLearningRate: option(0.0001, notNegative),
    power: option(1, notNegative),
    cycle: flag(false),
  } satisfies TableFor<Omit<PolynomialDecayOptions, 'name'>>,
  positional: ['initialLearningRate', 'decaySteps', 'endLearningRate', 'power', 'cycle', 'name'],
  rate({ initialLearningRate, decaySteps, endLearningRate, power, cycle }, step) {
    const last = cycle ? decaySteps * Math.max(Math.ceil(step / decaySteps), 1) : decaySteps
    const left = 1 - Math.min(step, last) / last
    return (initialLearningRate - endLearningRate) * left ** power + endLearningRate
  },
})
export type PolynomialDecay = ReturnType<typeof PolynomialDecay>

export interface PiecewiseConstantDecayOptions extends ScheduleOptions {
  /** The last step of each stage but the last, in ascending order. */
  readonly boundaries: readonly number[]
  /** The rate of each stage: one more than boundaries. */
  readonly values: readonly number[]
}

const numbers =
  (check: Read<number>): Read<readonly number[]> =>
  (where, name, value) => {
    if (Array.isArray(value) && value.length > 0)
      return value.map((entry, i) => check(where, `${name}[${i}]`, entry))
    return fail(where, { expected: `${name} to be a list of numbers`, got: describeValue(value) })
  }

/**
 * Stages of constant rates: `values[i]` for steps up to `boundaries[i]`, counted from 0, and the last value after all of them.
 *
 * @throws {RecurraError} unless there is one value more than boundaries, which ascend.
 * @see keras/src/optimizers/schedules/learning_rate_schedule.py
 */
export const PiecewiseConstantDecay: ScheduleConstructor<
  [boundaries: readonly number[], values: readonly number[]],
  [name?: string],
  PiecewiseConstantDecayOptions
> = defineSchedule({
  className: 'PiecewiseConstantDecay',
  name: 'PiecewiseConstant',
  table: {
    boundaries: required(numbers(checkFinite)),
    values: required(numbers(notNegative)),
  } satisfies TableFor<Omit<PiecewiseConstantDecayOptions, 'name'>>,
  positional: ['boundaries', 'values', 'name'],
  check({ boundaries, values }) {
    const where = 'PiecewiseConstantDecay'
    if (values.length !== boundaries.length + 1) {
      fail(where, {
        expected: `${boundaries.length + 1} values, one more than boundaries`,
        got: `${values.length}`,
      })
    }
    if (boundaries.some((boundary, i) => boundary <= (boundaries[i - 1] ?? -Infinity)))
      fail(where, { expected: 'boundaries that ascend', got: describeValue(boundaries) })
  },
  rate({ boundaries, values }, step) {
    const stage = boundaries.findIndex((boundary) => step <= boundary)
    return values.at(stage) ?? 0
  },
})
export type PiecewiseConstantDecay = ReturnType<typeof PiecewiseConstantDecay>
