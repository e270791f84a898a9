// What an interpreted text may spend: steps, of which each is a little time, and what it makes, which is memory.

/** Thrown where a text does more than it may. */
export class Spent extends Error {
  override readonly name = 'Spent'
}

/** The deepest nesting of calls and expressions. */
const MAX_LEVELS = 300

export class Budget {
  #left: number
  #levels = 0

  /** @param steps About as many are done in a second. */
  constructor(readonly steps: number) {
    this.#left = steps
  }

  /** Spends steps: one an expression, one for each entry of a list that is made, one for some letters of a text. */
  spend(steps = 1): void {
    this.#left -= steps
    if (!(this.#left >= 0)) throw new Spent(`takes more than ${this.steps.toLocaleString('en')} steps`)
  }

  /** Goes one level down. */
  deeper<T>(work: () => T): T {
    if (this.#levels >= MAX_LEVELS)
      throw new Spent(`calls itself, or is nested, more than ${MAX_LEVELS} levels deep`)
    this.#levels++
    try {
      return work()
    } finally {
      this.#levels--
    }
  }
}
