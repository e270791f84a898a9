// JSON that people can read, too: what fits on a line is one line, and lists of numbers fill lines.

/** Letters of a line, as in the tables of summaries. */
const WIDTH = 100

/** A value as JSON. Lists and objects that fit on a line stand on one, others are broken at their entries. */
export function readableJson(value: unknown): string {
  // What JSON leaves out or writes otherwise is so from here on.
  return print(JSON.parse(JSON.stringify(value)), '', 0)
}

/** @param taken How much of the line stands before and behind the value. */
function print(value: unknown, indent: string, taken: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const line = onOneLine(value)
  if (indent.length + taken + line.length <= WIDTH) return line
  const deeper = `${indent}  `
  if (!Array.isArray(value)) {
    const entries = Object.entries(value).map(([name, entry]) => {
      const key = `${JSON.stringify(name)}: `
      return `${deeper}${key}${print(entry, deeper, key.length + 1)}`
    })
    return `{\n${entries.join(',\n')}\n${indent}}`
  }
  const isPlain = value.every((entry) => typeof entry !== 'object' || entry === null)
  const lines = isPlain
    ? filledLines(value.map(onOneLine), WIDTH - deeper.length)
    : value.map((entry) => print(entry, deeper, 1))
  return `[\n${lines.map((text) => deeper + text).join(',\n')}\n${indent}]`
}

/** Puts as many texts on each line as fit, with commas between them and one behind the line. */
function filledLines(texts: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const text of texts) {
    const longer = lines.length > 0 ? `${lines.at(-1)}, ${text}` : text
    if (lines.length > 0 && longer.length < width) lines[lines.length - 1] = longer
    else lines.push(text)
  }
  return lines
}

/** A value as JSON without a break. */
function onOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`
  const entries = Object.entries(value).map(([name, entry]) => `${JSON.stringify(name)}: ${onOneLine(entry)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}
