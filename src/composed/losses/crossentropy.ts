// Losses of probabilities of classes.

import { checkFinite, checkInteger } from '../../errors.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { sigmoid } from '../../operations/activations.ts'
import {
  add,
  clip,
  divide,
  log,
  multiply,
  negative,
  notEqual,
  power,
  subtract,
  where,
} from '../../operations/elementwise.ts'
import * as networks from '../../operations/networks.ts'
import { softmax } from '../../operations/normalizing.ts'
import type { Operand } from '../../operations/operation.ts'
import { mean, sum } from '../../operations/reductions.ts'
import { expandDims } from '../../operations/shapes.ts'
import { oneHot } from '../../operations/taking.ts'
import { flag, nullable, option, type TableFor } from '../../util/options.ts'
import {
  classesOf,
  EPSILON,
  type LogitsOptions,
  logitsTable,
  lossFunction,
  numberOption,
  type RowLoss,
  type SmoothingOptions,
  smoothingTable,
} from './lossFunction.ts'

/** Targets that moved towards the uniform distribution over so many classes. */
const smoothed = (t: Operand, smoothing: number, classes: number): Operand =>
  smoothing === 0 ? t : add(multiply(t, 1 - smoothing), smoothing / classes)

/** The mean over an axis of −(t·ln p + (1 − t)·ln(1 − p)). */
export const binaryCrossentropy: RowLoss<SmoothingOptions> = lossFunction(
  'binaryCrossentropy',
  smoothingTable,
  (t, p, { fromLogits, labelSmoothing, axis }) =>
    mean(networks.binaryCrossentropy(smoothed(t, labelSmoothing, 2), p, fromLogits), axis),
)

/** Options of focal losses. */
export interface FocalOptions extends SmoothingOptions {
  /** The weight of a class; `0.25` by default. */
  readonly alpha?: number
  /** The exponent by which what is predicted well counts less; `2` by default. */
  readonly gamma?: number
}

/** Options of the binary focal loss. */
export interface BinaryFocalOptions extends FocalOptions {
  /** Whether `alpha` is the weight of targets of 1, and 1 − alpha that of targets of 0; `false` by default: there are no weights. */
  readonly applyClassBalancing?: boolean
}

const focalTable = {
  ...smoothingTable,
  alpha: numberOption(0.25),
  gamma: numberOption(2),
} as const satisfies TableFor<FocalOptions>

/** `one` where the target is 1, `zero` where it is 0. */
const byTarget = (t: Operand, one: Operand, zero: Operand): SymbolicTensor =>
  add(multiply(t, one), multiply(subtract(1, t), zero))

/** {@link binaryCrossentropy} of which each entry counts by (1 − the probability of its target) to the power of gamma. */
export const binaryFocalCrossentropy: RowLoss<BinaryFocalOptions> = lossFunction(
  'binaryFocalCrossentropy',
  { ...focalTable, applyClassBalancing: flag(false) } as const satisfies TableFor<BinaryFocalOptions>,
  (yTrue, yPred, { applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis }) => {
    const t = smoothed(yTrue, labelSmoothing, 2)
    const p = fromLogits ? sigmoid(yPred) : yPred
    const factor = power(subtract(1, byTarget(t, p, subtract(1, p))), gamma)
    const focal = multiply(factor, networks.binaryCrossentropy(t, p))
    return mean(applyClassBalancing ? multiply(byTarget(t, alpha, 1 - alpha), focal) : focal, axis)
  },
)

/** −Σ t·ln p over the axis of classes. */
export const categoricalCrossentropy: RowLoss<SmoothingOptions> = lossFunction(
  'categoricalCrossentropy',
  smoothingTable,
  (t, p, { fromLogits, labelSmoothing, axis }, where) =>
    networks.categoricalCrossentropy(
      smoothed(t, labelSmoothing, labelSmoothing === 0 ? 1 : classesOf(where, p, axis)),
      p,
      fromLogits,
      axis,
    ),
)

/** −alpha·Σ (1 − p)^gamma·t·ln p over the axis of classes. */
export const categoricalFocalCrossentropy: RowLoss<FocalOptions> = lossFunction(
  'categoricalFocalCrossentropy',
  focalTable,
  (yTrue, yPred, { alpha, gamma, fromLogits, labelSmoothing, axis }, where) => {
    const t = smoothed(yTrue, labelSmoothing, labelSmoothing === 0 ? 1 : classesOf(where, yPred, axis))
    const p = fromLogits ? softmax(yPred, axis) : yPred
    const share = clip(divide(p, sum(p, axis, true)), EPSILON, 1 - EPSILON)
    const weight = multiply(power(subtract(1, share), gamma), alpha)
    return sum(multiply(weight, multiply(negative(t), log(share))), axis)
  },
)

/** Options of the cross-entropy with class indices. */
export interface SparseOptions extends LogitsOptions {
  /** A target whose rows do not count, such as -1 or 255; `null` by default: all count. */
  readonly ignoreClass?: number | null
}

/** −ln p of the class that the target names by its index. */
export const sparseCategoricalCrossentropy: RowLoss<SparseOptions> = lossFunction(
  'sparseCategoricalCrossentropy',
  {
    ...logitsTable,
    ignoreClass: nullable<number>((at, name, value) => checkInteger(at, name, value)),
  } as const satisfies TableFor<SparseOptions>,
  (t, p, { fromLogits, ignoreClass, axis }) => {
    if (ignoreClass === null) return networks.sparseCategoricalCrossentropy(t, p, fromLogits, axis)
    const isValid = notEqual(t, ignoreClass)
    const known = where(expandDims(isValid, axis), p, 0)
    const losses = networks.sparseCategoricalCrossentropy(where(isValid, t, 0), known, fromLogits, axis)
    return [where(isValid, losses, 0), isValid]
  },
)

/** Options of the generalized cross-entropy. */
export interface GeneralizedOptions {
  /** Between 0, where the loss is cross-entropy, and 1, where it is the absolute error; `0.5` by default. */
  readonly q?: number
}

/** (1 − p^q) / q for the probability p of the class that the target names by its index. Zhang and Sabuncu 2018. */
export const categoricalGeneralizedCrossEntropy: RowLoss<GeneralizedOptions> = lossFunction(
  'categoricalGeneralizedCrossEntropy',
  {
    q: option(0.5, (at, name, value) => {
      const q = checkFinite(at, `${name}, which lies between 0 and 1,`, value, { min: 0, max: 1 })
      return q > 0 && q < 1 ? q : checkFinite(at, `${name}, which lies between 0 and 1,`, Number.NaN)
    }),
  } satisfies TableFor<GeneralizedOptions>,
  (t, p, { q }, where) => {
    const ofClass = sum(multiply(p, oneHot(t, classesOf(where, p, -1))), -1)
    return divide(subtract(1, power(ofClass, q)), q)
  },
)
