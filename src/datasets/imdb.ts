// IMDB: 50,000 reviews of films, half of them to test on, with 1 for praise and 0 for blame. The files are Keras's.

import { readOptions } from '../util/options.ts'
import { Tensor } from '../util/tensor.ts'
import { checkSamples, numbersNamed, readArrays, rowsNamed } from './arrays.ts'
import { kerasFile } from './kerasFile.ts'
import { type DatasetOptions, type Loaded, ordersOf } from './options.ts'
import {
  limited,
  numbered,
  readWordIndex,
  type WordSequenceOptions,
  wordSequenceTable,
} from './wordSequences.ts'

/**
 * Loads reviews as lists of words, each word the rank of its frequency plus 3, and their targets:
 * `const [[xTrain, yTrain], [xTest, yTest]] = await imdb.loadData({ numWords: 10000 })`. `padSequences` makes a tensor of such lists.
 *
 * @returns Lists of numbers, and targets of shape [reviews]. Both are those of Keras, in the same order.
 * @throws {RecurraError} if the file cannot be read, or `maxlen` leaves no review; in a page, too, if Keras's server refuses it (CORS).
 * @see keras/src/datasets/imdb.py
 */
export async function loadData(options?: WordSequenceOptions | null): Promise<Loaded<number[][], Tensor>> {
  const where = 'imdb.loadData'
  const { path, signal, onProgress, seed, ...settings } = readOptions(where, wordSequenceTable, options)
  const file = kerasFile('imdb.npz', '69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f')
  const arrays = await readArrays(where, file, { path, signal, onProgress })
  const draw = ordersOf(seed)
  const [train, test] = (['train', 'test'] as const).map((part) => {
    const x = rowsNamed(where, arrays, `x_${part}`)
    const y = numbersNamed(where, arrays, `y_${part}`)
    checkSamples(where, x.length, y)
    return numbered({ x, y }, draw(x.length), settings)
  }) as [ReturnType<typeof numbered>, ReturnType<typeof numbered>]
  // Keras needs reviews of both parts.
  const all = train.x.length > 0 && test.x.length > 0 ? [...train.x, ...test.x] : []
  const x = limited(where, all, settings)
  const count = train.x.length
  return [
    [x.slice(0, count), new Tensor(Float32Array.from(train.y), [count])],
    [x.slice(count), new Tensor(Float32Array.from(test.y), [test.y.length])],
  ]
}

/**
 * The rank of each word, from 1 for the most frequent. In the reviews of {@link loadData} words have this rank plus `indexFrom`.
 *
 * @throws {RecurraError} if the file cannot be read.
 * @see keras/src/datasets/imdb.py
 */
export const getWordIndex = (options?: DatasetOptions | null): Promise<Record<string, number>> =>
  readWordIndex(
    'imdb.getWordIndex',
    kerasFile('imdb_word_index.json', 'bfafd718b763782e994055a2d397834f'),
    options,
  )
