// Texts as words, and words as numbers without a vocabulary.

import { checkBoolean, checkInteger, describeValue, fail } from '../errors.ts'
import { nullable, option, readOptions, type TableFor } from '../util/options.ts'
import { md5 } from './md5.ts'

/** Splits a text into words of one's own. */
export type Analyzer = (text: string) => readonly string[]

export interface WordOptions {
  /** Characters that are no part of words: punctuation, tabs and line ends by default. The apostrophe is none of them. */
  readonly filters?: string
  /** Whether words are in lower case, `true` by default. */
  readonly lower?: boolean
  /** What stands between words, `' '` by default. */
  readonly split?: string
}

const checkString = (where: string, name: string, value: unknown): string =>
  typeof value === 'string'
    ? value
    : fail(where, { expected: `${name} to be a text`, got: describeValue(value) })

const checkFunction = (where: string, name: string, value: unknown): never =>
  typeof value === 'function'
    ? (value as never)
    : fail(where, { expected: `${name} to be a function`, got: describeValue(value) })

export const wordOptions = {
  filters: option('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', checkString),
  lower: option(true, checkBoolean),
  split: option(' ', (where, name, value) => {
    const text = checkString(where, name, value)
    return text === '' ? fail(where, { expected: `${name} to be a text that is not empty`, got: "''" }) : text
  }),
} as const satisfies TableFor<WordOptions>

/** An option that is a function, or null. */
export const ownFunction = <F>() => nullable<F>(checkFunction)

/** The words of a text under options that were read. */
export function splitWords(text: string, { filters, lower, split }: Required<WordOptions>): string[] {
  const dropped = new Set(filters)
  const given = lower ? text.toLowerCase() : text
  return Array.from(given, (letter) => (dropped.has(letter) ? split : letter))
    .join('')
    .split(split)
    .filter((word) => word !== '')
}

/**
 * The words of a text, in order.
 *
 * @see keras/src/legacy/preprocessing/text.py
 */
export function textToWordSequence(text: string, options?: WordOptions | null): string[] {
  const where = 'textToWordSequence'
  const read = readOptions(where, wordOptions, options)
  return splitWords(checkString(where, 'text', text), read)
}

export interface HashingOptions extends WordOptions {
  /** A function of a word that gives an integer; `'md5'`, the default, is one that stays the same everywhere. */
  readonly hashFunction?: 'md5' | ((word: string) => number | bigint) | null
  /** Splits a text in place of `filters`, `lower` and `split`; `null` by default. */
  readonly analyzer?: Analyzer | null
}

const hashingOptions = {
  ...wordOptions,
  hashFunction: option<(word: string) => number | bigint, HashingOptions['hashFunction'] & {}>(
    md5,
    (where, name, value) => (value === 'md5' || value === null ? md5 : checkFunction(where, name, value)),
  ),
  analyzer: ownFunction<Analyzer>(),
} as const

/**
 * Words as numbers from 1 to n − 1, by their hashes: several words may have one number.
 *
 * @param n Numbers that there are, 0 among them, which no word has.
 * @see keras/src/legacy/preprocessing/text.py
 */
export function hashingTrick(text: string, n: number, options?: HashingOptions | null): number[] {
  return hashed('hashingTrick', text, n, options)
}

/**
 * Words as numbers from 1 to n − 1, by their hashes, as {@link hashingTrick} gives them: the name is that of Keras, no row is one-hot.
 *
 * @see keras/src/legacy/preprocessing/text.py
 */
export function oneHot(
  text: string,
  n: number,
  options?: Omit<HashingOptions, 'hashFunction'> | null,
): number[] {
  return hashed('oneHot', text, n, options)
}

function hashed(where: string, text: string, n: number, options: unknown): number[] {
  const { hashFunction, analyzer, ...words } = readOptions(where, hashingOptions, options)
  const size = BigInt(checkInteger(where, 'n', n, { min: 2 })) - 1n
  const given = checkString(where, 'text', text)
  return (analyzer ? analyzer(given) : splitWords(given, words)).map((word) => {
    const hash = BigInt(hashFunction(word))
    // As in Python, a remainder is never below zero.
    return Number(((hash % size) + size) % size) + 1
  })
}
