// Keras's Tokenizer: words as ranks in the texts it was fitted to.

import { checkOneOf, checkPositiveInteger, checkText, describeValue, fail } from '../errors.ts'
import { type Config, flag, nullable, readOptions } from '../util/options.ts'
import { Tensor } from '../util/tensor.ts'
import { Unproxied } from '../util/unproxied.ts'
import { withoutNew } from './withoutNew.ts'
import { type Analyzer, ownFunction, splitWords, type WordOptions, wordOptions } from './words.ts'

export interface TokenizerOptions extends WordOptions {
  /** Only the numWords − 1 most frequent words are kept; `null`, the default: all. */
  readonly numWords?: number | null
  /** Whether letters take the place of words, `false` by default. */
  readonly charLevel?: boolean
  /** Takes the place of words that are not known, and number 1; `null`, the default: these are left out. */
  readonly oovToken?: string | null
  /** Splits texts in place of `filters`, `lower` and `split`; `null` by default. */
  readonly analyzer?: Analyzer | null
}

const tokenizerOptions = {
  ...wordOptions,
  numWords: nullable(checkPositiveInteger),
  charLevel: flag(false),
  oovToken: nullable(checkText),
  analyzer: ownFunction<Analyzer>(),
} as const

/** A text, or one that is in words already. */
export type TokenizerText = string | readonly string[]
/** What a column of a word holds: whether it is there, how often, its share of the words, or its weight by rarity. */
export type MatrixMode = 'binary' | 'count' | 'freq' | 'tfidf'
const modes = ['binary', 'count', 'freq', 'tfidf'] as const

/** A record without what objects inherit, since any word may be a key. */
const record = <T>(entries: Iterable<readonly [string | number, T]> = []): Record<string, T> =>
  Object.assign(Object.create(null), Object.fromEntries(entries)) as Record<string, T>

class TokenizerClass extends Unproxied {
  /** Only the numWords − 1 most frequent words are kept; `null`, the default: all. */
  readonly numWords: number | null
  /** Letters that are left out of texts: by default all punctuation but `'`, tabs and ends of lines. */
  readonly filters: string
  /** Whether texts are taken in small letters, `true` by default. */
  readonly lower: boolean
  /** What stands between words, a blank by default. */
  readonly split: string
  /** Whether letters take the place of words, `false` by default. */
  readonly charLevel: boolean
  /** Takes the place of words that are not known, and number 1; `null`, the default: these are left out. */
  readonly oovToken: string | null
  /** How often each word was met, in the order in which words came first. */
  wordCounts: Record<string, number> = record()
  /** In how many texts each word was met. */
  wordDocs: Record<string, number> = record()
  /** The rank of each word, from 1; 0 is no word's. */
  wordIndex: Record<string, number> = record()
  /** The word of each rank. */
  indexWord: Record<number, string> = record()
  /** In how many texts or sequences the word of each rank was met. */
  indexDocs: Record<number, number> = record()
  /** Texts and sequences so far. */
  documentCount = 0
  readonly #options: Config<typeof tokenizerOptions>
  /** Words in the order in which they came first: a record has those in front that look like integers. */
  readonly #seen = new Set<string>()

  constructor(options?: TokenizerOptions | null) {
    super()
    this.#options = readOptions('Tokenizer', tokenizerOptions, options)
    const { numWords, filters, lower, split, charLevel, oovToken } = this.#options
    this.numWords = numWords
    this.filters = filters
    this.lower = lower
    this.split = split
    this.charLevel = charLevel
    this.oovToken = oovToken
  }

  /** Learns from texts which words there are, and how frequent each is. It may be called again with more. */
  fitOnTexts(texts: Iterable<TokenizerText>): void {
    for (const text of textsOf(texts, 'fitOnTexts')) {
      const words = this.#wordsOf(text, 'fitOnTexts')
      this.documentCount++
      for (const word of words) {
        this.#seen.add(word)
        this.wordCounts[word] = (this.wordCounts[word] ?? 0) + 1
      }
      for (const word of new Set(words)) this.wordDocs[word] = (this.wordDocs[word] ?? 0) + 1
    }
    // Words as frequent as each other stay in the order in which they came.
    const known = [...new Set([...this.#seen, ...Object.keys(this.wordCounts)])]
    const ranked = known.sort((a, b) => (this.wordCounts[b] ?? 0) - (this.wordCounts[a] ?? 0))
    const words = this.oovToken === null ? ranked : [this.oovToken, ...ranked]
    // A word that is the oovToken has its own, later rank, as in Keras.
    this.wordIndex = record(words.map((word, i) => [word, i + 1]))
    this.indexWord = record(Object.entries(this.wordIndex).map(([word, rank]) => [rank, word]))
    for (const [word, count] of Object.entries(this.wordDocs))
      this.indexDocs[this.wordIndex[word] as number] = count
  }

  /** Learns from sequences of ranks in how many of them each is. For `tfidf` of sequences alone. */
  fitOnSequences(sequences: readonly (readonly number[])[]): void {
    checkSequences(sequences, 'fitOnSequences')
    this.documentCount += sequences.length
    for (const sequence of sequences)
      for (const rank of new Set(sequence)) this.indexDocs[rank] = (this.indexDocs[rank] ?? 0) + 1
  }

  /** The ranks of the words of each text. Words that are not known are left out, or are `oovToken`'s. */
  textsToSequences(texts: Iterable<TokenizerText>): number[][] {
    return [...this.textsToSequencesGenerator(texts)]
  }

  /** `textsToSequences`, sequence by sequence, as they are asked for. */
  *textsToSequencesGenerator(texts: Iterable<TokenizerText>): Generator<number[]> {
    const unknown = this.#unknown
    for (const text of textsOf(texts, 'textsToSequences')) {
      yield this.#wordsOf(text, 'textsToSequences').flatMap((word) => {
        const rank = this.wordIndex[word]
        const isKept = rank !== undefined && !(this.numWords && rank >= this.numWords)
        return isKept ? [rank] : unknown
      })
    }
  }

  /** The words of each sequence of ranks, with spaces between them. */
  sequencesToTexts(sequences: readonly (readonly number[])[]): string[] {
    return [...this.sequencesToTextsGenerator(sequences)]
  }

  /** `sequencesToTexts`, text by text, as they are asked for. */
  *sequencesToTextsGenerator(sequences: readonly (readonly number[])[]): Generator<string> {
    checkSequences(sequences, 'sequencesToTexts')
    const unknown = this.#unknown.flatMap((rank) => this.indexWord[rank] ?? [])
    for (const sequence of sequences) {
      const words = sequence.flatMap((rank) => {
        const word = this.indexWord[rank]
        return word !== undefined && !(this.numWords && rank >= this.numWords) ? [word] : unknown
      })
      yield words.join(' ')
    }
  }

  /** A row a text, a column a rank: `[texts, numWords]`. */
  textsToMatrix(texts: Iterable<TokenizerText>, mode: MatrixMode = 'binary'): Tensor {
    return this.sequencesToMatrix(this.textsToSequences(texts), mode)
  }

  /**
   * A row a sequence, a column a rank: `[sequences, numWords]`. `'tfidf'` is (1 + ln count) · ln(1 + documents / (1 + documents with
   * the word)).
   *
   * @throws {RecurraError} without numWords and words, or for 'tfidf' without documents.
   */
  sequencesToMatrix(sequences: readonly (readonly number[])[], mode: MatrixMode = 'binary'): Tensor {
    const where = 'Tokenizer.sequencesToMatrix'
    checkOneOf(where, 'mode', mode, modes)
    checkSequences(sequences, 'sequencesToMatrix')
    const known = Object.keys(this.wordIndex).length
    const columns = this.numWords || (known > 0 ? known + 1 : 0)
    const remedy = 'Call tokenizer.fitOnTexts(texts) first.'
    if (columns === 0) fail(where, { expected: 'numWords, or texts to find it from', got: 'neither', remedy })
    if (mode === 'tfidf' && this.documentCount === 0)
      fail(where, { expected: 'documents to weigh words by', got: 'none', remedy })
    const data = new Float32Array(sequences.length * columns)
    sequences.forEach((sequence, row) => {
      const counts = new Map<number, number>()
      for (const rank of sequence) if (rank < columns) counts.set(rank, (counts.get(rank) ?? 0) + 1)
      for (const [rank, count] of counts) {
        const rarity = Math.log(1 + this.documentCount / (1 + (this.indexDocs[rank] ?? 0)))
        const values = {
          binary: 1,
          count,
          freq: count / sequence.length,
          tfidf: (1 + Math.log(count)) * rarity,
        }
        data[row * columns + rank] = values[mode]
      }
    })
    return new Tensor(data, [sequences.length, columns])
  }

  /** Options and what was learned, by Keras's names; tables as texts of JSON. */
  getConfig(): Record<string, unknown> {
    return {
      num_words: this.numWords,
      filters: this.filters,
      lower: this.lower,
      split: this.split,
      char_level: this.charLevel,
      oov_token: this.oovToken,
      document_count: this.documentCount,
      word_counts: JSON.stringify(this.wordCounts),
      word_docs: JSON.stringify(this.wordDocs),
      index_docs: JSON.stringify(this.indexDocs),
      index_word: JSON.stringify(this.indexWord),
      word_index: JSON.stringify(this.wordIndex),
    }
  }

  /** A text from which {@link tokenizerFromJson}, and Keras's `tokenizer_from_json`, make an equal tokenizer. An analyzer is not in it. */
  toJson(): string {
    return JSON.stringify({ class_name: 'Tokenizer', config: this.getConfig() })
  }

  get #unknown(): number[] {
    const rank = this.oovToken === null ? undefined : this.wordIndex[this.oovToken]
    return rank === undefined ? [] : [rank]
  }

  #wordsOf(text: TokenizerText, method: string): readonly string[] {
    if (typeof text !== 'string' && !(Array.isArray(text) && text.every((word) => typeof word === 'string')))
      return fail(`Tokenizer.${method}`, { expected: 'texts, or lists of words', got: describeValue(text) })
    if (typeof text !== 'string') return this.lower ? text.map((word) => word.toLowerCase()) : text
    if (this.charLevel) return [...(this.lower ? text.toLowerCase() : text)]
    const { analyzer } = this.#options
    return analyzer ? analyzer(text) : splitWords(text, this.#options)
  }
}

function checkSequences(sequences: unknown, method: string): void {
  const isList = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value)
  if (!Array.isArray(sequences) || !sequences.every(isList))
    fail(`Tokenizer.${method}`, { expected: 'a list of sequences', got: describeValue(sequences) })
  for (const [i, sequence] of (sequences as (readonly unknown[])[]).entries()) {
    const at = sequence.findIndex((rank) => !Number.isInteger(rank) || (rank as number) < 0)
    if (at >= 0)
      fail(`Tokenizer.${method}, sequences[${i}][${at}]`, {
        expected: 'the rank of a word, an integer of at least 0',
        got: describeValue(sequence[at]),
        remedy: typeof sequence[at] === 'string' ? 'Texts become sequences by textsToSequences.' : undefined,
      })
  }
}

/** Texts one by one; a text by itself would be read as its letters. */
function textsOf(texts: Iterable<TokenizerText>, method: string): Iterable<TokenizerText> {
  const isList = typeof texts === 'object' && texts !== null && Symbol.iterator in texts
  if (isList) return texts
  return fail(`Tokenizer.${method}`, {
    expected: 'a list of texts',
    got: describeValue(texts),
    remedy: 'Put the text in a list: [text].',
  })
}

/**
 * Words as ranks by frequency, from 1: `fitOnTexts` learns them, `textsToSequences` and `textsToMatrix` use them.
 *
 * @see keras/src/legacy/preprocessing/text.py
 */
export const Tokenizer = withoutNew('Tokenizer', TokenizerClass)
export type Tokenizer = TokenizerClass

/** The tokenizer that `toJson` wrote, or Keras's `to_json`. */
export function tokenizerFromJson(json: string): Tokenizer {
  const where = 'tokenizerFromJson'
  const broken = (got: string): never => fail(where, { expected: 'the JSON of a Tokenizer', got })
  const parse = (text: unknown): unknown => {
    try {
      return JSON.parse(String(text)) as unknown
    } catch {
      return broken(describeValue(text))
    }
  }
  const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const read = parse(json)
  const config = isTable(read) ? read.config : null
  if (!isTable(config)) return broken(describeValue(read))
  const tokenizer = new TokenizerClass({
    numWords: config.num_words as number | null,
    filters: config.filters as string,
    lower: config.lower as boolean,
    split: config.split as string,
    charLevel: config.char_level as boolean,
    oovToken: config.oov_token as string | null,
  })
  const table = <T>(name: string): Record<string, T> => {
    const value = parse(config[name])
    return isTable(value)
      ? record(Object.entries(value as Record<string, T>))
      : broken(`${name} ${describeValue(value)}`)
  }
  tokenizer.documentCount = Number(config.document_count ?? 0)
  tokenizer.wordCounts = table('word_counts')
  tokenizer.wordDocs = table('word_docs')
  tokenizer.indexDocs = table('index_docs')
  tokenizer.indexWord = table('index_word')
  tokenizer.wordIndex = table('word_index')
  return tokenizer
}
