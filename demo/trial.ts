// What a reader may try on a model, while it learns and after: a text that it reads, or a text that it writes. Knows nothing of
// a page.

import type { LayersModel } from 'recurra'

export type Trial = ReadingTrial | WritingTrial

interface TrialTexts {
  /** Above what is shown. */
  readonly title: string
  /** Of the field that the reader types in. */
  readonly label: string
  readonly maxLength: number
  /** Why the model cannot read the text; null where it can. */
  refuse(text: string): string | null
}

/** The model reads a text and says by how much it looked at each character for each that it wrote. */
export interface ReadingTrial extends TrialTexts {
  readonly kind: 'reading'
  /** Texts to begin with. */
  readonly examples: readonly [string, ...string[]]
  start(model: LayersModel): Reader
}

export interface Reader {
  read(text: string): Promise<Reading>
  dispose(): void
}

export interface Reading {
  readonly written: string
  /** A row for each character written, in it a share for each character of the text; a row adds up to 1. */
  readonly attention: readonly (readonly number[])[]
}

/** The model goes on where a text ends. */
export interface WritingTrial extends TrialTexts {
  readonly kind: 'writing'
  readonly prompt: string
  start(model: LayersModel): Writer
}

export interface Writer {
  /** Takes the weights that the model has now, forgets what was written, and reads a text. */
  begin(text: string): Promise<void>
  /**
   * Draws the next character.
   *
   * @param temperature 1 draws by the model's chances; less prefers the likely ones.
   */
  next(temperature: number): Promise<string>
  dispose(): void
}

/** Why a text cannot be read by a model that knows these characters; null where it can. */
export function refuseUnknown(text: string, known: string): string | null {
  if (text === '') return 'Type something for the model to read.'
  const unknown = [...new Set(text)].filter((character) => !known.includes(character))
  if (unknown.length === 0) return null
  const list = unknown.map((character) => `“${character}”`).join(', ')
  return `The model has never seen ${list}: these characters are not in the text that it learns from.`
}
