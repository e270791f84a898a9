// A table drawn with box characters, as the Python package rich draws Keras's summary:
// cells wrap between words, and a word that is wider than its column ends in an ellipsis.

export interface Column {
  readonly header: string
  /** Characters of text; a space is added on either side. */
  readonly width: number
  readonly align: 'left' | 'right' | 'center'
}

/** The lines of a table with a heavy head and a rule between rows; `rows` holds one text per column. */
export function drawTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const rule = (left: string, fill: string, cross: string, right: string): string =>
    left + columns.map(({ width }) => fill.repeat(width + 2)).join(cross) + right
  const headers = columns.map(({ header }) => header)
  const lines = [
    rule('┏', '━', '┳', '┓'),
    // Short cells of the head are aligned at the bottom.
    ...linesOf(headers, columns, true).map((cells) => `┃ ${cells.join(' ┃ ')} ┃`),
    rule('┡', '━', '╇', '┩'),
  ]
  rows.forEach((row, index) => {
    if (index > 0) lines.push(rule('├', '─', '┼', '┤'))
    lines.push(...linesOf(row, columns).map((cells) => `│ ${cells.join(' │ ')} │`))
  })
  return [...lines, rule('└', '─', '┴', '┘')]
}

/** The lines of a row, each with a text per column. */
function linesOf(row: readonly string[], columns: readonly Column[], atBottom = false): string[][] {
  const cells = columns.map((column, index) => wrap(row[index] ?? '', column))
  const height = Math.max(...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    cells.map((lines, index) => {
      const text = lines[atBottom ? line - height + lines.length : line]
      return text ?? ' '.repeat(columns[index]?.width ?? 0)
    }),
  )
}

function wrap(text: string, { width, align }: Column): string[] {
  const lines: string[] = []
  let start = 0
  let used = 0
  for (const { 0: word, index } of text.matchAll(/\s*\S+\s*/g)) {
    // Blanks behind a word may exceed the width: they are trimmed below.
    if (used + word.trimEnd().length <= width) {
      used += word.length
      continue
    }
    if (index > 0) lines.push(text.slice(start, index))
    start = index
    used = word.length
  }
  lines.push(text.slice(start))
  return lines.map((line) => {
    const trimmed = line.trimEnd()
    const fitted = trimmed.length > width ? `${trimmed.slice(0, width - 1)}…` : trimmed
    const left = { left: 0, right: width, center: (width + fitted.length) >> 1 }[align]
    return fitted.padStart(left).padEnd(width)
  })
}
