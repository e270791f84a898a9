// Arrays in the files of data sets.

import { failFormat } from '../formats/formatError.ts'
import type { NumpyArray, RaggedRows } from '../formats/numpy/npy.ts'
import { readNpz } from '../formats/numpy/npz.ts'
import type { StoredArray } from '../formats/storedArray.ts'
import { toTensor } from '../util/tensor.ts'
import { type FileRequest, type KerasFile, readKerasFile } from './kerasFile.ts'

type Arrays = ReadonlyMap<string, NumpyArray>

/** The arrays of a file. */
export const readArrays = async (where: string, file: KerasFile, request: FileRequest): Promise<Arrays> =>
  readNpz(where, await readKerasFile(where, file, request))

const isRagged = (array: NumpyArray): array is RaggedRows => Array.isArray(array)

function named(where: string, arrays: Arrays, name: string): NumpyArray {
  const got = [...arrays.keys()].join(', ') || 'none'
  return arrays.get(name) ?? failFormat(where, { expected: `an array named ${name}`, got })
}

/** An array of numbers with at least one axis. */
export function numbersNamed(where: string, arrays: Arrays, name: string): StoredArray {
  const array = named(where, arrays, name)
  return isRagged(array) || array.shape.length === 0
    ? failFormat(`${where}, ${name}`, { expected: 'an array of numbers', got: 'something else' })
    : array
}

/** Lists of numbers; the rows of a matrix, where all are of one length. */
export function rowsNamed(where: string, arrays: Arrays, name: string): RaggedRows {
  const array = named(where, arrays, name)
  if (isRagged(array)) return array
  return array.shape.length === 2
    ? toTensor(array, where).toArray<number[][]>()
    : failFormat(`${where}, ${name}`, { expected: 'lists of numbers', got: 'something else' })
}

/** Throws if samples are not as many as their targets. */
export function checkSamples(where: string, samples: number, targets: StoredArray): void {
  const [count = 0] = targets.shape
  if (targets.shape.length !== 1 || count !== samples)
    failFormat(where, { expected: `${samples} targets, one a sample`, got: `[${targets.shape.join(', ')}]` })
}
