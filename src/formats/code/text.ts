// Literals that Python and TypeScript write alike.

/** A text in quotes, escaped so that both languages read the same text. */
export const quoted = (text: string): string =>
  `'${text.replace(/['\\\p{Cc}\u2028\u2029]/gu, (letter) =>
    letter === "'" || letter === '\\'
      ? `\\${letter}`
      : letter === '\n'
        ? '\\n'
        : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}'`

/** The shortest decimal that is the same number in float32, as which learning rates are kept. */
export function shortest(value: number): number {
  if (Math.fround(value) !== value) return value
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
