// What the names, configs and functions that stand for regularizers and constraints mean: Keras's classes with their options.

import { checkFinite, checkInteger, describeValue, didYouMean, fail, plainName } from '../../errors.ts'
import { isObject } from '../../util/isObject.ts'
import { type OptionTable, oneOf, option, readOptions } from '../../util/options.ts'
import { isTensorFunction, tracedFunction } from '../functions.ts'
import type { Layer } from '../layer.ts'
import { snakeCase } from '../naming.ts'
import type { Variable } from './variable.ts'
import type { RuleKind, WeightRule } from './weightRules.ts'

const atLeastZero = (fallback: number) =>
  option(fallback, (where, name, value) => checkFinite(where, name, value, { min: 0 }))

const axis = option<number | readonly number[]>(0, (where, name, value) =>
  Array.isArray(value)
    ? value.map((each: unknown) => checkInteger(where, name, each))
    : checkInteger(where, name, value),
)

/** The classes of Keras with their options. */
export const ruleTables = {
  regularizer: {
    L1: { l1: atLeastZero(0.01) },
    L2: { l2: atLeastZero(0.01) },
    L1L2: { l1: atLeastZero(0), l2: atLeastZero(0) },
    OrthogonalRegularizer: {
      factor: atLeastZero(0.01),
      mode: option<'rows' | 'columns'>('rows', oneOf(['rows', 'columns'])),
    },
  },
  constraint: {
    MaxNorm: { maxValue: atLeastZero(2), axis },
    NonNeg: {},
    UnitNorm: { axis },
    MinMaxNorm: { minValue: atLeastZero(0), maxValue: atLeastZero(1), rate: atLeastZero(1), axis },
  },
} as const satisfies Record<RuleKind, Record<string, OptionTable>>

/** A rule of a class of Keras, whose options were read. */
export class RuleOfKeras<Kind extends RuleKind> implements WeightRule<Kind> {
  readonly module: `keras.${Kind}s`
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>

  constructor(module: `keras.${Kind}s`, className: string, config: Readonly<Record<string, unknown>>) {
    this.module = module
    this.className = className
    this.config = config
  }

  /** The options, from which `fromConfig` of the class makes an equal one. */
  getConfig(): Readonly<Record<string, unknown>> {
    return { ...this.config }
  }
}

/** A rule of a class of Keras; `where` names it in errors. */
export function makeRule<Kind extends RuleKind>(
  kind: Kind,
  className: string,
  given: unknown,
  where = className,
): RuleOfKeras<Kind> {
  const tables: Readonly<Record<string, OptionTable>> = ruleTables[kind]
  const config = readOptions(where, tables[className] ?? {}, given)
  return new RuleOfKeras(`keras.${kind}s`, className, config)
}

/** Whether a value is a rule of the user's own, or was made. */
const isMade = <Kind extends RuleKind>(value: unknown, kind: Kind): value is WeightRule<Kind> =>
  isObject(value) &&
  (Reflect.get(value, 'kind') === kind || (value instanceof RuleOfKeras && value.module === `keras.${kind}s`))

/** Reads what stands for a rule. */
export function readRule<Kind extends RuleKind>(
  kind: Kind,
  where: string,
  name: string,
  value: unknown,
): WeightRule<Kind> {
  if (isMade(value, kind)) return value
  const { className, config } = Object(typeof value === 'string' ? { className: value } : value)
  if (className === undefined && isTensorFunction(value))
    return { module: 'own', ...tracedFunction(`${where}, ${name}`, value) }
  const known = Object.keys(ruleTables[kind])
  const found = known.find((one) => typeof className === 'string' && plainName(one) === plainName(className))
  if (found) return makeRule(kind, found, config, `${where}, ${name}`)
  const names = known.map(snakeCase)
  return fail(where, {
    expected: `${name} to be a ${kind} (${names.join(', ')})`,
    got: describeValue(className ?? value),
    remedy: didYouMean(className, names),
  })
}

/** The regularizer and the constraint of a weight. */
export interface RulesOfWeight {
  readonly regularizer: WeightRule<'regularizer'> | null
  readonly constraint: WeightRule<'constraint'> | null
}

/** The rules of the weights of layers: a weight's own, or of a layer's options those that bear the weight's name (`recurrent` for `lstm/lstm_cell/recurrent_kernel`). */
export function rulesOfWeights(layers: readonly Layer[]): ReadonlyMap<Variable, RulesOfWeight> {
  const found = new Map<Variable, RulesOfWeight>()
  for (const { variables, config } of layers) {
    for (const variable of variables) {
      const { path, rules } = variable
      const part = path.replace(/.*\//, '').replace('_kernel', '')
      const read = <Kind extends RuleKind>(kind: Kind, option: string): WeightRule<Kind> | null => {
        const rule: unknown = rules ? rules[kind] : Reflect.get(config, option)
        return rule ? readRule(kind, path, option, rule) : null
      }
      const regularizer = read('regularizer', `${part}Regularizer`)
      const constraint = read('constraint', `${part}Constraint`)
      // A wrapper may list weights of the layer inside it.
      if (regularizer || constraint) found.set(variable, { regularizer, constraint })
    }
  }
  return found
}
