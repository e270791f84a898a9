// Tables as texts: rows are lines, and between their cells stands a comma, a semicolon or a tab.

import { describeValue, fail } from '../errors.ts'
import { endingOf } from '../formats/writtenFormat.ts'
import { Tensor } from '../util/tensor.ts'

/** Cells as they are written, since columns that nobody reads may hold texts. */
export interface Table {
  readonly path: string
  /** The names in its heading; null without one. */
  readonly columns: readonly string[] | null
  readonly rows: readonly (readonly string[])[]
}

/**
 * Reads a table.
 *
 * @param header Whether the first row has the names of columns. By default that is so where it has texts, and numbers lie below one.
 * @throws {RecurraError} for rows of different lengths, for quotes without an end, for a table without rows, and for a first row of
 *   texts and numbers, which may be either.
 */
export async function readTable(path: string, bytes: Uint8Array, header?: boolean): Promise<Table> {
  const lines = await cellsOf(path, bytes)
  const [first = []] = lines
  const longer = lines.findIndex((row) => row.length !== first.length)
  if (longer >= 0)
    fail(path, {
      expected: `rows of as many cells, ${first.length} as in row 1`,
      got: `${lines[longer]?.length} in row ${longer + 1}`,
      remedy:
        'Between cells stand commas, semicolons or tabs; a cell that has one of these itself stands in quotes.',
    })
  const hasHeading = header ?? looksLikeHeading(path, lines)
  const rows = hasHeading ? lines.slice(1) : lines
  if (rows.length === 0) fail(path, { expected: 'rows of numbers', got: 'none' })
  return { path, columns: hasHeading ? first : null, rows }
}

async function cellsOf(path: string, bytes: Uint8Array): Promise<string[][]> {
  const { parse } = await import('csv-parse/sync')
  // Spreadsheets write UTF-16, too.
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes)
  const bare = /\S.*/.exec(text)?.[0].replace(/"[^"]*"/g, '') ?? ''
  const delimiter =
    endingOf(path) === '.tsv' ? '\t' : (['\t', ';'].find((sign) => bare.includes(sign)) ?? ',')
  try {
    return parse(text, { delimiter, relax_column_count: true, skip_empty_lines: true, trim: true })
  } catch (error) {
    const got = error instanceof Error ? error.message.replace(/[.;]$/, '') : String(error)
    return fail(path, { expected: 'rows of cells', got: `what does not parse: ${got}` })
  }
}

const isNumber = (cell: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell)

/** What programs write where a value is missing. */
const isMissing = (cell: string): boolean => /^(|#?n\/?a|nan|null|none|nil|-|\?)$/i.test(cell)

/** A heading stands above numbers; a text above texts, such as a date, is a cell like those. */
function looksLikeHeading(path: string, [first = [], second = first]: readonly string[][]): boolean {
  const isName = (cell: string, i: number): boolean =>
    !isNumber(cell) && !isMissing(cell) && (second === first || isNumber(second[i] ?? ''))
  const name = first.find(isName)
  const number = first.find(isNumber)
  if (name !== undefined && number !== undefined)
    fail(path, {
      expected: 'a first row of names or of numbers',
      got: `${describeValue(name)} and ${describeValue(number)} in it`,
      remedy: 'Say --header if it has the names of columns, or --no-header if it is a row like all others.',
    })
  return name !== undefined
}

/**
 * The numbers in columns of a table.
 *
 * @throws {RecurraError} for a cell that is none, which it names.
 */
export function numbersIn(table: Table, columns: readonly number[]): Tensor {
  const numbers = table.rows.flatMap((row, i) =>
    columns.map((column) => {
      const cell = row[column] ?? ''
      const number = Math.fround(Number(cell))
      return isNumber(cell) && Number.isFinite(number) ? number : failCell(table, columns, [i, column])
    }),
  )
  return new Tensor(Float32Array.from(numbers), [table.rows.length, columns.length])
}

function failCell(
  { path, columns: names, rows }: Table,
  columns: readonly number[],
  [row, column]: readonly [row: number, column: number],
): never {
  const cell = rows[row]?.[column] ?? ''
  return fail(path, {
    expected: 'numbers',
    got: `${describeValue(cell)} in row ${row + (names ? 2 : 1)}, column ${names?.[column] ?? column + 1}`,
    remedy: isMissing(cell)
      ? 'Fill or drop missing values first.'
      : isNumber(cell)
        ? 'Scale the column: a float32 has room for numbers up to 3.4e38.'
        : /^[\d.,]+%?$/.test(cell)
          ? 'Write 1234.5: with a point before decimals, and nothing between thousands or behind the number.'
          : remedyOfText(
              columns.filter((other) => other !== column).map((other) => names?.[other] ?? other + 1),
            ),
  })
}

/** @param others The other columns that are read. */
const remedyOfText = (others: readonly (string | number)[]): string =>
  others.length > 0 && others.length < 9
    ? `Read the others alone by --columns ${others.join()}, or replace texts by numbers.`
    : 'Name the columns to read by --columns, or replace texts by numbers.'
