// Data as files: CSV, NumPy's .npy and .npz, safetensors.

import { readFile, writeFile } from 'node:fs/promises'
import { describeValue, fail } from '../errors.ts'
import { readNpy, writeNpy } from '../formats/numpy/npy.ts'
import { type Endings, endingOf, formatByName } from '../formats/writtenFormat.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor, toTensor } from '../util/tensor.ts'

/** What a file of data holds: the rows of a table, or arrays by name, of which a .npy has one without a name. */
export type DataFile =
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'arrays'; readonly arrays: ReadonlyMap<string, Tensor> }

/** Cells as they are written, since columns that nobody reads may hold texts. */
export interface Table {
  readonly path: string
  /** The names in its heading; null without one. */
  readonly columns: readonly string[] | null
  readonly rows: readonly (readonly string[])[]
}

/** What predictions are written as. */
const ofData: Endings<'csv' | 'npy' | 'json' | 'safetensors'> = {
  formats: { '.csv': 'csv', '.npy': 'npy', '.safetensors': 'safetensors', '.json': 'json' },
  standard: null,
}

const bytesOf = (path: string): Promise<Uint8Array> =>
  readFile(path).catch((error: unknown) =>
    fail(path, {
      expected: 'a file that can be read',
      got: error instanceof Error ? error.message : String(error),
    }),
  )

/**
 * Reads a file by the ending of its name.
 *
 * @throws {RecurraError} for other endings, damaged files, and cells of a CSV that are no numbers, which it names.
 */
export async function readData(path: string): Promise<DataFile> {
  const ending = endingOf(path)
  if (ending === '.csv' || ending === '.tsv' || ending === '.txt') return readTable(path, await bytesOf(path))
  const arraysOf = (named: Iterable<readonly [string, unknown]>): DataFile => ({
    kind: 'arrays',
    arrays: new Map(
      [...named].map(([name, array]) => [name, toTensor(array, name ? `${path}, ${name}` : path)]),
    ),
  })
  if (ending === '.npy') return arraysOf([['', readNpy(path, await bytesOf(path))]])
  if (ending === '.npz') {
    const { readNpz } = await import('../formats/numpy/npz.ts')
    return arraysOf(await readNpz(path, await bytesOf(path)))
  }
  if (ending === '.safetensors') {
    const { loadSafetensors } = await import('../formats/safetensors/safetensorsFile.ts')
    return arraysOf(Object.entries((await loadSafetensors(await bytesOf(path))).tensors))
  }
  return fail(path, {
    expected: 'data as .csv, .tsv, .txt, .npy, .npz or .safetensors',
    got: ending === null ? 'a name without an ending' : describeValue(ending),
  })
}

async function readTable(path: string, bytes: Uint8Array): Promise<DataFile> {
  const { parse } = await import('csv-parse/sync')
  const rowsOf = (): string[][] =>
    parse(Buffer.from(bytes), {
      bom: true,
      delimiter: endingOf(path) === '.tsv' ? '\t' : [',', ';', '\t'],
      skip_empty_lines: true,
      trim: true,
    })
  const lines = attempt(path, rowsOf)
  const [first = [], second = first] = lines
  // A heading stands above numbers; a text above texts, such as a date, is a cell like those.
  const hasHeading = first.some(
    (cell, i) => !isNumber(cell) && (second === first || isNumber(second[i] ?? '')),
  )
  const rows = hasHeading ? lines.slice(1) : lines
  if (rows.length === 0) fail(path, { expected: 'rows of numbers', got: 'none' })
  return { kind: 'table', table: { path, columns: hasHeading ? first : null, rows } }
}

/** The rows that a parser finds; what it throws as an error that names the file. */
function attempt<T>(path: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    const got = describeValue(error instanceof Error ? error.message : String(error))
    return fail(path, { expected: 'rows of as many cells, separated by commas, semicolons or tabs', got })
  }
}

const isNumber = (cell: string): boolean => cell !== '' && !Number.isNaN(Number(cell))

/**
 * The numbers in columns of a table.
 *
 * @throws {RecurraError} for a cell that is none, which it names.
 */
export function numbersIn({ path, columns: names, rows }: Table, columns: readonly number[]): Tensor {
  const numbers = rows.flatMap((row, i) =>
    columns.map((column) => {
      const cell = row[column] ?? ''
      if (isNumber(cell)) return Number(cell)
      const others = columns.filter((other) => other !== column).map((other) => names?.[other] ?? other + 1)
      return fail(path, {
        expected: 'numbers',
        got: `${describeValue(cell)} in row ${i + (names ? 2 : 1)}, column ${names?.[column] ?? column + 1}`,
        remedy:
          cell === ''
            ? 'Fill or drop missing values first.'
            : others.length > 0 && others.length < 9
              ? `Read the others alone by --columns ${others.join()}, or replace texts by numbers.`
              : 'Name the columns to read by --columns, or replace texts by numbers.',
      })
    }),
  )
  return new Tensor(Float32Array.from(numbers), [rows.length, columns.length])
}

/** Texts that the terminal or a file gets of an array: a line a sample, its numbers between commas. */
export function csvOf({ data, shape: [samples = 1, ...sample] }: Tensor): string {
  const width = sizeOf(sample)
  return Array.from({ length: samples }, (_, i) => {
    const row = data.subarray(i * width, (i + 1) * width)
    // Nine digits tell every float32 from its neighbours.
    return Array.from(row, (number) => Number(number.toPrecision(9))).join(',')
  })
    .map((line) => `${line}\n`)
    .join('')
}

/** Throws if no arrays can be written under a name: what takes long asks before. */
export function checkDataName(path: string): void {
  formatByName(ofData, path, path)
}

/**
 * Writes arrays by the ending of a name; CSV and .npy have room for one.
 *
 * @throws {RecurraError} for other endings, and for several arrays where one fits.
 */
export async function writeData(path: string, arrays: ReadonlyMap<string, Tensor>): Promise<void> {
  const format = formatByName(ofData, path, path)
  const only = (): Tensor =>
    arrays.size === 1
      ? [...arrays.values()][0]!
      : fail(path, {
          expected: 'one array',
          got: `${arrays.size}`,
          remedy: 'Write them as .safetensors or .json.',
        })
  if (format === 'csv') return writeFile(path, csvOf(only()))
  if (format === 'npy') return writeFile(path, writeNpy(only()))
  if (format === 'json')
    return writeFile(
      path,
      JSON.stringify(Object.fromEntries([...arrays].map(([name, array]) => [name, array.toArray()]))),
    )
  const { saveSafetensors } = await import('../formats/safetensors/safetensorsFile.ts')
  await saveSafetensors(Object.fromEntries(arrays), path)
}
