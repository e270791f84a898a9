// How wide texts of a picture are, without a page to ask: by the widths of Helvetica's letters, which Arial and Liberation Sans share.
// Pictures write the width beside each text, so that one in another font takes just as much.

/** Widths of the printable ASCII letters, from the space on, in thousandths of the font's size. */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]
/** Of other letters: those of East Asia and pictures fill the square, marks on a letter take nothing. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3ffff}]/u
const MARK = /\p{M}/u
const BOLD = 1.07

function widthOfLetter(letter: string): number {
  const known = WIDTHS[letter.charCodeAt(0) - 32]
  if (known !== undefined) return known
  if (MARK.test(letter)) return 0
  return WIDE.test(letter) ? 1000 : 600
}

/** The width of a text, of fonts of `size`. */
export function widthOf(text: string, size: number, isBold = false): number {
  let width = 0
  for (const letter of text) width += widthOfLetter(letter)
  return (width / 1000) * size * (isBold ? BOLD : 1)
}

/** A text in lines of at most `most` letters, cut behind spaces where there are some, and in words that are longer. */
export function linesWithin(text: string, most: number): string[] {
  const lines: string[] = []
  let line: string[] = []
  for (const word of text.match(/\S*\s*/gu) ?? []) {
    const letters = [...word]
    if (line.length > 0 && line.length + [...word.trimEnd()].length > most) {
      lines.push(line.join(''))
      line = []
    }
    for (; letters.length > most; ) lines.push(letters.splice(0, most).join(''))
    line.push(...letters)
  }
  if (line.length > 0) lines.push(line.join(''))
  return lines.map((each) => each.trimEnd())
}
