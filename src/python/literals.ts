// Numbers and strings as they are written in Python.

import type { Literal } from './syntax.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\n': '',
}

const CODES = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g

/** The text that escapes stand for; one that Python does not know stays as it is. */
export const withoutEscapes = (text: string): string =>
  text.replace(CODES, (whole, x?: string, u?: string, long?: string, letter = '') => {
    const code = Number.parseInt(x ?? u ?? long ?? '', 16)
    if (code <= 0x10ffff) return String.fromCodePoint(code)
    return ESCAPES[letter] ?? (/['"\\]/.test(letter) ? letter : whole)
  })

/** A string literal taken apart: its prefix in small letters, its quotes, and what stands between these. */
export function partsOfString(text: string): { prefix: string; quotes: string; inner: string } {
  const [, prefix = '', quotes = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(text) ?? []
  const start = prefix.length + quotes.length
  const end = text.endsWith(quotes) && text.length >= start + quotes.length ? -quotes.length : undefined
  return { prefix: prefix.toLowerCase(), quotes, inner: text.slice(start, end) }
}

/** The number of a literal: an integer is a bigint; null for what is none, such as a complex number. */
export function readNumber(text: string): Literal {
  const plain = text.replaceAll('_', '')
  // An integer of a thousand digits is no size of anything, and takes long to read.
  if (plain.length > 300) return null
  if (/^(\d+|0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(plain)) return BigInt(plain)
  return /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? Number(plain) : null
}
