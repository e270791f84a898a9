// Pairs of words that stand near each other, and pairs by chance, from which word vectors are learned.

import { checkExtent, checkFinite, checkInteger, checkPositive, fail } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { flag, nullable, option, readOptions, type TableFor } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import { Tensor } from '../util/tensor.ts'
import { type Numbers, readIntegers, readNumbers } from './numbers.ts'

/**
 * The chance to keep the word of each rank, as in word2vec, for words whose frequencies follow Zipf's law: frequent ones are kept
 * more rarely.
 *
 * @param size Ranks, from 0.
 * @param samplingFactor `1e-5` by default.
 * @returns `[size]`, from 0 to 1.
 * @see keras/src/legacy/preprocessing/sequence.py
 */
export function makeSamplingTable(size: number, samplingFactor?: number | null): Tensor {
  const where = 'makeSamplingTable'
  const factor = checkPositive(where, 'samplingFactor', samplingFactor ?? 1e-5)
  const chances = Float32Array.from({ length: checkExtent(where, 'size', size) }, (_, i) => {
    const rank = Math.max(i, 1)
    const inverseFrequency = rank * (Math.log(rank) + 0.577) + 0.5 - 1 / (12 * rank)
    return Math.min(1, Math.sqrt(factor * inverseFrequency))
  })
  return new Tensor(chances, [chances.length])
}

export interface SkipgramsOptions {
  /** How far apart two words of a pair are at most, `4` by default. */
  readonly windowSize?: number
  /** Pairs by chance for each pair of neighbours, `1` by default. */
  readonly negativeSamples?: number
  /** Whether pairs are in a random order, `true` by default. */
  readonly shuffle?: boolean
  /** Whether labels are `[0, 1]` and `[1, 0]` instead of 1 and 0, `false` by default. */
  readonly categorical?: boolean
  /** The chance to keep each word, by its rank, such as {@link makeSamplingTable} gives; `null`, the default: all are kept. */
  readonly samplingTable?: Numbers | null
  /** Of all draws; `null`, the default, takes the next of `setSeed`. */
  readonly seed?: number | null
}

const skipgramsOptions = {
  windowSize: option(4, (where, name, value) => checkInteger(where, name, value, { min: 0 })),
  negativeSamples: option(1, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
  shuffle: flag(true),
  categorical: flag(false),
  samplingTable: nullable<Float64Array, Numbers>(
    (where, name, value) => readNumbers(value, `${where}, ${name}`).data,
  ),
  seed: nullable((where, name, value) => checkInteger(where, name, value, { min: 0 })),
} as const satisfies TableFor<SkipgramsOptions>

/** Pairs of words and their labels. */
export type Skipgrams<Label = number> = readonly [couples: [word: number, context: number][], labels: Label[]]

/**
 * Pairs of words of a sequence: with label 1 where they stand near each other, with label 0 where the second was drawn.
 *
 * @param sequence Ranks of words; 0 is no word.
 * @param vocabularySize One more than the largest rank.
 * @see keras/src/legacy/preprocessing/sequence.py
 */
export function skipgrams(
  sequence: Numbers,
  vocabularySize: number,
  options: SkipgramsOptions & { readonly categorical: true },
): Skipgrams<[number, number]>
export function skipgrams(
  sequence: Numbers,
  vocabularySize: number,
  options?: SkipgramsOptions | null,
): Skipgrams
export function skipgrams(
  sequence: Numbers,
  vocabularySize: number,
  options?: SkipgramsOptions | null,
): Skipgrams<number | [number, number]> {
  const where = 'skipgrams'
  const { windowSize, negativeSamples, shuffle, categorical, samplingTable, seed } = readOptions(
    where,
    skipgramsOptions,
    options,
  )
  const size = checkInteger(where, 'vocabularySize', vocabularySize, { min: 2, max: 2 ** 32 - 1 })
  const words = [...readIntegers(sequence, `${where}, sequence`).data]
  const generator = new Generator(seed ?? nextSeed())
  const pairs: { readonly couple: [number, number]; readonly isNear: boolean }[] = []
  words.forEach((word, i) => {
    if (word === 0) return
    if (samplingTable) {
      if (word >= samplingTable.length) {
        const expected = `a samplingTable of more than ${word} entries`
        fail(where, { expected, got: `${samplingTable.length}` })
      }
      if ((samplingTable[word] as number) < generator.uniform()) return
    }
    const end = Math.min(words.length, i + windowSize + 1)
    for (let j = Math.max(0, i - windowSize); j < end; j++) {
      const near = words[j] as number
      if (j !== i && near !== 0) pairs.push({ couple: [word, near], isNear: true })
    }
  })
  const near = pairs.length
  const order = generator.permutation(near)
  for (let i = 0; i < Math.floor(near * negativeSamples); i++) {
    const [word] = (pairs[order[i % near] as number] as (typeof pairs)[number]).couple
    pairs.push({ couple: [word, 1 + generator.below(size - 1)], isNear: false })
  }
  const all = shuffle
    ? [...generator.permutation(pairs.length)].map((i) => pairs[i] as (typeof pairs)[number])
    : pairs
  const label = (isNear: boolean): number | [number, number] =>
    categorical ? (isNear ? [0, 1] : [1, 0]) : Number(isNear)
  return [all.map(({ couple }) => couple), all.map(({ isNear }) => label(isNear))]
}
