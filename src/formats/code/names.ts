// Names in written code: those that layers get by themselves, and variables.

import { snakeCase } from '../../layers/naming.ts'

/** The names that layers get by themselves where code runs in a session of its own. */
export class AutomaticNames {
  readonly #used = new Map<string, number>()

  /** What the next layer of a class would be called. */
  next(className: string): string {
    const count = this.#used.get(snakeCase(className)) ?? 0
    return count === 0 ? snakeCase(className) : `${snakeCase(className)}_${count}`
  }

  /** Takes the name if it is the next one of its class; whether it was. */
  take(className: string, name: unknown): boolean {
    if (name !== this.next(className)) return false
    const key = snakeCase(className)
    this.#used.set(key, (this.#used.get(key) ?? 0) + 1)
    return true
  }
}

/** Variables, each with a name of its own. */
export class Variables {
  readonly #taken: Set<string>

  constructor(reserved: readonly string[]) {
    this.#taken = new Set(reserved)
  }

  /** Keeps a name from variables. */
  reserve(name: string): void {
    this.#taken.add(name)
  }

  /** A variable named after a layer. */
  make(wanted: string): string {
    const plain = wanted.replace(/\W+/g, '_').replace(/^(?=\d|$)/, '_')
    let name = plain
    for (let i = 1; this.#taken.has(name); i++) name = `${plain}_${i}`
    this.#taken.add(name)
    return name
  }
}
