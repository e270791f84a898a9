// Losses as functions of `ops`: of targets and predictions, one value a row. Each is written once, with its options; constructors of
// losses (src/training) call it with theirs.

import { checkFinite, checkInteger, fail } from '../../errors.ts'
import { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { DrawnVariable } from '../../layers/weights/variable.ts'
import { newest } from '../../operations/assignable.ts'
import { type Operand, shapeOfOperand } from '../../operations/operation.ts'
import { expandDims, squeeze } from '../../operations/shapes.ts'
import {
  type Config,
  flag,
  type OptionTable,
  option,
  readOptions,
  type TableFor,
} from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import type { NestedArray, Tensor } from '../../util/tensor.ts'
import { underscored } from '../../util/underscored.ts'

/** Data: nested arrays, a typed array or a tensor. */
type Numbers = NestedArray | ArrayBufferView | Tensor

/** Keras's `config.epsilon()`. */
export const EPSILON = 1e-7

/**
 * A loss as a function of `ops`: for targets and predictions, whose ranks may differ by an axis of 1 at the end, one value a row. The
 * rows are all axes but the one that the loss folds.
 */
export interface RowLoss<Options extends object = object> {
  (yTrue: Operand, yPred: SymbolicTensor, options?: Options): SymbolicTensor
  (yTrue: SymbolicTensor, yPred: Operand, options?: Options): SymbolicTensor
  /** On data alone: their values, on the backend in use. */
  (yTrue: Numbers, yPred: Numbers, options?: Options): Promise<Tensor>
  /** Keras's name, by which `compile` knows it. */
  readonly className: string
  /** @internal Marks what `compile` does not trace. */
  readonly names: readonly never[]
  /** @internal */
  readonly table: OptionTable
  /** @internal */
  readonly apply: ApplyLoss
}

/** A loss with options that are read: its values, and its mask of rows where it has one. */
export type ApplyLoss = (
  yTrue: Operand,
  yPred: Operand,
  config: Readonly<Record<string, unknown>>,
) => readonly SymbolicTensor[]

/** How a loss computes the values of rows, and their mask where it has one. */
type Values<Table extends OptionTable> = (
  yTrue: Operand,
  yPred: Operand,
  config: Config<Table>,
  where: string,
) => SymbolicTensor | readonly [values: SymbolicTensor, mask: SymbolicTensor]

/**
 * Makes a function of a loss.
 *
 * @param name Its name in the namespace.
 */
/* @__NO_SIDE_EFFECTS__ */
export function lossFunction<Table extends OptionTable>(
  name: string,
  table: Table,
  values: Values<Table>,
  namespace: 'losses' | 'metrics' = 'losses',
): RowLoss {
  const where = `${namespace}.${name}`
  const apply: RowLoss['apply'] = (yTrue, yPred, config) =>
    [
      values(...withEqualRanks(where, yTrue, yPred), config as Config<Table>, where),
    ].flat() as SymbolicTensor[]
  const loss = (yTrue: unknown, yPred: unknown, options: object = {}): SymbolicTensor | Promise<Tensor> => {
    const config = readOptions(where, table, options)
    const applied = (t: Operand, p: Operand): SymbolicTensor => apply(t, p, config)[0] as SymbolicTensor
    return isSymbolic(yTrue) || isSymbolic(yPred)
      ? applied(yTrue as Operand, yPred as Operand)
      : import('../../operations/alone.ts').then(({ functionAlone }) =>
          functionAlone(where, applied, [yTrue, yPred]),
        )
  }
  // As a loss or a metric it is what Keras's name stands for.
  const className = underscored(name)
  Object.defineProperty(loss, 'name', { value: className })
  return Object.assign(loss, { className, names: [], table, apply }) as RowLoss
}

/** Whether a value is known in steps alone. */
export const isSymbolic = (value: unknown): boolean => {
  const operand = newest(value)
  return operand instanceof SymbolicTensor || operand instanceof DrawnVariable
}

/**
 * Targets and predictions with an axis of 1 at the end added or taken away, where their ranks differ by that.
 *
 * @see keras/src/losses/loss.py, squeeze_or_expand_to_same_rank
 */
export function withEqualRanks(where: string, yTrue: Operand, yPred: Operand): readonly [Operand, Operand] {
  const [t, p] = [shapeOfOperand(yTrue, where), shapeOfOperand(yPred, where)]
  if (t.length === p.length + 1 && t.at(-1) === 1)
    return p.length === 1 ? [yTrue, expandDims(yPred, -1)] : [squeeze(yTrue, -1), yPred]
  if (p.length === t.length + 1 && p.at(-1) === 1)
    return t.length === 1 ? [expandDims(yTrue, -1), yPred] : [yTrue, squeeze(yPred, -1)]
  return [yTrue, yPred]
}

/** The extent of the predictions' axis of classes; throws where it is open. */
export function classesOf(where: string, yPred: Operand, axis: number): number {
  const shape = shapeOfOperand(yPred, where)
  return (
    shape.at(axis) ??
    fail(where, { expected: `a known number of classes, axis ${axis}`, got: showShape(shape) })
  )
}

/** Options of cross-entropies. */
export interface LogitsOptions {
  /** Whether predictions are logits, not probabilities; `false` by default. */
  readonly fromLogits?: boolean
  /** The axis that the loss folds, of classes; `-1`, the last, by default. */
  readonly axis?: number
}

/** Options of cross-entropies whose targets are distributions. */
export interface SmoothingOptions extends LogitsOptions {
  /** How far targets move towards the uniform distribution, from `0`, the default, to 1. */
  readonly labelSmoothing?: number
}

/** Options of losses that fold axes. */
export interface AxesOptions {
  /** The axis or axes that the loss folds; `null`, the default, is all, so that it is one number. */
  readonly axis?: number | readonly number[] | null
}

export const axisOption = option(-1, (where, name, value) => checkInteger(where, name, value))

export const logitsTable = {
  fromLogits: flag(false),
  axis: axisOption,
} as const satisfies TableFor<LogitsOptions>

export const smoothingTable = {
  ...logitsTable,
  labelSmoothing: option(0, (where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 })),
} as const satisfies TableFor<SmoothingOptions>

export const axesTable = {
  axis: option<number | readonly number[] | null>(null, (where, name, value) => {
    if (value === null) return null
    return Array.isArray(value)
      ? value.map((each: unknown) => checkInteger(where, `each of ${name}`, each))
      : checkInteger(where, name, value)
  }),
} as const satisfies TableFor<AxesOptions>

/** An option that is any number. */
export const numberOption = (fallback: number) => option(fallback, checkFinite)
