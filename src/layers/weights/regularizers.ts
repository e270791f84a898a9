// Keras 3's regularizers: penalties on weights and outputs, which training and evaluation add to the loss.

import { fail } from '../../errors.ts'
import { baseClass } from '../../util/baseClass.ts'
import type { WrittenMember } from '../members.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { readRule } from './ruleReader.ts'
import { defineRule, OwnRule, type RuleClass } from './weightRuleClass.ts'
import { type RegularizerIdentifier, type WeightRule, writtenRule } from './weightRules.ts'

export type { RegularizerIdentifier } from './weightRules.ts'

/** Any regularizer: of Keras or of the user's own. */
export type Regularizer = WeightRule<'regularizer'>

/** The class behind {@link Regularizer}. */
class OwnRegularizer extends OwnRule<'regularizer'> {
  /** @internal */
  get kind(): 'regularizer' {
    return 'regularizer'
  }

  /** Hook: the penalty on a weight or on outputs, one number. */
  override call(_x: SymbolicTensor): SymbolicTensor {
    return fail(this.className, {
      expected: `the class ${this.className} to have a method call`,
      got: 'none',
      remedy: 'Write call(x) { return ops.sum(…) }.',
    })
  }
}

/**
 * The base class of regularizers of one's own, which say in `ops` what is added to the loss. `register` them for files.
 *
 * ```ts
 * class Squares extends Regularizer {
 *   call(x: SymbolicTensor) { return ops.multiply(ops.sum(ops.square(x)), 0.01) }
 * }
 * ```
 *
 * @see keras/src/regularizers/regularizers.py
 */
export const Regularizer: typeof OwnRegularizer = /* @__PURE__ */ baseClass('Regularizer', OwnRegularizer)

export interface L1Options {
  /** The factor of Σ|x|, a number of at least 0; `0.01` by default. */
  readonly l1?: number
}

export interface L2Options {
  /** The factor of Σx², a number of at least 0; `0.01` by default. */
  readonly l2?: number
}

export interface L1L2Options {
  /** The factor of Σ|x|, a number of at least 0; `0` by default. */
  readonly l1?: number
  /** The factor of Σx², a number of at least 0; `0` by default. */
  readonly l2?: number
}

export interface OrthogonalRegularizerOptions {
  /** The factor, a number of at least 0; `0.01` by default. */
  readonly factor?: number
  /** `'rows'`, the default, or `'columns'`: which vectors of a matrix are to be orthogonal. */
  readonly mode?: 'rows' | 'columns'
}

/**
 * l1·Σ|x|.
 *
 * @param args `l1`, 0.01 by default, or options.
 */
export const L1: RuleClass<'regularizer', [l1?: number] | [options: L1Options]> = defineRule(
  'regularizer',
  'L1',
  'l1',
)
export type L1 = ReturnType<typeof L1>

/**
 * l2·Σx².
 *
 * @param args `l2`, 0.01 by default, or options.
 */
export const L2: RuleClass<'regularizer', [l2?: number] | [options: L2Options]> = defineRule(
  'regularizer',
  'L2',
  'l2',
)
export type L2 = ReturnType<typeof L2>

/**
 * l1·Σ|x| + l2·Σx².
 *
 * @param args `l1` and `l2`, each 0 by default, or options.
 */
export const L1L2: RuleClass<'regularizer', [l1?: number, l2?: number] | [options: L1L2Options]> = defineRule(
  'regularizer',
  'L1L2',
  'l1',
  'l2',
)
export type L1L2 = ReturnType<typeof L1L2>

/**
 * `factor` times the mean of |a·b| over all pairs of different rows, or columns, of a matrix, each divided by its length.
 *
 * @param args `factor`, 0.01 by default, and `mode`, `'rows'` by default, or options.
 */
export const OrthogonalRegularizer: RuleClass<
  'regularizer',
  | [factor?: number, mode?: 'rows' | 'columns']
  | [factor: number, options: Omit<OrthogonalRegularizerOptions, 'factor'>]
  | [options: OrthogonalRegularizerOptions]
> = defineRule('regularizer', 'OrthogonalRegularizer', 'factor', 'mode')
export type OrthogonalRegularizer = ReturnType<typeof OrthogonalRegularizer>

/** Keras's other names. */
export { L1 as l1, L1L2 as l1L2, L2 as l2, OrthogonalRegularizer as orthogonalRegularizer }

/**
 * The regularizer that a name, a config or an object stands for; null for null.
 *
 * @throws {RecurraError} if there is none of that name, or one of its options is wrong.
 */
export const get = (identifier: RegularizerIdentifier | null): WeightRule<'regularizer'> | null =>
  identifier === null ? null : readRule('regularizer', 'regularizers.get', 'the identifier', identifier)

/** The regularizer of a config, as {@link serialize} writes it. */
export const deserialize = (config: RegularizerIdentifier): WeightRule<'regularizer'> =>
  readRule('regularizer', 'regularizers.deserialize', 'the config', config)

/** A regularizer as the config of a layer has it. */
export const serialize = (given: WeightRule<'regularizer'>): WrittenMember => writtenRule(given)
