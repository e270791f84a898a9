// Losses of margins, of overlaps and of sequences of labels.

import { fail } from '../../errors.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { softplus } from '../../operations/activations.ts'
import { eye } from '../../operations/constants.ts'
import { ctcLoss } from '../../operations/ctc.ts'
import {
  add,
  divide,
  equal,
  greater,
  logicalNot,
  logicalOr,
  maximum,
  multiply,
  notEqual,
  square,
  subtract,
  where,
} from '../../operations/elementwise.ts'
import { type Operand, shapeOfOperand } from '../../operations/operation.ts'
import { matmul } from '../../operations/products.ts'
import { type Axes, all, logsumexp, max, mean, sum } from '../../operations/reductions.ts'
import { reshape, transpose, zerosLike } from '../../operations/shapes.ts'
import { flag, type TableFor } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import {
  type AxesOptions,
  axesTable,
  EPSILON,
  lossFunction,
  numberOption,
  type RowLoss,
} from './lossFunction.ts'

/** max(1 − t·p, 0), with targets of −1 and 1: a batch of zeros and ones alone is read as such. */
function margin(t: Operand, p: Operand): SymbolicTensor {
  const isBinary = all(logicalOr(equal(t, 0), equal(t, 1)))
  const sign = where(isBinary, subtract(multiply(2, t), 1), t)
  return maximum(subtract(1, multiply(sign, p)), 0)
}

/** mean(max(1 − t·p, 0)) over the last axis, with targets of −1 and 1, or 0 and 1. */
export const hinge: RowLoss = lossFunction('hinge', {}, (t, p) => mean(margin(t, p), -1))

/** mean(max(1 − t·p, 0)²) over the last axis, with targets of −1 and 1, or 0 and 1. */
export const squaredHinge: RowLoss = lossFunction('squaredHinge', {}, (t, p) =>
  mean(square(margin(t, p)), -1),
)

/** max(1 + max((1 − t)·p) − Σ t·p, 0) over the last axis, of classes, with targets of 0 and 1. */
export const categoricalHinge: RowLoss = lossFunction('categoricalHinge', {}, (t, p) => {
  const others = max(multiply(subtract(1, t), p), -1)
  return maximum(add(subtract(others, sum(multiply(t, p), -1)), 1), 0)
})

/** 1 − 2·Σ t·p / (Σ t + Σ p): how little t and p overlap. */
export const dice: RowLoss<AxesOptions> = lossFunction('dice', axesTable, (t, p, { axis }) => {
  const total = (x: Operand): SymbolicTensor => sum(x, axis as Axes)
  return subtract(1, divide(multiply(2, total(multiply(t, p))), add(add(total(t), total(p)), EPSILON)))
})

/** Options of the Tversky loss. */
export interface TverskyOptions extends AxesOptions {
  /** The weight of what is predicted and not so; `0.5` by default. */
  readonly alpha?: number
  /** The weight of what is so and not predicted; `0.5` by default. */
  readonly beta?: number
}

/** 1 − Σ t·p / (Σ t·p + alpha·Σ (1 − t)·p + beta·Σ t·(1 − p)). */
export const tversky: RowLoss<TverskyOptions> = lossFunction(
  'tversky',
  {
    ...axesTable,
    alpha: numberOption(0.5),
    beta: numberOption(0.5),
  } as const satisfies TableFor<TverskyOptions>,
  (t, p, { alpha, beta, axis }) => {
    const total = (x: Operand): SymbolicTensor => sum(x, axis as Axes)
    const both = total(multiply(t, p))
    const predicted = multiply(total(multiply(subtract(1, t), p)), alpha)
    const missed = multiply(total(multiply(t, subtract(1, p))), beta)
    return subtract(1, divide(both, add(add(add(both, predicted), missed), EPSILON)))
  },
)

/** Options of the circle loss. */
export interface CircleOptions {
  /** By what similarities are scaled; `80` by default. */
  readonly gamma?: number
  /** How far similarities may be from 1 in a class and from 0 between classes; `0.4` by default. */
  readonly margin?: number
  /** Whether an embedding is no pair with itself; `true` by default. */
  readonly removeDiagonal?: boolean
}

/** Below all logarithms that a sum may have, and far from overflow in sums of two. */
const NOTHING = -1e30

/**
 * The circle loss of embeddings `[batch, size]` of length 1 with integer labels `[batch]`: a value a sample, which counts where it is
 * above 0. Sun et al. 2020.
 */
export const circle: RowLoss<CircleOptions> = lossFunction(
  'circle',
  {
    gamma: numberOption(80),
    margin: numberOption(0.4),
    removeDiagonal: flag(true),
  } as const satisfies TableFor<CircleOptions>,
  (yTrue, yPred, { gamma, margin: m, removeDiagonal }, at) => {
    const shape = shapeOfOperand(yPred, at)
    const [batch = null] = shape
    if (shape.length !== 2 || batch === null)
      return fail(at, { expected: 'embeddings [batch, size] with a known batch', got: showShape(shape) })
    const labels = reshape(yTrue, [batch, 1])
    const same = equal(labels, transpose(labels))
    const isPositive = removeDiagonal ? multiply(same, subtract(1, eye(batch))) : same
    const distances = maximum(subtract(1, matmul(yPred, transpose(yPred))), 0)
    const pull = multiply(maximum(add(distances, m), 0), subtract(distances, m))
    const push = multiply(maximum(subtract(1 + m, distances), 0), subtract(1 - m, distances))
    const combined = (isPair: SymbolicTensor, terms: SymbolicTensor): SymbolicTensor =>
      logsumexp(where(isPair, multiply(terms, gamma), NOTHING), 1)
    const losses = softplus(add(combined(isPositive, pull), combined(logicalNot(same), push)))
    return [losses, greater(losses, 0)]
  },
)

/**
 * CTC: the negative logarithm of the probability of labels `[batch, labels]`, whose places in time are not known, from logits `[batch,
 * steps, classes]`. Class 0 is the blank, which is also what shorter labels end with.
 */
export const ctc: RowLoss = lossFunction('ctc', {}, (yTrue, yPred, _config, at) => {
  const [t, p] = [shapeOfOperand(yTrue, at), shapeOfOperand(yPred, at)]
  const [, steps = null] = p
  if (t.length !== 2 || p.length !== 3 || steps === null)
    return fail(at, {
      expected: 'labels [batch, labels] and logits [batch, steps, classes]',
      got: `${showShape(t)} and ${showShape(p)}`,
    })
  const labelLengths = sum(notEqual(yTrue, 0), -1)
  return ctcLoss(yTrue, yPred, labelLengths, add(zerosLike(labelLengths), steps))
})
