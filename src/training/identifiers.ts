// Losses, metrics and optimizers by Keras's names: a string, an object made by a constructor, or a file's config.

import { describeValue, didYouMean, fail } from '../errors.ts'
import { snakeCase } from '../layers/naming.ts'
import type { Identified } from '../util/identified.ts'
import { isObject } from '../util/isObject.ts'

export type { Identified }

/** Whether a value is a loss or a metric, and not a name or a config: these have `lower`. */
export const isMade = <T extends Identified>(given: Identifier | null | undefined): given is T & Identified =>
  isObject(given) && 'lower' in given && typeof given.lower === 'function'

/** A class of losses or metrics, in the place of one that it makes of no options. */
export interface NamedClass<T> {
  (): T
  /** Keras's names for it, that of the class first. */
  readonly names: readonly string[]
}

/** A name, a config, or a class in the place of one of its objects. */
export type Identifier = string | Identified | NamedClass<unknown>

type Make<T> = (config: Readonly<Record<string, unknown>>) => T

/** Keras's names for one class, and what makes its objects. */
export interface Entry<T> {
  readonly names: readonly [className: string, ...others: readonly string[]]
  readonly make: Make<T>
}

/** The entries among what a module exports. A bundler may have it export more than its source does. */
export const entriesIn = <T>(module: object): readonly Entry<T>[] =>
  Object.values(module).flatMap((make: Entry<T>['make'] & Entry<T>) =>
    'names' in make ? [{ names: make.names, make }] : [],
  )

/** Loads the code of entries that are known by name only. */
export type Loading = () => Promise<void>

/**
 * A registry of losses, metrics or optimizers by Keras's names. The few that most pages use are at hand. Of the others only the names
 * are: `compile` takes them at once, and their code is loaded before the model's first call. So a page does not ship all of Keras
 * for the sake of strings.
 */
export class Family<T extends object> {
  readonly #what: string
  readonly #byName = new Map<string, Make<T>>()
  readonly #names: readonly string[]
  /** What loads entries, by their names. */
  readonly later = new Map<string, Loading>()

  /**
   * @param what The kind of an entry, for errors: 'a loss'.
   * @param names Further names that errors list, which the caller resolves.
   */
  constructor(what: string, names: readonly string[] = []) {
    this.#what = what
    this.#names = names
  }

  /** Adds entries, each under its class name and under further names. */
  addAll(entries: readonly Entry<T>[]): void {
    for (const {
      names: [className, ...names],
      make,
    } of entries)
      for (const name of namesOf(className, names)) this.#byName.set(name, make)
  }

  /**
   * Adds entries whose code is loaded when it is needed.
   *
   * @param classes For each entry its class name and further names, with blanks between: `'KLDivergence kld'`.
   * @param load Returns the same entries.
   */
  addLater(classes: readonly string[], load: () => Promise<readonly Entry<T>[]>): void {
    const loading: Loading = async () => this.addAll(await load())
    for (const [className = '', ...names] of classes.map((names) => names.split(' '))) {
      for (const name of namesOf(className, names)) this.later.set(name, loading)
    }
  }

  /**
   * What must be loaded before `get` has an identifier; null if it is at hand.
   *
   * @throws {RecurraError} for names that the family does not know.
   */
  loadingOf(identifier: Identifier, where: string): Loading | null {
    const name = nameOf(identifier)
    if (this.#byName.has(name)) return null
    return this.later.get(name) ?? this.#fail(identifier, where)
  }

  /** Whether the family knows an identifier, whether its code is at hand or not. */
  has(identifier: Identifier): boolean {
    const name = nameOf(identifier)
    return this.#byName.has(name) || this.later.has(name)
  }

  /** The entry that an identifier stands for; its code is at hand. */
  get(identifier: Identifier, where: string): T {
    const make = this.#byName.get(nameOf(identifier))
    return make
      ? make((typeof identifier === 'object' && identifier.config) || {})
      : this.#fail(identifier, where)
  }

  #fail(identifier: Identifier, where: string): never {
    const name = classOf(identifier)
    const remedy = didYouMean(name, [...this.#names, ...this.#byName.keys(), ...this.later.keys()])
    const expected = remedy ? this.#what : `${this.#what} by Keras's name`
    return fail(where, { expected, got: describeValue(name ?? identifier), remedy })
  }
}

const nameOf = (identifier: Identifier): string => String(classOf(identifier)).toLowerCase()

/** A name itself, what a config calls its class, or the first name of a class. */
function classOf(given: Identifier | undefined): string | undefined {
  if (typeof given === 'string') return given
  const { className, names } = Object(given) as Partial<Identified & NamedClass<unknown>>
  return className ?? names?.[0]
}

/** All spellings of an entry's names: Keras reads a class's name in snake_case, too, which errors show first. */
const namesOf = (className: string, names: readonly string[]): readonly string[] =>
  [snakeCase(className), className, ...names].map((name) => name.toLowerCase())
