// Losses, metrics and optimizers by Keras's names: a string, an object made by a constructor, or a file's config.

import { describeValue, didYouMean, fail, plainName } from '../errors.ts'
import { snakeCase } from '../layers/naming.ts'

/** How files and users may name one of a family: its class and options. */
export interface Identified {
  readonly className: string
  readonly config?: Readonly<Record<string, unknown>>
}

/** Whether a loss or a metric was made already: it says how it is computed. */
export const isMade = <T extends Identified>(given: string | Identified | null | undefined): given is T =>
  typeof given === 'object' && given !== null && 'lower' in given && typeof given.lower === 'function'

type Make<T> = (config: Readonly<Record<string, unknown>>) => T

/** A family of things that Keras knows by name. */
export class Family<T extends object> {
  readonly #what: string
  readonly #byName = new Map<string, Make<T>>()
  readonly #names: string[]
  readonly #planned: readonly string[]
  readonly #imported: readonly string[]

  /**
   * @param what What one of them is, for errors: 'a loss'.
   * @param names `names` are further names that errors list, which whoever asks resolves before; `planned` those that
   * Keras has and Recurra has not yet, as far as they look like a misspelling of another; `imported` those that are given as
   * made by their constructors alone.
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

  /** Adds one, under its class name and under further names. */
  add(className: string, make: Make<T>, ...names: readonly string[]): void {
    this.#names.push(snakeCase(className))
    for (const name of [className, snakeCase(className), ...names]) this.#byName.set(name.toLowerCase(), make)
  }

  /** The one that an identifier stands for. */
  get(identifier: string | Identified, where: string): T {
    const name: unknown = typeof identifier === 'string' ? identifier : identifier?.className
    const make = typeof name === 'string' ? this.#byName.get(name.toLowerCase()) : undefined
    if (make) return make((typeof identifier === 'object' && identifier.config) || {})
    // A neighbour in spelling is another thing: AdamW is no misspelt Adam.
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
      expected: `${this.#what} (${this.#names.join(', ')})`,
      got: describeValue(name ?? identifier),
      remedy: isPlanned
        ? `${name} is not supported yet.`
        : didYouMean(name, [...this.#names, ...this.#byName.keys()]),
    })
  }
}
