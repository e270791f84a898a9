// Lines of a program that are too wide for half a page, broken after commas and set below the bracket that they stand in.

/** Characters a line: what half of a page 1,280 pixels wide shows. */
export const LINE_WIDTH = 57

interface Break {
  /** Where the next line begins, in the text. */
  readonly at: number
  readonly depth: number
  readonly indent: number
}

/** Breaks every line of a program that is wider than LINE_WIDTH where it can. Comments, which `mark` begins, are broken between words. */
export const wrapLines = (text: string, mark: string): string =>
  text
    .split('\n')
    .flatMap((line) => (line.startsWith(mark) ? wrapComment(line, mark) : wrapCode(line)))
    .join('\n')

function wrapComment(line: string, mark: string): string[] {
  if (line.length <= LINE_WIDTH) return [line]
  // A new thought begins a line.
  const thought = line.lastIndexOf('; ', LINE_WIDTH)
  const end = thought > 0 ? thought + 1 : line.lastIndexOf(' ', LINE_WIDTH)
  return [line.slice(0, end), ...wrapComment(`${mark} ${line.slice(end + 1)}`, mark)]
}

function wrapCode(line: string, brackets: readonly number[] = []): string[] {
  if (line.length <= LINE_WIDTH) return [line]
  const { at, indent, open } = bestBreak(line, brackets) ?? {}
  if (at === undefined || open === undefined) return [line]
  const rest = ' '.repeat(indent ?? 0) + line.slice(at)
  return [line.slice(0, at).trimEnd(), ...wrapCode(rest, open)]
}

/**
 * The outermost place to break, the last of them: after a comma in brackets, of which `outer` were open before the line. Where there is
 * none, after the first bracket that holds something.
 */
function bestBreak(line: string, outer: readonly number[]) {
  const open = [...outer]
  let best: (Break & { readonly open: readonly number[] }) | null = null
  let bracket: (Break & { readonly open: readonly number[] }) | null = null
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? ''
    if (quote) {
      if (character === quote) quote = ''
    } else if (character === "'" || character === '"') quote = character
    else if ('([{'.includes(character)) {
      open.push(line[i + 1] === ' ' ? i + 2 : i + 1)
      if (bracket === null && character === '(' && i < LINE_WIDTH && line[i + 1] !== ')') {
        const indent = line.search(/\S/) + 4
        bracket = { at: i + 1, depth: open.length, indent, open: [...open.slice(0, -1), indent] }
      }
    } else if (')]}'.includes(character)) open.pop()
    else if (character === ',' && i < LINE_WIDTH && open.length > 0) {
      const isOuter = best === null || open.length <= best.depth
      if (isOuter && line[i + 1] === ' ')
        best = { at: i + 2, depth: open.length, indent: open.at(-1) ?? 0, open: [...open] }
    }
  }
  return best ?? bracket
}
