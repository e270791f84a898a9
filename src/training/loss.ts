// What a loss is, and the way to define one.

import { checkOneOf, checkText } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { StepLowering } from '../layers/call.ts'
import { type Config, type OptionTable, option, readOptions } from '../util/options.ts'
import { type OpenShape, type Shape, sameShape } from '../util/shape.ts'
import type { Identified } from './identifiers.ts'

/** Tensors of one output: predictions [B, ..., C], targets of the same shape or as the loss says, weights [B] or [B, T]. */
export interface LossInputs {
  readonly predictions: Value
  readonly targets: Value
  readonly weights?: Value | undefined
}

/** The shape of targets; `'any'` where the data say it. */
export type TargetShape = OpenShape | 'any'

export interface Loss extends Identified {
  /** The name in the history and in files: `mean_squared_error`. */
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** The shape of targets for predictions of a shape, both without the batch. */
  targetShape(prediction: OpenShape): TargetShape
  /** Adds the loss; returns one value a row, weighted. */
  lower(graph: Graph, inputs: LossInputs, step: StepLowering): Value
}

/** The table of options that every loss has; the default name depends on the loss. */
const common = {
  name: option('', checkText),
  reduction: option('sum_over_batch_size', (where, name, value) =>
    checkOneOf(where, name, value, ['sum_over_batch_size']),
  ),
}
/** Options of every loss. */
export interface LossOptions {
  /** The loss's name in histories and files; by default Keras's. */
  readonly name?: string
  /** How the losses of rows become one number: `'sum_over_batch_size'`, the mean over all. */
  readonly reduction?: 'sum_over_batch_size'
}

/** A constructor of losses. */
export interface LossConstructor<Options extends object = object> {
  (options?: Options): Loss
  /** Keras's names for it, that of the class first. */
  readonly names: readonly [className: string, ...others: readonly string[]]
}

/** The definition of a loss, without its name. */
export type LossDefinition = Pick<Loss, 'targetShape' | 'lower'>

/**
 * Makes a loss known by Keras's names and returns its constructor.
 *
 * @param table The loss's options, beside `name` and `reduction`.
 * @param define Returns the definition for given options.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineLoss<Table extends OptionTable>(
  names: readonly [className: string, name: string, ...aliases: readonly string[]],
  table: Table,
  define: (config: Config<Table>) => LossDefinition,
): LossConstructor {
  const [className, name] = names
  const full = { ...table, ...common, name: option(name, checkText) }
  const make = (given: object = {}): Loss => {
    // The two tables together have all options.
    const config = readOptions(className, full, given) as unknown as Config<Table> & Config<typeof common>
    return { ...define(config), className, name: config.name, config }
  }
  return Object.assign(make, { names })
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
  const trimmed = (extents: OpenShape): OpenShape => (extents.at(-1) === 1 ? extents.slice(0, -1) : extents)
  return sameShape(trimmed(shape.slice(1)), trimmed(expected))
}
