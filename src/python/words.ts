// Where words of problems stand in a text.

/** How far behind the start of an expression a word of it is looked for. */
const NEAR = 400

const wholeWord = (word: string): RegExp =>
  new RegExp(`(?<!\\w)${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`)

/** Where a word stands behind an offset; the offset where it does not. */
export function placeOfWord(text: string, word: string, at: number): number {
  const near = text.slice(at, at + NEAR)
  // Arguments of a call and keys may stand otherwise in the text.
  const parts = [word, /^[^([]*/.exec(word)?.[0] ?? word].filter((part) => part !== '')
  const places = parts.map((part) => near.search(wholeWord(part)))
  const found = places.find((place) => place >= 0)
  return at + (found ?? 0)
}
