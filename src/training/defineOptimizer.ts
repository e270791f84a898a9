// `defineOptimizer`: an optimizer of Keras from its options and its rule.

import { readRate } from '../layers/options.ts'
import { type ConstructorStatics, constructorOf, type Unextended } from '../util/constructorOf.ts'
import { type Config, type OptionTable, option, readOptions } from '../util/options.ts'
import { namedArguments } from '../util/positional.ts'
import { surround } from './aroundUpdate.ts'
import { type LearningRate, Optimizer, type Rule } from './optimizer.ts'
import { checkUpdate, type UpdateConfig, updateOptions } from './updateOptions.ts'

export type { OptimizerOptions } from './updateOptions.ts'

/** A share that a running mean keeps. At 1 it would keep all and learn nothing. */
export const decayRate = (fallback: number) => option(fallback, readRate)

/** Makes an optimizer of its options, or of a learning rate. */
export interface OptimizerConstructor<Options extends object = object> extends ConstructorStatics<Optimizer> {
  (options?: Options | LearningRate): Optimizer
  new (options?: Options | LearningRate): Optimizer & Unextended
  /** Keras's name of the class. */
  readonly className: string
}

/** The defaults of options that all optimizers have, where they are the class's. */
interface Defaults {
  readonly learningRate: number
  readonly weightDecay?: number
}

/**
 * Defines an optimizer by Keras's name and returns its constructor.
 *
 * @param defaults The learning rate where none is given, or that and the weight decay.
 * @param table Its options, beside those of all optimizers.
 * @param rule What a step does, by what the options say.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineOptimizer<Table extends OptionTable>(
  className: string,
  defaults: number | Defaults,
  table: Table,
  rule: (config: Config<Table>) => Rule,
): OptimizerConstructor {
  const { learningRate, weightDecay } =
    typeof defaults === 'number' ? { learningRate: defaults } : (defaults as Defaults)
  const full = { ...updateOptions(className, learningRate, weightDecay), ...table }
  const make = constructorOf(className, (...args: readonly (LearningRate | object | undefined)[]) => {
    // All options are those of the two tables.
    const config = readOptions(
      className,
      full,
      namedArguments(className, ['learningRate'], args, { learningRate: full.learningRate, ...table }),
    ) as unknown as Config<Table> & UpdateConfig
    checkUpdate(className, config)
    return new Optimizer(className, config, surround(config, rule(config)))
  })
  return Object.assign(make, { className })
}
