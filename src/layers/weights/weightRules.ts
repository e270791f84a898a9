// Regularizers and constraints of weights, as options hold them: Keras's name, what L2(0.01) and the like made, a config, a function. What
// these stand for is read (ruleReader.ts) by what makes rules, by files, and with the first step of a model that has some.

import { checkOneOf, plainName } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import type { Identified } from '../../util/identified.ts'
import { nullable, type OptionalOption } from '../../util/options.ts'
import type { NamesIn } from '../../util/spellings.ts'
import { type FunctionOfTensor, isTensorFunction, ownOf, type TensorFunction } from '../functions.ts'
import type { Layer } from '../layer.ts'
import type { WrittenMember } from '../members.ts'
import type { OwnConstraints, OwnRegularizers } from '../own/ownNames.ts'
import type { ruleTables } from './ruleReader.ts'

/** The kind of a rule, which is also the last part of Keras's module and of the names of options. */
export type RuleKind = 'regularizer' | 'constraint'

/** A regularizer or a constraint, as files have it. */
export interface WeightRule<Kind extends RuleKind = RuleKind> {
  /** Keras's module, or `'own'` for a rule of the user's own. */
  readonly module: `keras.${Kind}s` | 'own'
  /** Keras's name of the class, `L2`, or that of a class of one's own. */
  readonly className: string
  /** Every option, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>
  /** @internal The function of `ops` that it is. */
  readonly fn?: TensorFunction
  /** @internal What a constraint of the user's own makes of a weight. */
  applyTo?(graph: Graph, x: Value): Value
  /** @internal A regularizer of the user's own times `scale`, as a loss, [1]. */
  penaltyOn?(graph: Graph, x: Value, scale: number): Value
}

/** A rule as configs have it. */
export const writtenRule = ({ module, className, config }: WeightRule): WrittenMember => ({
  module,
  className,
  config,
})

/** A rule by Keras's name, or by that of a registered function. */
type RuleName<Kind extends RuleKind> =
  | NamesIn<keyof (typeof ruleTables)[Kind] & string>
  | (Kind extends 'regularizer' ? 'l1_l2' | keyof OwnRegularizers : keyof OwnConstraints)

/** A rule by Keras's name, by its class, as an object, as a function of `ops`, or as a file's config. */
export type RuleIdentifier<Kind extends RuleKind> =
  | RuleName<Kind>
  | WeightRule<Kind>
  | FunctionOfTensor
  | Identified

/** What `kernelRegularizer` and the like accept. A function of `ops` takes the weight and returns one number. */
export type RegularizerIdentifier = RuleIdentifier<'regularizer'>
/** What `kernelConstraint` and the like accept. A function of `ops` takes the weight and returns one of its shape. */
export type ConstraintIdentifier = RuleIdentifier<'constraint'>

/** @internal Whether a layer, or one of its weights, was given a rule whose option has such a name. */
export const hasRule = ({ config, variables }: Layer, option: RegExp): boolean =>
  [config, ...variables.map(({ rules }) => rules)].some((given) =>
    Object.entries(given ?? {}).some(([name, value]) => value && option.test(name)),
  )

const ruleOption = <Kind extends RuleKind>(
  kind: Kind,
  ...names: readonly string[]
): OptionalOption<RuleIdentifier<Kind> | null, RuleIdentifier<Kind> | null> =>
  nullable<RuleIdentifier<Kind>>((where, name, given) => {
    const value = ownOf(given)
    const { kind: own, className = value } = Object(value)
    if (own !== kind && !isTensorFunction(className)) {
      const found =
        typeof className === 'string' && names.find((one) => plainName(one) === plainName(className))
      checkOneOf(where, name, found || className, names)
    }
    return value as RuleIdentifier<Kind>
  })

export const regularizer = ruleOption('regularizer', 'l1', 'l2', 'l1_l2', 'orthogonal_regularizer')
export const constraint = ruleOption('constraint', 'max_norm', 'non_neg', 'unit_norm', 'min_max_norm')

/** Options of the weights that layers call kernels. */
export interface KernelRules {
  /** A penalty on the kernel, `'l2'` or `L2(0.01)` say, which is added to the loss; `null`, the default, is none. */
  readonly kernelRegularizer?: RegularizerIdentifier | null
  /** What the kernel meets after each update, `'non_neg'` or `MaxNorm(3)` say; `null`, the default, is nothing. */
  readonly kernelConstraint?: ConstraintIdentifier | null
}

/** Options of biases. */
export interface BiasRules {
  /** A penalty on the bias, `'l2'` or `L2(0.01)` say, which is added to the loss; `null`, the default, is none. */
  readonly biasRegularizer?: RegularizerIdentifier | null
  /** What the bias meets after each update, `'non_neg'` or `MaxNorm(3)` say; `null`, the default, is nothing. */
  readonly biasConstraint?: ConstraintIdentifier | null
}

/** Options of the kernels that states go through. */
export interface RecurrentRules {
  /** A penalty on the recurrent kernel, `'l2'` or `L2(0.01)` say, which is added to the loss; `null`, the default, is none. */
  readonly recurrentRegularizer?: RegularizerIdentifier | null
  /** What the recurrent kernel meets after each update, `'unit_norm'` say; `null`, the default, is nothing. */
  readonly recurrentConstraint?: ConstraintIdentifier | null
}

/** Options of kernels of single channels. */
export interface DepthwiseRules {
  /** A penalty on the kernels of each channel, which is added to the loss; `null`, the default, is none. */
  readonly depthwiseRegularizer?: RegularizerIdentifier | null
  /** What the kernels of each channel meet after each update; `null`, the default, is nothing. */
  readonly depthwiseConstraint?: ConstraintIdentifier | null
}

/** Options of kernels that mix the channels of one place. */
export interface PointwiseRules {
  /** A penalty on the kernel that mixes channels, which is added to the loss; `null`, the default, is none. */
  readonly pointwiseRegularizer?: RegularizerIdentifier | null
  /** What the kernel that mixes channels meets after each update; `null`, the default, is nothing. */
  readonly pointwiseConstraint?: ConstraintIdentifier | null
}

/** Options of the weights of normalizations. */
export interface NormalizationRules {
  /** A penalty on `beta`, `'l2'` or `L2(0.01)` say, which is added to the loss; `null`, the default, is none. */
  readonly betaRegularizer?: RegularizerIdentifier | null
  /** A penalty on `gamma`, `'l2'` or `L2(0.01)` say, which is added to the loss; `null`, the default, is none. */
  readonly gammaRegularizer?: RegularizerIdentifier | null
  /** What `beta` meets after each update, `'non_neg'` say; `null`, the default, is nothing. */
  readonly betaConstraint?: ConstraintIdentifier | null
  /** What `gamma` meets after each update, `'non_neg'` say; `null`, the default, is nothing. */
  readonly gammaConstraint?: ConstraintIdentifier | null
}

type RuleOptions<Part extends string> = Readonly<
  Record<`${Part}Regularizer`, typeof regularizer> & Record<`${Part}Constraint`, typeof constraint>
>

/** Keras's options of weights: `kernelRegularizer`, `kernelConstraint` and the like, by the weights' names (rulesOfWeight). */
/* @__NO_SIDE_EFFECTS__ */
export const rulesOf = <const Part extends string>(...parts: readonly Part[]): RuleOptions<Part> =>
  Object.assign(
    {},
    ...parts.map((part) => ({ [`${part}Regularizer`]: regularizer, [`${part}Constraint`]: constraint })),
  )
