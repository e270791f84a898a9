// Problems of a text: what was not understood, where, and what to do.

import { FormatError } from '../formats/formatError.ts'
import type { Trouble } from '../python/interpreter.ts'
import type { Unknown } from '../python/values.ts'

/** Something in a text that was not understood. */
export interface KerasProblem {
  /** The line, counted from 1. */
  readonly line: number
  /** The column of the word's first letter, counted from 1. */
  readonly column: number
  /** What stands there. */
  readonly word: string
  /** What is wrong with it, and what to do. */
  readonly message: string
}

/** Thrown where an option is not known. */
export class NotKnown extends Error {
  constructor(readonly unknown: Unknown) {
    super(unknown.word)
  }
}

/** More problems say nothing new. */
const MOST = 200

/** The problems of a text, each once. */
export class Problems {
  readonly #list: KerasProblem[] = []
  readonly #text: string
  readonly #seen = new Set<string>()
  readonly #thrown = new Map<string, Trouble>()

  constructor(text: string) {
    this.#text = text
  }

  /** The line and the column of an offset. */
  placeOf(at: number): { readonly line: number; readonly column: number } {
    const start = this.#text.lastIndexOf('\n', at - 1) + 1
    let line = 1
    for (let i = this.#text.indexOf('\n'); i >= 0 && i < at; i = this.#text.indexOf('\n', i + 1)) line++
    return { line, column: at - start + 1 }
  }

  add({ at, word, message }: Trouble): void {
    const key = `${at} ${message}`
    if (this.#seen.has(key) || this.#list.length >= MOST) return
    this.#seen.add(key)
    this.#list.push({ ...this.placeOf(at), word, message })
  }

  /** Throws what code of the text finds wrong when a layer or a model calls it. */
  throw(trouble: Trouble): never {
    const { line, column } = this.placeOf(trouble.at)
    const message = `line ${line}, column ${column}, ${trouble.word}: ${trouble.message}`
    this.#thrown.set(message, trouble)
    throw new FormatError(message)
  }

  /** What code of the text found wrong, of an error that may say in front which layer called it. */
  thrownIn(message: string): Trouble | undefined {
    const found = [...this.#thrown].find(([thrown]) => message.includes(thrown))
    return found?.[1]
  }

  /** The problems in the order of the text. */
  get sorted(): readonly KerasProblem[] {
    return [...this.#list].sort((a, b) => a.line - b.line || a.column - b.column)
  }
}
