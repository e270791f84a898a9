// The way to define a metric by Keras's names.

import { checkText, describeValue, fail } from '../errors.ts'
import { autoName } from '../layers/naming.ts'
import { type Constructor, constructorOf } from '../util/constructorOf.ts'
import {
  type Config,
  computed,
  isOptions,
  nullable,
  type OptionTable,
  readOptions,
  unwritten,
} from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { type MetricDefinition, metricOf } from './metric.ts'
import type { MetricState } from './metricState.ts'
import { type MadeMetric, standing } from './metrics/standing.ts'

/** Options of every metric. */
export interface MetricOptions {
  /** The history's key; by default Keras's name of the metric, where Keras counts them with a number from the second one on. */
  readonly name?: string | null
  /** A dtype of Keras; it has no effect, since sums are exact. */
  readonly dtype?: string | null
}

/** A constructor of metrics; `Args` says what it takes where that is more than options. */
export interface MetricConstructor<
  Options extends object = object,
  Args extends readonly unknown[] = readonly [options?: Options],
> extends Constructor<Args, MadeMetric> {
  /** Keras's names for the metric, the class's name first. */
  readonly names: readonly [className: string, ...others: readonly string[]]
}

/** The table of options of every metric; the default name is that of the class, counted. */
export const metricTable = (className: string, standard?: string) => ({
  name: computed((where, option, value) =>
    value === undefined || value === null
      ? (standard ?? autoName(className))
      : checkText(where, option, value),
  ),
  dtype: nullable(checkText, unwritten),
})

/** How a metric is called. */
interface MetricNames {
  /** The class's name, and others that strings may have. */
  readonly names: readonly [className: string, ...others: readonly string[]]
  /** The default of the option `name`; by default that of the class, counted. */
  readonly name?: string
  /** Options that come first without a name. */
  readonly positional?: readonly string[]
}

/**
 * Defines a metric by Keras's names and returns its constructor.
 *
 * @param table The metric's options, beside `name`.
 * @param stateOf Returns the tensors of the state for given options and predictions of a shape.
 * @param define Returns the definition for given options.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineMetric<Table extends OptionTable, S extends MetricState>(
  { names, name: standard, positional = [] }: MetricNames,
  table: Table,
  stateOf: (config: Config<Table>, prediction: OpenShape) => S,
  define: (config: Config<Table>) => MetricDefinition<S>,
): MetricConstructor<object, readonly unknown[]> {
  const [className] = names
  const common = metricTable(className, standard)
  const make = constructorOf(className, (...args): MadeMetric => {
    // The two tables together have all options.
    const config = readOptions(
      className,
      // A metric may read `dtype` itself.
      { ...table, ...common, ...table },
      optionsOf(className, positional, args),
    ) as unknown as Config<Table> & Config<typeof common>
    const state = (prediction: OpenShape): S => stateOf(config, prediction)
    return standing(metricOf({ className, name: config.name, config }, state, define(config)))
  })
  return Object.assign(make, { names })
}

/** The arguments of a constructor as options. */
function optionsOf(className: string, positional: readonly string[], args: readonly unknown[]): unknown {
  const found = args.findIndex(
    (argument) => isOptions(argument) || argument === null || argument === undefined,
  )
  const count = found < 0 ? args.length : found
  if (count > positional.length || args.length > count + 1) {
    fail(className, {
      expected: `(${[...positional, 'options'].join(', ')})`,
      got: `(${args.map(describeValue).join(', ')})`,
    })
  }
  if (count === 0) return args[0]
  return {
    ...(args[count] ?? {}),
    ...Object.fromEntries(positional.slice(0, count).map((name, i) => [name, args[i]])),
  }
}
