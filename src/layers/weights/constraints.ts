// Keras 3's constraints: what weights are made to meet after each update.

import { baseClass } from '../../util/baseClass.ts'
import type { WrittenMember } from '../members.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { readRule } from './ruleReader.ts'
import { defineRule, OwnRule, type RuleClass } from './weightRuleClass.ts'
import { type ConstraintIdentifier, type WeightRule, writtenRule } from './weightRules.ts'

export type { ConstraintIdentifier } from './weightRules.ts'

/** Any constraint: of Keras or of the user's own. */
export type Constraint = WeightRule<'constraint'>

/** The class behind {@link Constraint}. */
class OwnConstraint extends OwnRule<'constraint'> {
  /** @internal */
  get kind(): 'constraint' {
    return 'constraint'
  }

  /** Hook: the weight's next value, of its shape; the weight as it is by default. */
  override call(w: SymbolicTensor): SymbolicTensor {
    return w
  }
}

/**
 * The base class of constraints of one's own, which say in `ops` what becomes of a weight. `register` them for files.
 *
 * ```ts
 * class Centered extends Constraint {
 *   call(w: SymbolicTensor) { return ops.subtract(w, ops.mean(w)) }
 * }
 * ```
 *
 * @see keras/src/constraints/constraints.py
 */
export const Constraint: typeof OwnConstraint = /* @__PURE__ */ baseClass('Constraint', OwnConstraint)

/** One axis, or several, counted from the end where negative. */
type Axes = number | readonly number[]

export interface MaxNormOptions {
  /** The largest norm, `2` by default. */
  readonly maxValue?: number
  /** Axes over which norms are taken, `0` by default: the inputs of each unit of a Dense; `[0, 1, 2]` for kernels of Conv2D. */
  readonly axis?: Axes
}

export interface UnitNormOptions {
  /** Axes over which norms are taken, `0` by default: the inputs of each unit of a Dense; `[0, 1, 2]` for kernels of Conv2D. */
  readonly axis?: Axes
}

export interface MinMaxNormOptions {
  /** The least norm, `0` by default. */
  readonly minValue?: number
  /** The largest norm, `1` by default. */
  readonly maxValue?: number
  /** The share of the way to these bounds that an update goes, `1` by default. */
  readonly rate?: number
  /** Axes over which norms are taken, `0` by default: the inputs of each unit of a Dense; `[0, 1, 2]` for kernels of Conv2D. */
  readonly axis?: Axes
}

/**
 * Vectors with norms of at most `maxValue`.
 *
 * @param args `maxValue`, 2 by default, and `axis`, 0 by default, or options.
 */
export const MaxNorm: RuleClass<
  'constraint',
  | [maxValue?: number, axis?: Axes]
  | [maxValue: number, options: Omit<MaxNormOptions, 'maxValue'>]
  | [options: MaxNormOptions]
> = defineRule('constraint', 'MaxNorm', 'maxValue', 'axis')
export type MaxNorm = ReturnType<typeof MaxNorm>

/** Numbers of at least 0. */
export const NonNeg: RuleClass<'constraint', []> = defineRule('constraint', 'NonNeg')
export type NonNeg = ReturnType<typeof NonNeg>

/**
 * Vectors with norms of 1.
 *
 * @param args `axis`, 0 by default, or options.
 */
export const UnitNorm: RuleClass<'constraint', [axis?: Axes] | [options: UnitNormOptions]> = defineRule(
  'constraint',
  'UnitNorm',
  'axis',
)
export type UnitNorm = ReturnType<typeof UnitNorm>

/**
 * Vectors with norms from `minValue` to `maxValue`, or `rate` of the way there.
 *
 * @param args `minValue`, 0, `maxValue`, 1, `rate`, 1, and `axis`, 0 by default, or options.
 */
export const MinMaxNorm: RuleClass<
  'constraint',
  | [minValue?: number, maxValue?: number, rate?: number, axis?: Axes]
  | [minValue: number, maxValue: number, options: Omit<MinMaxNormOptions, 'minValue' | 'maxValue'>]
  | [options: MinMaxNormOptions]
> = defineRule('constraint', 'MinMaxNorm', 'minValue', 'maxValue', 'rate', 'axis')
export type MinMaxNorm = ReturnType<typeof MinMaxNorm>

/** Keras's other names. */
export { MaxNorm as maxNorm, MinMaxNorm as minMaxNorm, NonNeg as nonNeg, UnitNorm as unitNorm }

/**
 * The constraint that a name, a config or an object stands for; null for null.
 *
 * @throws {RecurraError} if there is none of that name, or one of its options is wrong.
 */
export const get = (identifier: ConstraintIdentifier | null): WeightRule<'constraint'> | null =>
  identifier === null ? null : readRule('constraint', 'constraints.get', 'the identifier', identifier)

/** The constraint of a config, as {@link serialize} writes it. */
export const deserialize = (config: ConstraintIdentifier): WeightRule<'constraint'> =>
  readRule('constraint', 'constraints.deserialize', 'the config', config)

/** A constraint as the config of a layer has it. */
export const serialize = (given: WeightRule<'constraint'>): WrittenMember => writtenRule(given)
