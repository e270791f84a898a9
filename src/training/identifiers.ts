// Losses, metrics and optimizers by Keras's names: a string, an object made by a constructor, or a file's config.

import { describeValue, didYouMean, fail } from '../errors.ts'
import { snakeCase } from '../layers/naming.ts'

/** How files and users may name one of a family: its class and options. */
export interface Identified {
  readonly className: string
  readonly config?: Readonly<Record<string, unknown>>
}

type Make<T> = (config: Readonly<Record<string, unknown>>) => T

/** A family of things that Keras knows by name. */
export class Family<T extends object> {
  readonly #what: string
  readonly #byName = new Map<string, Make<T>>()
  readonly #names: string[]

  /**
   * @param what What one of them is, for errors: 'a loss'.
   * @param names Further names that errors list, which whoever asks resolves before.
   */
  constructor(what: string, names: readonly string[] = []) {
    this.#what = what
    this.#names = [...names]
  }

  /** Adds one, under its class name and under further names. */
  add(className: string, make: Make<T>, ...names: readonly string[]): void {
    this.#names.push(snakeCase(className))
    for (const name of [className, snakeCase(className), ...names]) this.#byName.set(name.toLowerCase(), make)
  }

  /** The one that an identifier stands for. */
  get(identifier: string | Identified, where: string): T {
    const name = typeof identifier === 'string' ? identifier : identifier?.className
    const make = typeof name === 'string' ? this.#byName.get(name.toLowerCase()) : undefined
    if (make) return make((typeof identifier === 'object' && identifier.config) || {})
    return fail(where, {
      expected: `${this.#what} (${this.#names.join(', ')})`,
      got: describeValue(name ?? identifier),
      remedy: didYouMean(name, [...this.#names, ...this.#byName.keys()]),
    })
  }
}
