// Losses that are written in `ops`.

import type { RowLoss } from '../../composed/losses/index.ts'
import * as functions from '../../composed/losses/index.ts'
import { lowerLoss } from '../../operations/tracedLoss.ts'
import { classIndices, type Loss, type LossNames, type LossOptions, sameAsPrediction } from '../loss.ts'
import { defineLoss, type LossConstructor } from './calledLoss.ts'
import { rowsIn } from './fusedRows.ts'

/** A loss that is written in `ops`; by default its targets have the predictions' shape. */
/* @__NO_SIDE_EFFECTS__ */
const written = <Options extends object>(
  names: LossNames,
  loss: RowLoss<Options>,
  targets: Partial<Pick<Loss, 'targetShape' | 'indices'>> = {},
): LossConstructor<LossOptions & Options> =>
  defineLoss(
    names,
    loss.table,
    (config) => ({
      targetShape: sameAsPrediction,
      ...targets,
      lower: (_graph, inputs, step) =>
        lowerLoss(
          {
            where: names[0],
            reduction: config.reduction,
            call: ([t, p]) => (t && p ? loss.apply(t, p, config) : []),
          },
          inputs,
          step,
        ),
    }),
    rowsIn(loss),
  )

export interface CosineSimilarityOptions extends LossOptions, functions.AxisOptions {}

/** −cos of the angle between p and t as vectors along `axis`: −1 where their directions agree. */
export const CosineSimilarity: LossConstructor<CosineSimilarityOptions> = written(
  ['CosineSimilarity', 'cosine_similarity'],
  functions.cosineSimilarity,
)
export type CosineSimilarity = ReturnType<typeof CosineSimilarity>

export interface BinaryFocalCrossentropyOptions extends LossOptions, functions.BinaryFocalOptions {}

/** Binary cross-entropy of which each entry counts by (1 − the probability of its target) to the power of `gamma`. */
export const BinaryFocalCrossentropy: LossConstructor<BinaryFocalCrossentropyOptions> = written(
  ['BinaryFocalCrossentropy', 'binary_focal_crossentropy'],
  functions.binaryFocalCrossentropy,
)
export type BinaryFocalCrossentropy = ReturnType<typeof BinaryFocalCrossentropy>

export interface CategoricalFocalCrossentropyOptions extends LossOptions, functions.FocalOptions {}

/** −alpha·Σ (1 − p)^gamma·t·ln p over classes. */
export const CategoricalFocalCrossentropy: LossConstructor<CategoricalFocalCrossentropyOptions> = written(
  ['CategoricalFocalCrossentropy', 'categorical_focal_crossentropy'],
  functions.categoricalFocalCrossentropy,
)
export type CategoricalFocalCrossentropy = ReturnType<typeof CategoricalFocalCrossentropy>

export interface CategoricalGeneralizedCrossEntropyOptions
  extends LossOptions,
    functions.GeneralizedOptions {}

/** (1 − p^q) / q for the probability p of the class that the target names by its index. */
export const CategoricalGeneralizedCrossEntropy: LossConstructor<CategoricalGeneralizedCrossEntropyOptions> =
  written(
    ['CategoricalGeneralizedCrossEntropy', 'categorical_generalized_cross_entropy'],
    functions.categoricalGeneralizedCrossEntropy,
    { targetShape: classIndices },
  )
export type CategoricalGeneralizedCrossEntropy = ReturnType<typeof CategoricalGeneralizedCrossEntropy>

/** mean(max(1 − t·p, 0)), targets of −1 and 1, or 0 and 1. */
export const Hinge: LossConstructor<LossOptions> = written(['Hinge', 'hinge'], functions.hinge)
export type Hinge = ReturnType<typeof Hinge>

/** mean(max(1 − t·p, 0)²), targets of −1 and 1, or 0 and 1. */
export const SquaredHinge: LossConstructor<LossOptions> = written(
  ['SquaredHinge', 'squared_hinge'],
  functions.squaredHinge,
)
export type SquaredHinge = ReturnType<typeof SquaredHinge>

/** max(1 + max((1 − t)·p) − Σ t·p, 0) over classes. */
export const CategoricalHinge: LossConstructor<LossOptions> = written(
  ['CategoricalHinge', 'categorical_hinge'],
  functions.categoricalHinge,
)
export type CategoricalHinge = ReturnType<typeof CategoricalHinge>

export interface DiceOptions extends LossOptions, functions.AxesOptions {}

/** 1 − 2·Σ t·p / (Σ t + Σ p): how little t and p overlap. */
export const Dice: LossConstructor<DiceOptions> = written(['Dice', 'dice'], functions.dice)
export type Dice = ReturnType<typeof Dice>

export interface TverskyLossOptions extends LossOptions, functions.TverskyOptions {}

/** 1 − Σ t·p / (Σ t·p + alpha·Σ (1 − t)·p + beta·Σ t·(1 − p)). */
export const Tversky: LossConstructor<TverskyLossOptions> = written(['Tversky', 'tversky'], functions.tversky)
export type Tversky = ReturnType<typeof Tversky>

export interface CircleLossOptions extends LossOptions, functions.CircleOptions {}

/** The circle loss of embeddings [size] of length 1, with integer labels. */
export const Circle: LossConstructor<CircleLossOptions> = written(['Circle', 'circle'], functions.circle, {
  targetShape: () => [],
  indices: { axis: null },
})
export type Circle = ReturnType<typeof Circle>

/** CTC of logits [steps, classes], with labels as class indices, which 0, the blank, fills up. */
export const CTC: LossConstructor<LossOptions> = written(['CTC', 'ctc'], functions.ctc, {
  targetShape: () => 'any',
  indices: { axis: -1 },
})
export type CTC = ReturnType<typeof CTC>
