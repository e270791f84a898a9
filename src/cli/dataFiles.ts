// Data as files: CSV, NumPy's .npy and .npz, safetensors.

import { describeProblem, describeValue, fail, RecurraError } from '../errors.ts'
import { writeTo } from '../formats/destination.ts'
import { readNpy, writeNpy } from '../formats/numpy/npy.ts'
import { isFolder, readSource } from '../formats/source.ts'
import { type Endings, endingOf, formatByName } from '../formats/writtenFormat.ts'
import { inOrder } from '../util/filePieces.ts'
import { sizeOf } from '../util/shape.ts'
import { type Tensor, toTensor } from '../util/tensor.ts'
import { checkPlace } from './places.ts'
import { readTable, type Table } from './tables.ts'

/** What a file of data holds: the rows of a table, or arrays by name, of which a .npy has one without a name. */
export type DataFile =
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'arrays'; readonly arrays: ReadonlyMap<string, Tensor> }

/** What predictions are written as. */
const ofData: Endings<'csv' | 'npy' | 'json' | 'safetensors'> = {
  formats: { '.csv': 'csv', '.npy': 'npy', '.safetensors': 'safetensors', '.json': 'json' },
  standard: null,
}

const bytesOf = (path: string): Promise<Uint8Array> =>
  readSource(path, path).catch((error: Error) => {
    throw isFolder(error.cause)
      ? new RecurraError(describeProblem(path, { expected: 'a file', got: 'a folder' }))
      : error
  })

/**
 * Reads a file by the ending of its name.
 *
 * @param header Whether the first row of a table has the names of its columns; found out by default.
 * @throws {RecurraError} for other endings, and for files that are damaged.
 */
export async function readData(path: string, header?: boolean): Promise<DataFile> {
  const ending = endingOf(path)
  if (ending === '.csv' || ending === '.tsv' || ending === '.txt')
    return { kind: 'table', table: await readTable(path, await bytesOf(path), header) }
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
export async function checkDataPlace(path: string): Promise<void> {
  formatByName(ofData, path, path)
  await checkPlace(path)
}

/**
 * Writes arrays by the ending of a name; CSV and .npy have room for one.
 *
 * @throws {RecurraError} for other endings, and for several arrays where one fits.
 */
export async function writeData(path: string, arrays: ReadonlyMap<string, Tensor>): Promise<void> {
  const format = formatByName(ofData, path, path)
  const write = (file: string | Uint8Array): Promise<unknown> =>
    writeTo(path, path, async () =>
      inOrder([typeof file === 'string' ? new TextEncoder().encode(file) : file]),
    )
  const only = (): Tensor =>
    arrays.size === 1
      ? [...arrays.values()][0]!
      : fail(path, {
          expected: 'one array',
          got: `${arrays.size}`,
          remedy: 'Write them as .safetensors or .json.',
        })
  if (format === 'csv') await write(csvOf(only()))
  else if (format === 'npy') await write(writeNpy(only()))
  else if (format === 'json')
    await write(
      JSON.stringify(Object.fromEntries([...arrays].map(([name, array]) => [name, array.toArray()]))),
    )
  else {
    const { saveSafetensors } = await import('../formats/safetensors/safetensorsFile.ts')
    await saveSafetensors(Object.fromEntries(arrays), path)
  }
}
