// What all of Keras's optimizers take beside their own options: how gradients are clipped and averaged over steps, how weights decay,
// and the moving average of the weights.

import { checkFinite, checkInteger, checkPositive, checkPositiveInteger, checkText, fail } from '../errors.ts'
import { snakeCase } from '../layers/naming.ts'
import { type Config, flag, nullable, option, type TableFor } from '../util/options.ts'
import { checkLearningRate, type LearningRate, notNegative } from './optimizer.ts'

/** What every optimizer takes. */
export interface OptimizerOptions {
  /**
   * How far a step goes: a number of at least 0, or a schedule such as `ExponentialDecay`. The default is the optimizer's, `0.001` for
   * most and `0.01` for SGD.
   */
  readonly learningRate?: LearningRate
  /** Before each update weights shrink by this share of themselves, times the learning rate; none by default, `0.004` of AdamW. */
  readonly weightDecay?: number | null
  /** The most that the norm of each weight's gradient is; a larger gradient is scaled down to it. Not limited by default. */
  readonly clipnorm?: number | null
  /** The most that each number of a gradient is, and minus that the least. Not limited by default. */
  readonly clipvalue?: number | null
  /** The most that the norm of all gradients together is; larger ones are scaled down to it. Not limited by default. */
  readonly globalClipnorm?: number | null
  /**
   * Whether a moving average of the weights is kept, which `fit` leaves as the weights at its end, `false` by default.
   */
  readonly useEma?: boolean
  /** What share of the moving average a step keeps, in [0, 1], `0.99` by default. */
  readonly emaMomentum?: number
  /** Updates after which the weights become their moving average, again and again; only at the end of `fit` by default. */
  readonly emaOverwriteFrequency?: number | null
  /** What the loss is multiplied by before gradients are computed, and gradients are divided by; nothing by default. */
  readonly lossScaleFactor?: number | null
  /** Steps whose gradients are averaged for one update, at least 2; by default every step is an update. */
  readonly gradientAccumulationSteps?: number | null
  /** The optimizer's name in files; its class in snake_case by default. */
  readonly name?: string
}

/** The table of these options, for a class whose default learning rate is `rate`. */
export const updateOptions = (className: string, rate: number, weightDecay: number | null = null) =>
  ({
    name: option(snakeCase(className), checkText),
    learningRate: option<LearningRate>(rate, checkLearningRate),
    weightDecay: { ...nullable(notNegative), fallback: weightDecay },
    clipnorm: nullable(checkPositive),
    clipvalue: nullable(checkPositive),
    globalClipnorm: nullable(checkPositive),
    useEma: flag(false),
    emaMomentum: option(0.99, (where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 })),
    emaOverwriteFrequency: nullable(checkPositiveInteger),
    lossScaleFactor: nullable(checkPositive),
    gradientAccumulationSteps: nullable((where, name, value) => checkInteger(where, name, value, { min: 2 })),
  }) satisfies TableFor<OptimizerOptions>

export type UpdateConfig = Config<ReturnType<typeof updateOptions>>

const CLIPPINGS = ['clipnorm', 'clipvalue', 'globalClipnorm'] as const

/** Refuses options that do not go together. */
export function checkUpdate(where: string, config: UpdateConfig): void {
  const given = CLIPPINGS.filter((name) => config[name] !== null)
  if (given.length > 1) fail(where, { expected: `one of ${CLIPPINGS.join(', ')}`, got: given.join(' and ') })
}
