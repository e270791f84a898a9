// Reuters: 11,228 newswires, each of one of 46 topics. The files are Keras's.

import { readOptions, type TableFor } from '../util/options.ts'
import { Tensor } from '../util/tensor.ts'
import { checkSamples, numbersNamed, readArrays, rowsNamed } from './arrays.ts'
import { kerasFile } from './kerasFile.ts'
import { type DatasetOptions, type Loaded, ordersOf, testSplitOption } from './options.ts'
import {
  limited,
  numbered,
  readWordIndex,
  type WordSequenceOptions,
  wordSequenceTable,
} from './wordSequences.ts'

export interface ReutersOptions extends WordSequenceOptions {
  /** The share of newswires to test on, the last of their order; `0.2` by default. */
  readonly testSplit?: number
}

const reutersTable = {
  ...wordSequenceTable,
  testSplit: testSplitOption,
} as const satisfies TableFor<ReutersOptions>

/**
 * Loads newswires as lists of words, each word the rank of its frequency plus 3, and their topics:
 * `const [[xTrain, yTrain], [xTest, yTest]] = await reuters.loadData({ numWords: 1000, testSplit: 0.2 })`.
 *
 * @returns Lists of numbers, and topics from 0 to 45 of shape [newswires]. Both are those of Keras, in the same order.
 * @throws {RecurraError} if the file cannot be read, or `maxlen` leaves no newswire; in a page, too, if Keras's server refuses it (CORS).
 * @see keras/src/datasets/reuters.py
 */
export async function loadData(options?: ReutersOptions | null): Promise<Loaded<number[][], Tensor>> {
  const where = 'reuters.loadData'
  const { path, signal, onProgress, seed, testSplit, ...settings } = readOptions(where, reutersTable, options)
  const file = kerasFile('reuters.npz', 'd6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916')
  const arrays = await readArrays(where, file, { path, signal, onProgress })
  const x = rowsNamed(where, arrays, 'x')
  const y = numbersNamed(where, arrays, 'y')
  checkSamples(where, x.length, y)
  const samples = numbered({ x, y }, ordersOf(seed)(x.length), settings)
  const words = limited(where, samples.x, settings)
  const count = Math.trunc(words.length * (1 - testSplit))
  const part = (from: number, to: number): readonly [number[][], Tensor] => [
    words.slice(from, to),
    new Tensor(Float32Array.from(samples.y.slice(from, to)), [to - from]),
  ]
  return [part(0, count), part(count, words.length)]
}

/**
 * The rank of each word, from 1 for the most frequent. In the newswires of {@link loadData} words have this rank plus `indexFrom`.
 *
 * @throws {RecurraError} if the file cannot be read.
 * @see keras/src/datasets/reuters.py
 */
export const getWordIndex = (options?: DatasetOptions | null): Promise<Record<string, number>> =>
  readWordIndex(
    'reuters.getWordIndex',
    kerasFile('reuters_word_index.json', '4d44cc38712099c9e383dc6e5f11a921'),
    options,
  )

const LABELS =
  'cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass crude nat-gas cpi ' +
  'money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc ' +
  'orange pet-chem dlr gas silver wpi hog lead'

/**
 * The names of the topics, by their numbers.
 *
 * @see keras/src/datasets/reuters.py
 */
export const getLabelNames = (): string[] => LABELS.split(' ')
