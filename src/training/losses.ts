// Losses by Keras's names. A loss is one value a row, which folds the last axis; training minimizes the mean over rows.

import { checkFinite, checkOneOf, checkPositive, checkText, describeValue, fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { elementwiseLossCodes } from '../ops/codes.gen.ts'
import { categoricalCrossentropy, type ElementwiseLossAttributes, elementwiseLoss } from '../ops/losses.ts'
import {
  type Config,
  flag,
  type OptionTable,
  option,
  readOptions,
  type TableFor,
  unsupported,
} from '../util/options.ts'
import { type Shape, sameShape } from '../util/shape.ts'
import { Family, type Identified, isMade } from './identifiers.ts'

/** Tensors of one output: predictions [B, ..., C], targets of the same shape or as the loss says, weights [B] or [B, T]. */
export interface LossInputs {
  readonly predictions: Value
  readonly targets: Value
  readonly weights?: Value | undefined
}

export interface Loss extends Identified {
  /** The name in the history and in files: `mean_squared_error`. */
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** The shape of targets for predictions of a shape, both without the batch. */
  targetShape(prediction: Shape): Shape
  /** Adds the loss; returns one value a row, weighted. */
  lower(graph: Graph, inputs: LossInputs): Value
}

const family = new Family<Loss>('a loss', {
  planned: ['msle', 'mape', 'meansquaredlogarithmicerror', 'meanabsolutepercentageerror'],
})

/** The table of options that every loss has; the default name depends on the loss. */
const common = {
  name: option('', checkText),
  reduction: option('sum_over_batch_size', (where, name, value) =>
    checkOneOf(where, name, value, ['sum_over_batch_size']),
  ),
}
const labelSmoothing = option(0, (where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 }))
const onlyLastAxis = option<-1>(-1, (where, name, value) =>
  value === -1 ? -1 : fail(where, { expected: `${name} to be -1`, got: describeValue(value) }),
)

/** Options of every loss. */
export interface LossOptions {
  readonly name?: string
  /** How the losses of rows become one number: the mean over all. */
  readonly reduction?: 'sum_over_batch_size'
}

/** A constructor of losses. */
export type LossConstructor<Options extends object = object> = (options?: Options) => Loss

const smoothed = { fromLogits: flag(false), labelSmoothing, axis: onlyLastAxis } satisfies TableFor<
  Omit<SmoothedCrossentropyOptions, keyof LossOptions>
>

/** The definition of a loss, without its name. */
type LossDefinition = Pick<Loss, 'targetShape' | 'lower'>

/**
 * Makes a loss known by Keras's names and returns its constructor.
 *
 * @param table The loss's options, beside `name` and `reduction`.
 * @param define Returns the definition for given options.
 */
export function defineLoss<Table extends OptionTable>(
  [className, name, ...aliases]: readonly [className: string, name: string, ...aliases: readonly string[]],
  table: Table,
  define: (config: Config<Table>) => LossDefinition,
): LossConstructor {
  const full = { ...table, ...common, name: option(name, checkText) }
  const make = (given: object = {}): Loss => {
    // The two tables together have all options.
    const config = readOptions(className, full, given) as unknown as Config<Table> & Config<typeof common>
    return { ...define(config), className, name: config.name, config }
  }
  family.add(className, make, name, ...aliases)
  return make
}

/** For losses whose targets have the predictions' shape. */
export const sameAsPrediction = (prediction: Shape): Shape => prediction
/** For losses whose targets are indices along the last axis. */
export const classIndices = (prediction: Shape): Shape => prediction.slice(0, -1)

const elementwise = (attrs: ElementwiseLossAttributes): LossDefinition => ({
  targetShape: sameAsPrediction,
  lower: (graph, inputs) => elementwiseLoss(graph, inputs, attrs).losses,
})

/** mean((p − t)²) */
export const MeanSquaredError: LossConstructor<LossOptions> = defineLoss(
  ['MeanSquaredError', 'mean_squared_error', 'mse'],
  {},
  () => elementwise({ code: elementwiseLossCodes.meanSquaredError }),
)

/** mean(|p − t|) */
export const MeanAbsoluteError: LossConstructor<LossOptions> = defineLoss(
  ['MeanAbsoluteError', 'mean_absolute_error', 'mae'],
  {},
  () => elementwise({ code: elementwiseLossCodes.meanAbsoluteError }),
)

export interface HuberOptions extends LossOptions {
  /** The error above which the loss grows linearly; 1 by default. */
  readonly delta?: number
}

/** The mean of e²/2 where e = |p − t| is at most `delta` (1), and of delta·e − delta²/2 beyond. */
export const Huber: LossConstructor<HuberOptions> = defineLoss(
  ['Huber', 'huber'],
  { delta: option(1, checkPositive) } satisfies TableFor<Omit<HuberOptions, keyof LossOptions>>,
  ({ delta }) => elementwise({ code: elementwiseLossCodes.huber, number: delta }),
)

export interface CrossentropyOptions extends LossOptions {
  /** Whether predictions are logits, not probabilities. */
  readonly fromLogits?: boolean
  /** The axis of classes: always the last. */
  readonly axis?: -1
}

export interface SmoothedCrossentropyOptions extends CrossentropyOptions {
  /** How far targets move towards the uniform distribution, from 0, the default, to 1. */
  readonly labelSmoothing?: number
}

/** −mean(t·log p + (1 − t)·log(1 − p)). */
export const BinaryCrossentropy: LossConstructor<SmoothedCrossentropyOptions> = defineLoss(
  ['BinaryCrossentropy', 'binary_crossentropy', 'bce'],
  smoothed,
  ({ fromLogits, labelSmoothing: number }) => {
    const { binaryCrossentropy, binaryCrossentropyFromLogits } = elementwiseLossCodes
    return elementwise({ code: fromLogits ? binaryCrossentropyFromLogits : binaryCrossentropy, number })
  },
)

/** −Σ t·log p over classes, targets as distributions. */
export const CategoricalCrossentropy: LossConstructor<SmoothedCrossentropyOptions> = defineLoss(
  ['CategoricalCrossentropy', 'categorical_crossentropy', 'cce'],
  smoothed,
  ({ fromLogits, labelSmoothing: smoothing }) => ({
    targetShape: sameAsPrediction,
    lower: (graph, inputs) =>
      categoricalCrossentropy(graph, inputs, { sparse: false, fromLogits, smoothing }).losses,
  }),
)

/** −log p of the class that the target names by its index. */
export const SparseCategoricalCrossentropy: LossConstructor<CrossentropyOptions> = defineLoss(
  ['SparseCategoricalCrossentropy', 'sparse_categorical_crossentropy'],
  { fromLogits: flag(false), axis: onlyLastAxis, ignoreClass: unsupported(null) },
  ({ fromLogits }) => ({
    targetShape: classIndices,
    lower: (graph, inputs) => categoricalCrossentropy(graph, inputs, { sparse: true, fromLogits }).losses,
  }),
)

/** The loss that a name, a loss or a file's config stands for. */
export function getLoss(identifier: string | Identified | Loss, where: string): Loss {
  if (!isMade<Loss>(identifier)) return family.get(identifier, where)
  // A metric has `lower`, too, but of another type.
  return 'result' in identifier
    ? fail(where, { expected: 'a loss', got: `the metric ${identifier.name}` })
    : identifier
}

/**
 * Whether the shape of targets is the expected one. As in Keras an extent of 1 at the end may be missing or added.
 * @param shape The targets' shape with the samples in front.
 */
export function fitTargets(shape: Shape, expected: Shape): boolean {
  const trimmed = (extents: Shape): Shape => (extents.at(-1) === 1 ? extents.slice(0, -1) : extents)
  return sameShape(trimmed(shape.slice(1)), trimmed(expected))
}
