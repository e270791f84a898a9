// Losses by Keras's names. Each is one value a row (the last axis folded), their mean is what training lowers.

import { checkOneOf, checkText, describeValue, fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { categoricalCrossentropy, elementwiseLoss, elementwiseLossCodes } from '../ops/losses.ts'
import { flag, type OptionTable, option, readOptions, unsupported } from '../util/options.ts'
import { type OpenShape, type Shape, showShape } from '../util/shape.ts'
import { Family, type Identified, isMade } from './identifiers.ts'

/** Tensors of one output: predictions [B, ..., C], targets alike or as the loss asks, weights [B] or [B, T]. */
export interface LossInputs {
  readonly predictions: Value
  readonly targets: Value
  readonly weights?: Value | undefined
}

export interface Loss extends Identified {
  /** The history's and the file's name: `mean_squared_error`. */
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** The shape that targets must have for predictions of a shape, the batch left out. */
  targetShape(prediction: Shape): Shape
  /** Adds the loss; returns one value a row, weighted. */
  lower(graph: Graph, inputs: LossInputs): Value
}

const family = new Family<Loss>('a loss', {
  planned: ['msle', 'mape', 'meansquaredlogarithmicerror', 'meanabsolutepercentageerror'],
})

const onlyMean = option('sum_over_batch_size', (where, name, value) =>
  checkOneOf(where, name, value, ['sum_over_batch_size']),
)
const onlyZero = unsupported(0)
const onlyLastAxis = option(-1, (where, name, value) =>
  value === -1 ? -1 : fail(where, { expected: `${name} to be -1`, got: describeValue(value) }),
)

function define<Table extends OptionTable>(
  className: string,
  name: string,
  table: Table,
  aliases: readonly string[],
  how: Pick<Loss, 'targetShape'> & {
    lower(graph: Graph, inputs: LossInputs, config: Readonly<Record<string, unknown>>): Value
  },
) {
  const full = { ...table, name: option(name, checkText), reduction: onlyMean }
  const make = (given: Readonly<Record<string, unknown>> = {}): Loss => {
    const config = readOptions(className, full, given)
    return {
      className,
      name: config.name as string,
      config,
      targetShape: how.targetShape,
      lower: (graph, inputs) => how.lower(graph, inputs, config),
    }
  }
  family.add(className, make, name, ...aliases)
  return make
}

/** Targets are alike. */
export const sameAsPrediction = (prediction: Shape): Shape => prediction
/** Targets are indices of the last axis. */
export const classIndices = (prediction: Shape): Shape => prediction.slice(0, -1)

const elementwise = (code: number) => ({
  targetShape: sameAsPrediction,
  lower: (graph: Graph, inputs: LossInputs): Value => elementwiseLoss(graph, inputs, { code }).losses,
})

/** mean((p − t)²) */
export const MeanSquaredError = define(
  'MeanSquaredError',
  'mean_squared_error',
  {},
  ['mse'],
  elementwise(elementwiseLossCodes.meanSquaredError),
)

/** mean(|p − t|) */
export const MeanAbsoluteError = define(
  'MeanAbsoluteError',
  'mean_absolute_error',
  {},
  ['mae'],
  elementwise(elementwiseLossCodes.meanAbsoluteError),
)

/** −mean(t·log p + (1 − t)·log(1 − p)); options `fromLogits` (false). */
export const BinaryCrossentropy = define(
  'BinaryCrossentropy',
  'binary_crossentropy',
  { fromLogits: flag(false), labelSmoothing: onlyZero, axis: onlyLastAxis },
  ['bce'],
  {
    targetShape: sameAsPrediction,
    lower(graph, inputs, { fromLogits }) {
      const { binaryCrossentropy, binaryCrossentropyFromLogits } = elementwiseLossCodes
      return elementwiseLoss(graph, inputs, {
        code: fromLogits ? binaryCrossentropyFromLogits : binaryCrossentropy,
      }).losses
    },
  },
)

/** −Σ t·log p over classes, targets as distributions; options `fromLogits` (false). */
export const CategoricalCrossentropy = define(
  'CategoricalCrossentropy',
  'categorical_crossentropy',
  { fromLogits: flag(false), labelSmoothing: onlyZero, axis: onlyLastAxis },
  ['cce'],
  {
    targetShape: sameAsPrediction,
    lower: (graph, inputs, { fromLogits }) =>
      categoricalCrossentropy(graph, inputs, { sparse: false, fromLogits: fromLogits === true }).losses,
  },
)

/** −log p of the class that the target names by its index; options `fromLogits` (false). */
export const SparseCategoricalCrossentropy = define(
  'SparseCategoricalCrossentropy',
  'sparse_categorical_crossentropy',
  {
    fromLogits: flag(false),
    axis: onlyLastAxis,
    ignoreClass: unsupported(null),
  },
  [],
  {
    targetShape: classIndices,
    lower: (graph, inputs, { fromLogits }) =>
      categoricalCrossentropy(graph, inputs, { sparse: true, fromLogits: fromLogits === true }).losses,
  },
)

/** The loss that a name, a loss or a file's config stands for. */
export function getLoss(identifier: string | Identified | Loss, where: string): Loss {
  return isMade<Loss>(identifier) ? identifier : family.get(identifier, where)
}

/**
 * Checks targets of a batch against what a loss asks. As in Keras an extent of 1 at the end may be missing or too many.
 * @param shape The targets' shape with the samples in front.
 */
export function checkTargets(where: string, shape: Shape, prediction: OpenShape, expected: Shape): void {
  const trimmed = (extents: Shape): Shape => (extents.at(-1) === 1 ? extents.slice(0, -1) : extents)
  const got = trimmed(shape.slice(1))
  const asked = trimmed(expected)
  if (got.length === asked.length && got.every((extent, axis) => extent === asked[axis])) return
  fail(where, {
    expected: `targets ${showShape([null, ...expected])} for predictions ${showShape(prediction)}`,
    got: showShape(shape),
    remedy:
      expected.length < prediction.length - 1 && shape.at(-1) === prediction.at(-1)
        ? "Targets are one-hot: use 'categorical_crossentropy', or give class indices."
        : undefined,
  })
}
