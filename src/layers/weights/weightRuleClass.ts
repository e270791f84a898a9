// Regularizers and constraints as classes: those that users extend, and what makes those of Keras.

import { describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { type Constructor, constructorOf } from '../../util/constructorOf.ts'
import { isOptions } from '../../util/options.ts'
import { Unproxied } from '../../util/unproxied.ts'
import { classNameOf } from '../classNames.ts'
import { type TracedFunction, tracedFunction } from '../functions.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { makeRule, type RuleOfKeras } from './ruleReader.ts'
import type { RuleKind, WeightRule } from './weightRules.ts'

type Class = abstract new (...args: never[]) => object

/** What classes of the user's own have in common. */
export abstract class OwnRule<Kind extends RuleKind> extends Unproxied implements WeightRule<Kind> {
  /** @internal */
  abstract readonly kind: Kind

  get className(): string {
    return classNameOf(this.constructor as unknown as Class)
  }

  /** Makes one of what `getConfig` returned; by default `new Class(config)`. */
  static fromConfig(this: new (config: never) => object, config: object): WeightRule {
    return new this(config as never) as WeightRule
  }

  /** Hook: the options of the constructor, for files; none by default. */
  getConfig(): Readonly<Record<string, unknown>> {
    return {}
  }

  /** That it is none of Keras's. */
  get module(): 'own' {
    return 'own'
  }

  /** What `getConfig` returns. */
  get config(): Readonly<Record<string, unknown>> {
    return this.getConfig()
  }

  /** @internal */
  abstract call(x: SymbolicTensor): SymbolicTensor

  /** @internal */
  applyTo(graph: Graph, x: Value): Value {
    return this.#traced.applyTo(graph, x)
  }

  /** @internal */
  penaltyOn(graph: Graph, x: Value, scale: number): Value {
    return this.#traced.penaltyOn(graph, x, scale)
  }

  get #traced(): TracedFunction {
    return tracedFunction(this.className, (tensor: SymbolicTensor) => this.call(tensor))
  }
}

/** Makes regularizers or constraints of a class of Keras, with `new` or without. */
export interface RuleClass<Kind extends RuleKind, Args extends readonly unknown[]>
  extends Constructor<Args, RuleOfKeras<Kind>> {
  /** Keras's name of the class. */
  readonly className: string
}

/**
 * Declares a class of Keras.
 *
 * @param names Its options in the order of Keras's arguments.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineRule<Kind extends RuleKind, Args extends readonly unknown[]>(
  kind: Kind,
  className: string,
  ...names: readonly string[]
): RuleClass<Kind, Args> {
  const make = constructorOf(className, (...args: readonly unknown[]): RuleOfKeras<Kind> => {
    const last = args.at(-1)
    // What is left undefined is not given.
    const placed = isOptions(last) || last === undefined ? args.slice(0, -1) : args
    if (placed.length > names.length) {
      fail(className, {
        expected: `(${[...names, 'options'].join(', ')})`,
        got: `(${args.map(describeValue).join(', ')})`,
      })
    }
    const given = placed.flatMap((value, i) => (value === undefined ? [] : [[names[i], value]]))
    return makeRule(kind, className, { ...Object.fromEntries(given), ...(isOptions(last) ? last : {}) })
  })
  return Object.assign(make, { className }) as unknown as RuleClass<Kind, Args>
}
