// What IMDB's reviews and Reuters' newswires share: words as their ranks, by how often they are used.

import { checkInteger, checkPositiveInteger, describeValue, fail } from '../errors.ts'
import { failFormat } from '../formats/formatError.ts'
import type { RaggedRows } from '../formats/numpy/npy.ts'
import type { StoredArray } from '../formats/storedArray.ts'
import { isOptions, nullable, option, orNull, readOptions, type TableFor } from '../util/options.ts'
import { messageOf } from '../util/realms.ts'
import { type KerasFile, readKerasFile } from './kerasFile.ts'
import { type DatasetOptions, datasetOptionTable, datasetSeed } from './options.ts'

export interface WordSequenceOptions extends DatasetOptions {
  /** Words whose numbers, `indexFrom` included, are at least as large are replaced by `oovChar`; `null`, the default: none are. */
  readonly numWords?: number | null
  /** So many of the most frequent words, counted like `numWords`, are replaced by `oovChar`, too; `0` by default. */
  readonly skipTop?: number
  /** Sequences of as many words, the start included, or more are left out; `null`, the default: none are. */
  readonly maxlen?: number | null
  /** Of the order of samples, drawn as NumPy draws it; `113` by default, as in Keras. `null` takes the next of `setSeed`. */
  readonly seed?: number | null
  /** The number in front of each sequence; `1` by default, `null`: none. */
  readonly startChar?: number | null
  /** What stands for words that are left out; `2` by default, `null`: nothing, so that sequences are shorter. */
  readonly oovChar?: number | null
  /** What is added to the rank of each word; `3` by default. */
  readonly indexFrom?: number
}

const numberOrNone = (fallback: number) => option(fallback, orNull(checkInteger))

/** @internal */
export const wordSequenceTable = {
  ...datasetOptionTable,
  numWords: nullable(checkPositiveInteger),
  skipTop: option(0, (where, name, value) => checkInteger(where, name, value, { min: 0 })),
  maxlen: nullable(checkPositiveInteger),
  seed: datasetSeed,
  startChar: numberOrNone(1),
  oovChar: numberOrNone(2),
  indexFrom: option(3, (where, name, value) => checkInteger(where, name, value)),
} as const satisfies TableFor<WordSequenceOptions>

type Settings = Readonly<Record<'numWords' | 'maxlen' | 'startChar' | 'oovChar', number | null>> &
  Readonly<Record<'skipTop' | 'indexFrom', number>>

/** Sequences, and the target of each. */
export interface WordSamples {
  readonly x: RaggedRows
  readonly y: readonly number[]
}

/** Samples in an order, begun and counted as the options say, without those that are too long. */
export function numbered(
  { x, y }: { readonly x: RaggedRows; readonly y: StoredArray },
  order: Uint32Array,
  { startChar, indexFrom, maxlen }: Settings,
): WordSamples {
  const start = startChar === null ? [] : [startChar]
  const samples = Array.from(order, (i) => ({
    words: [...start, ...(x[i] ?? []).map((rank) => rank + indexFrom)],
    target: y.data[i] as number,
  })).filter(({ words }) => maxlen === null || words.length < maxlen)
  return { x: samples.map(({ words }) => words), y: samples.map(({ target }) => target) }
}

/**
 * Sequences without the words that the options leave out. Where `numWords` does not say it, the largest number is the bound, and itself
 * left out: so it is in Keras.
 */
export function limited(where: string, x: RaggedRows, settings: Settings): number[][] {
  const { skipTop, oovChar, maxlen } = settings
  if (x.length === 0)
    fail(where, {
      expected: 'sequences that are kept',
      got: 'none',
      remedy: maxlen === null ? undefined : 'Increase maxlen.',
    })
  const numWords = settings.numWords ?? x.reduce((most, row) => row.reduce((a, b) => Math.max(a, b), most), 0)
  const isKept = (word: number): boolean => word >= skipTop && word < numWords
  if (oovChar === null) return x.map((row) => row.filter(isKept))
  return x.map((row) => row.map((word) => (isKept(word) ? word : oovChar)))
}

/** The ranks of words, of a file as JSON. */
export async function readWordIndex(
  call: string,
  file: KerasFile,
  options: DatasetOptions | null | undefined,
): Promise<Record<string, number>> {
  const { path, signal, onProgress } = readOptions(call, datasetOptionTable, options)
  const bytes = await readKerasFile(call, file, { path, signal, onProgress })
  let index: unknown
  try {
    index = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    return failFormat(call, { expected: 'JSON', got: messageOf(error) })
  }
  if (isOptions(index) && Object.values(index).every((rank) => typeof rank === 'number'))
    return index as Record<string, number>
  return failFormat(call, { expected: 'words with their ranks', got: describeValue(index) })
}
