// Losses, metrics and optimizers by Keras's names: a string, an object made by a constructor, or a file's config.

import { describeValue, didYouMean, fail, plainName } from '../errors.ts'
import { snakeCase } from '../layers/naming.ts'

/** The class and options of a loss, metric or optimizer, as files and users may write them. */
export interface Identified {
  readonly className: string
  readonly config?: Readonly<Record<string, unknown>>
}

/** Whether a value is a loss or a metric, and not a name or a config: these have `lower`. */
export const isMade = <T extends Identified>(given: string | Identified | null | undefined): given is T =>
  typeof given === 'object' && given !== null && 'lower' in given && typeof given.lower === 'function'

type Make<T> = (config: Readonly<Record<string, unknown>>) => T

/** A registry of losses, metrics or optimizers by Keras's names. */
export class Family<T extends object> {
  readonly #what: string
  readonly #byName = new Map<string, Make<T>>()
  readonly #names: string[]
  readonly #planned: readonly string[]
  readonly #imported: readonly string[]

  /**
   * @param what The kind of an entry, for errors: 'a loss'.
   * @param names `names` are further names that errors list, which the caller resolves; `planned` names of Keras that
   * Recurra does not have yet, as far as they look like a misspelling of another; `imported` names of entries that must be
   * made by their constructors.
   */
  constructor(
    what: string,
    {
      names = [],
      planned = [],
      imported = [],
    }: {
      readonly names?: readonly string[]
      readonly planned?: readonly string[]
      readonly imported?: readonly string[]
    },
  ) {
    this.#what = what
    this.#names = [...names]
    this.#planned = planned
    this.#imported = imported
  }

  /** Adds an entry, under its class name and under further names. */
  add(
    [className, ...names]: readonly [className: string, ...others: readonly string[]],
    make: Make<T>,
  ): void {
    this.#names.push(snakeCase(className))
    for (const name of [className, snakeCase(className), ...names]) this.#byName.set(name.toLowerCase(), make)
  }

  /** The entry that an identifier stands for. */
  get(identifier: string | Identified, where: string): T {
    const name: unknown = typeof identifier === 'string' ? identifier : identifier?.className
    const make = typeof name === 'string' ? this.#byName.get(name.toLowerCase()) : undefined
    if (make) return make((typeof identifier === 'object' && identifier.config) || {})
    // A name of Keras that is close in spelling is not a misspelling: AdamW is not Adam.
    const isPlanned = typeof name === 'string' && this.#planned.includes(plainName(name))
    const made = this.#imported.find(
      (known) => typeof name === 'string' && plainName(known) === plainName(name),
    )
    if (made) {
      fail(where, {
        expected: `${this.#what} at hand`,
        got: describeValue(name),
        remedy: `Import ${made} and give ${made}().`,
      })
    }
    return fail(where, {
      expected: `${this.#what} (${[...this.#names].sort().join(', ')})`,
      got: describeValue(name ?? identifier),
      remedy: isPlanned
        ? `${name} is not supported yet.`
        : didYouMean(name, [...this.#names, ...this.#byName.keys()]),
    })
  }
}
