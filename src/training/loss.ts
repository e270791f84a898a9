// What a loss is, and the way to define one.

import { checkOneOf, checkText } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { StepLowering } from '../layers/call.ts'
import type { LossInputs, Reduction } from '../layers/lossInputs.ts'
import { type Config, type OptionTable, option, readOptions } from '../util/options.ts'
import { namedArguments } from '../util/positional.ts'
import { type OpenShape, type Shape, sameShape } from '../util/shape.ts'
import type { Identified } from './identifiers.ts'

/** The shape of targets; `'any'` where the data say it. */
export type TargetShape = OpenShape | 'any'

/** Targets that are indices of classes. */
interface TargetIndices {
  /** The axis of classes in the predictions; null for labels of any number of classes. */
  readonly axis: number | null
  /** An index that is no class. */
  readonly ignored?: number | null
}

export interface Loss extends Identified {
  /** The name in the history and in files: `mean_squared_error`. */
  readonly name: string
  /** Its options, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>
  /** How the values of rows become the number that training minimizes. */
  readonly reduction: Reduction
  /** @internal The shape of targets for predictions of a shape, both without the batch. */
  targetShape(prediction: OpenShape): TargetShape
  /** @internal Adds the loss; returns one value a row, weighted, of which the reduction takes the sum or the mean. */
  lower(graph: Graph, inputs: LossInputs, step: StepLowering): Value
  /** Set where targets are indices, but for those along the predictions' last axis. */
  readonly indices?: TargetIndices
}

/** The table of options that every loss has; the default name depends on the loss. */
export const lossTable = (name: string) => ({
  name: option(name, checkText),
  reduction: option<Reduction, Reduction | null>('sum_over_batch_size', (where, name, value) =>
    value === null
      ? 'none'
      : checkOneOf(where, name, value, [
          'sum_over_batch_size',
          'sum',
          'mean',
          'mean_with_sample_weight',
          'none',
        ]),
  ),
})
/** Options of every loss. */
export interface LossOptions {
  /** The loss's name in histories and files; by default Keras's. */
  readonly name?: string
  /**
   * How the losses of rows become one number: `'sum_over_batch_size'`, the default, and `'mean'` are their mean,
   * `'mean_with_sample_weight'` is their sum divided by that of the sample weights that were given, and `'sum'` is their sum. `'none'` or
   * null leaves them as they are, for a loss that is called, or is a metric.
   */
  readonly reduction?: Reduction | null
}

/** Keras's names for a loss: of its class, of its objects, and others. */
export type LossNames = readonly [className: string, name: string, ...aliases: readonly string[]]

/** Makes losses of one kind. */
export interface LossMaker<Options extends object = object> {
  (options?: Options): Loss
  /** Keras's names for it, that of the class first. */
  readonly names: readonly [className: string, ...others: readonly string[]]
}

/** The definition of a loss, without its name. */
export interface LossDefinition extends Pick<Loss, 'indices'> {
  targetShape(prediction: OpenShape): TargetShape
  lower(graph: Graph, inputs: LossInputs, step: StepLowering): Value
}

/**
 * Defines a loss by Keras's names, and returns what makes it.
 *
 * @param table The loss's options, beside `name` and `reduction`.
 * @param define Returns the definition for given options.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineLossMaker<Table extends OptionTable>(
  names: LossNames,
  table: Table,
  define: (config: Config<Table> & Config<ReturnType<typeof lossTable>>) => LossDefinition,
): LossMaker {
  const [className, name] = names
  const full = { ...table, ...lossTable(name) }
  const make = (...args: readonly unknown[]): Loss => {
    // The two tables together have all options.
    const config = readOptions(
      className,
      full,
      namedArguments(className, [], args, table),
    ) as unknown as Config<Table> & Config<ReturnType<typeof lossTable>>
    const { name, reduction } = config
    return { ...define(config), className, name, config, reduction }
  }
  return Object.assign(make, { names }) as unknown as LossMaker
}

/** For losses whose targets have the predictions' shape. */
export const sameAsPrediction = (prediction: OpenShape): OpenShape => prediction
/** For losses whose targets are indices along the last axis. */
export const classIndices = (prediction: OpenShape): OpenShape => prediction.slice(0, -1)

/**
 * Whether the shape of an array is the expected one of a sample. As in Keras an extent of 1 at the end may be missing or added.
 *
 * @param shape The array's shape with the samples in front.
 */
export function fitsSample(shape: Shape, expected: OpenShape): boolean {
  const sample = shape.slice(1)
  return (
    sameShape(sample, expected) || sameShape([...sample, 1], expected) || sameShape(sample, [...expected, 1])
  )
}
