// A vocabulary: words or integers with an index each, behind those of what is masked and what is not known.

import { describeValue, fail } from '../../errors.ts'
import type { Encoding } from './encoding.ts'

export type Token = string | number

/** How a layer numbers its tokens. */
export interface VocabularyOptions {
  /** The most indices, those of special tokens included; null for any. */
  readonly maxTokens: number | null
  readonly numOovIndices: number
  readonly maskToken: Token | null
  readonly oovToken: Token | null
  readonly invert: boolean
  readonly outputMode: 'int' | Encoding | 'tf_idf'
  readonly padToMaxTokens: boolean
}

/** Code points decide, as the bytes of UTF-8 do; integers by size. */
function compare(a: Token, b: Token): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b)
  const [left, right] = [[...a], [...b]]
  const at = left.findIndex((letter, i) => letter !== right[i])
  if (at < 0) return left.length - right.length
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1)
}

export class Vocabulary {
  readonly #options: VocabularyOptions
  /** Tokens in the order of their indices, without special ones; null before they are known. */
  #tokens: readonly Token[] | null = null
  #indices: ReadonlyMap<Token, number> = new Map()
  /** Weights of all indices, for `tf_idf`. */
  #idfWeights: Float32Array | null = null

  constructor(options: VocabularyOptions) {
    this.#options = options
  }

  get isKnown(): boolean {
    return this.#tokens !== null
  }

  /** The index of the first word that is not known; behind that of what is masked. */
  get oovStart(): number {
    const { maskToken, outputMode } = this.#options
    return maskToken !== null && outputMode === 'int' ? 1 : 0
  }

  /** The index of the first token. */
  get start(): number {
    return this.oovStart + this.#options.numOovIndices
  }

  /** The number of indices. */
  get size(): number {
    return this.start + (this.#tokens?.length ?? 0)
  }

  /** The extent of what indices are encoded to. */
  get depth(): number {
    const { padToMaxTokens, maxTokens } = this.#options
    return padToMaxTokens && maxTokens !== null ? maxTokens : this.size
  }

  get idfWeights(): Float32Array | null {
    return this.#idfWeights
  }

  /** All tokens by index, or those without the special ones. */
  tokens(includeSpecialTokens: boolean): Token[] {
    const own = [...(this.#tokens ?? [])]
    return includeSpecialTokens ? [...this.#special, ...own] : own
  }

  get #special(): Token[] {
    const { maskToken, oovToken, numOovIndices } = this.#options
    const masked = this.oovStart === 1 && maskToken !== null ? [maskToken] : []
    return [...masked, ...Array<Token>(numOovIndices).fill(oovToken ?? '')]
  }

  /** The index of a token; undefined where it is not known. */
  indexOf(token: Token): number | undefined {
    return this.#indices.get(token)
  }

  tokenAt(index: number): Token | undefined {
    return this.#tokens?.[index - this.start]
  }

  /** Takes tokens over, with or without the special ones in front; throws where one comes twice or there are too many. */
  set(given: readonly Token[], idfWeights: readonly number[] | null, where: string): void {
    const { maskToken, oovToken, invert, maxTokens, outputMode } = this.#options
    if (given.length === 0) fail(where, { expected: 'a vocabulary of some tokens', got: 'an empty one' })
    if (outputMode === 'tf_idf' ? idfWeights === null : idfWeights !== null) {
      fail(where, {
        expected: `${outputMode === 'tf_idf' ? '' : 'no '}idfWeights beside a vocabulary in outputMode '${outputMode}'`,
        got: idfWeights === null ? 'none' : `${idfWeights.length}`,
      })
    }
    if (idfWeights !== null && idfWeights.length !== given.length)
      fail(where, { expected: `${given.length} idfWeights, one a token`, got: `${idfWeights.length}` })
    // Their number is an option's: they are listed only where as many tokens are given.
    const { start } = this
    const hasSpecial =
      start > 0 && given.length >= start && this.#special.every((token, i) => token === given[i])
    const tokens = hasSpecial ? given.slice(this.start) : given
    const counts = new Set(tokens)
    if (counts.size < tokens.length) {
      const twice = tokens.find((token, i) => tokens.indexOf(token) < i)
      fail(where, { expected: 'each token once', got: `${describeValue(twice)} twice` })
    }
    for (const [name, token] of [
      ['mask', maskToken],
      ['out-of-vocabulary', invert ? oovToken : null],
    ] as const) {
      if (token === null || !counts.has(token)) continue
      fail(where, {
        expected: `the ${name} token ${describeValue(token)} in front of the others, or not at all`,
        got: `it at ${given.lastIndexOf(token)}`,
      })
    }
    if (maxTokens !== null && this.start + tokens.length > maxTokens) {
      fail(where, {
        expected: `at most ${maxTokens} tokens, as maxTokens says`,
        got: `${this.start + tokens.length}, special ones included`,
      })
    }
    this.#take(tokens)
    if (idfWeights === null) return
    const mean = idfWeights.reduce((sum, weight) => sum + weight, 0) / idfWeights.length
    const front = hasSpecial ? [] : Array<number>(this.start).fill(mean)
    this.#weigh([...front, ...idfWeights])
  }

  /** Takes over the tokens that were counted, the commonest first, of those as common the last by their letters first. */
  learn(counted: TokenCounts): void {
    const { maskToken, oovToken, maxTokens, outputMode } = this.#options
    const sorted = [...counted.counts]
      .filter(([token]) => token !== maskToken && token !== oovToken)
      .sort(([a, p], [b, q]) => q - p || compare(b, a))
      .map(([token]) => token)
    const tokens = maxTokens === null ? sorted : sorted.slice(0, Math.max(0, maxTokens - this.start))
    this.#take(tokens)
    if (outputMode !== 'tf_idf') return
    const weights = tokens.map((token) =>
      Math.fround(Math.log(1 + counted.documents / (1 + (counted.inDocuments.get(token) ?? 0)))),
    )
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
    this.#weigh([...Array<number>(this.start).fill(mean), ...weights])
  }

  #take(tokens: readonly Token[]): void {
    this.#tokens = tokens
    this.#indices = new Map(tokens.map((token, i) => [token, this.start + i]))
  }

  #weigh(weights: readonly number[]): void {
    const filled = new Float32Array(Math.max(this.depth, weights.length))
    filled.set(weights)
    this.#idfWeights = filled
  }
}

/** How often tokens were met, and in how many documents. */
export class TokenCounts {
  readonly counts = new Map<Token, number>()
  readonly inDocuments = new Map<Token, number>()
  documents = 0

  /** Counts the tokens of a document. */
  add(tokens: readonly Token[]): void {
    for (const token of tokens) this.counts.set(token, (this.counts.get(token) ?? 0) + 1)
    for (const token of new Set(tokens)) this.inDocuments.set(token, (this.inDocuments.get(token) ?? 0) + 1)
    this.documents++
  }
}
