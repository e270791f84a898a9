// Names and their values, of the text, of a call, or of a class.

import type { Value } from './values.ts'

export class Scope {
  readonly #values = new Map<string, Value>()
  /** Names that statements `global` and `nonlocal` declare. */
  readonly #outer = new Set<string>()

  constructor(readonly parent: Scope | null = null) {}

  find(name: string): Value | undefined {
    const found = this.#values.get(name)
    return found === undefined ? this.parent?.find(name) : found
  }

  set(name: string, value: Value): void {
    if (this.#outer.has(name) && this.parent) this.parent.#assign(name, value)
    else this.#values.set(name, value)
  }

  delete(name: string): void {
    this.#values.delete(name)
  }

  declareOuter(name: string): void {
    this.#outer.add(name)
  }

  /** The names of this scope, in the order of their first values. */
  get entries(): ReadonlyMap<string, Value> {
    return this.#values
  }

  /** Sets the name where it has a value, or in the outermost scope. */
  #assign(name: string, value: Value): void {
    if (this.parent && !this.#values.has(name)) this.parent.#assign(name, value)
    else this.#values.set(name, value)
  }
}
