// What StringLookup, IntegerLookup and TextVectorization have in common: a vocabulary, given or learned, and indices of it, as they are
// or encoded.

import { checkInteger, describeValue, fail, impossible } from '../../errors.ts'
import { type Config, flag, nullable, option, unsupported } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import { checkFiniteData, isTensorData, type NumericArray, Tensor, toTensor } from '../../util/tensor.ts'
import type { GivenOptions, LayerDefinition, LayerTable } from '../layer.ts'
import { type AdaptOptions, eachBatch, readAdaptOptions } from './adapting.ts'
import { type Encoding, encodedShape, outputMode } from './encoding.ts'
import type { Entry, HostData } from './hostData.ts'
import { encodedOnHost } from './hostEncoding.ts'
import { HostLayer } from './hostLayer.ts'
import { type Token, TokenCounts, Vocabulary, type VocabularyOptions } from './vocabulary.ts'

/** Data to learn a vocabulary from: nested arrays, of integers typed arrays and tensors too, or an iterable of batches, async or not. */
export type VocabularyData = Iterable<unknown> | AsyncIterable<unknown> | Tensor

export type LookupMode = 'int' | Encoding | 'tf_idf'

const LOOKUP_MODES: readonly LookupMode[] = ['int', 'one_hot', 'multi_hot', 'count', 'tf_idf']

/** The options of a vocabulary that all layers have. */
export const vocabularyTable = {
  maxTokens: nullable((where, name, value) => checkInteger(where, name, value, { min: 2 })),
  padToMaxTokens: flag(false),
  sparse: unsupported(false),
  idfWeights: nullable<readonly number[], readonly number[] | NumericArray>((where, name, value) => {
    const weights = toTensor(value, `${where}, ${name}`)
    checkFiniteData(weights, `${where}, ${name}`)
    if (weights.shape.length !== 1)
      fail(where, { expected: `${name} to be a list of numbers`, got: describeValue(value) })
    return Array.from(value as ArrayLike<number>, Number)
  }),
  // Files say how many tokens there are of a vocabulary that lies beside the config.
  vocabularySize: nullable((where, name, value) => checkInteger(where, name, value, { min: 0 })),
} as const

export const lookupMode = outputMode<LookupMode>('int', LOOKUP_MODES)
export const numOovIndices = option(1, (where: string, name: string, value: unknown) =>
  checkInteger(where, name, value, { min: 0 }),
)

/** Reads a vocabulary: a list of tokens. */
export function readTokens(entry: Entry, where: string, name: string, value: unknown): readonly Token[] {
  if (typeof value === 'string') {
    return fail(where, {
      expected: `${name} as a list of tokens`,
      got: describeValue(value),
      remedy: 'Read the file and split it into lines: a layer reads none.',
    })
  }
  const list: readonly unknown[] = Array.isArray(value)
    ? value
    : isTensorData(value)
      ? Array.from(toTensor(value, where).data)
      : ArrayBuffer.isView(value) && 'length' in value
        ? Array.from(value as unknown as ArrayLike<unknown>, Number)
        : fail(where, { expected: `${name} as a list of tokens`, got: describeValue(value) })
  const wrong = list.find((token) =>
    entry === 'strings' ? typeof token !== 'string' : !Number.isSafeInteger(token),
  )
  if (wrong !== undefined || list.includes(undefined))
    fail(where, { expected: `${name} of ${entry}`, got: describeValue(wrong) })
  return list as readonly Token[]
}

interface LookupConfig {
  readonly vocabulary: readonly Token[] | null
  readonly idfWeights: readonly number[] | null
  readonly outputMode: LookupMode
  readonly vocabularySize: number | null
}

export abstract class LookupLayer<Table extends LayerTable = LayerTable> extends HostLayer<Table> {
  /** @internal */
  tokens: Vocabulary
  readonly #options: VocabularyOptions

  constructor(
    definition: LayerDefinition<Table>,
    given: GivenOptions,
    options: (config: Config<Table>) => VocabularyOptions,
  ) {
    super(definition, given)
    this.#options = options(this.config)
    checkTogether(this.where, this.#options, this.lookup)
    this.tokens = new Vocabulary(this.#options)
    const { vocabulary, idfWeights } = this.lookup
    if (vocabulary !== null) this.tokens.set(vocabulary, idfWeights, this.where)
  }

  /** @internal The options that all lookups have. */
  get lookup(): LookupConfig {
    return this.config as unknown as LookupConfig
  }

  /** @internal */
  override get givesIntegers(): boolean {
    return this.lookup.outputMode === 'int'
  }

  override getConfig(): Record<string, unknown> {
    const { size, isKnown } = this.tokens
    const isLearned = isKnown && this.lookup.vocabulary === null
    return { ...super.getConfig(), ...(isLearned && { vocabularySize: size }) }
  }

  /** @internal The extent of what indices are encoded to: that of the vocabulary, or as a file says. */
  get depth(): number {
    const { vocabularySize } = this.lookup
    if (!this.tokens.isKnown && vocabularySize === null) this.checkKnown()
    return this.tokens.isKnown || this.#options.padToMaxTokens ? this.tokens.depth : (vocabularySize ?? 0)
  }

  /** The documents of a batch, the tokens of each. */
  protected abstract documentsOf(
    batch: unknown,
    where: string,
    isBatchOfStream: boolean,
  ): readonly (readonly Token[])[]

  /** The bucket of a token that is not known, of `count`. */
  protected abstract bucketOf(token: Token, count: number): number

  /**
   * Learns the vocabulary: the tokens of the data, the commonest first, at most `maxTokens` with the special ones; of those as common,
   * the last by their code points come first. In outputMode 'tf_idf' it also learns in how many documents each is. It runs on the
   * host; arrays are done with when the call returns.
   *
   * @param data Arrays, or a stream of batches, async or not.
   * @param options `steps`: the most batches of a stream; `null`, the default: all.
   * @throws {RecurraError} if the layer was given a vocabulary.
   */
  async adapt(data: VocabularyData, options: AdaptOptions = {}): Promise<void> {
    await this.adaptTo(data, options)
  }

  /** @internal Does that at once for arrays, and throws; of a stream it returns when it is read. */
  adaptTo(data: VocabularyData, options: AdaptOptions): Promise<void> | null {
    const where = `${this.where}.adapt`
    const { steps } = readAdaptOptions(where, options)
    if (this.lookup.vocabulary !== null) {
      fail(where, { expected: 'a layer without the option vocabulary', got: 'one that was given it' })
    }
    const counts = new TokenCounts()
    const isStream = !Array.isArray(data) && !ArrayBuffer.isView(data) && !isTensorData(data)
    const take = (batch: unknown, at: string): void => {
      for (const document of this.documentsOf(batch, at, isStream)) counts.add(document)
    }
    return eachBatch(data, steps, where, take, () => this.#change(where, (tokens) => tokens.learn(counts)))
  }

  /** The tokens by index; without those for what is masked and what is not known if `includeSpecialTokens` is false. */
  getVocabulary(includeSpecialTokens = true): Token[] {
    return this.tokens.tokens(includeSpecialTokens)
  }

  /** The number of tokens, special ones included. */
  vocabularySize(): number {
    return this.tokens.size
  }

  /**
   * Sets the vocabulary.
   *
   * @param vocabulary Tokens in the order of their indices, with the special ones in front or without them.
   * @param idfWeights A weight a token, in outputMode 'tf_idf' and only there.
   * @throws {RecurraError} if a token comes twice, or there are more than `maxTokens`.
   */
  setVocabulary(
    vocabulary: readonly Token[] | NumericArray | Tensor,
    idfWeights: readonly number[] | NumericArray | null = null,
  ): void {
    const where = `${this.where}.setVocabulary`
    const tokens = readTokens(this.entry, where, 'vocabulary', vocabulary)
    const weights = vocabularyTable.idfWeights.read(where, 'idfWeights', idfWeights)
    this.#change(where, (next) => next.set(tokens, weights, where))
  }

  /**
   * Takes over a vocabulary as Keras's files have it, a token a line, special ones included.
   * @internal
   */
  restore(text: string, idfWeights: ArrayLike<number> | null, where: string): void {
    const lines = text.split(/\r\n|[\n\r]/)
    while (lines.at(-1) === '') lines.pop()
    const tokens = this.entry === 'strings' ? lines : lines.map(Number)
    // An empty vocabulary is one that was never learned.
    if (tokens.length <= this.tokens.start) return
    const weights = this.lookup.outputMode === 'tf_idf' ? Array.from(idfWeights ?? []) : null
    this.#change(where, (next) => next.set(tokens, weights?.slice(0, tokens.length) ?? null, where))
  }

  /** @internal What the vocabulary consists of. */
  abstract get entry(): 'strings' | 'integers'

  /** @internal */
  override get reads(): Entry {
    return this.entry
  }

  /** Takes another vocabulary over, unless a model keeps the extent of the former one. */
  #change(where: string, fill: (next: Vocabulary) => void): void {
    const next = new Vocabulary(this.#options)
    fill(next)
    if (this.nodes.length > 0 && this.lookup.outputMode !== 'int' && next.depth !== this.depth) {
      fail(where, {
        expected: `${this.depth} tokens, for which a model has the layer`,
        got: `${next.depth}`,
        remedy: 'Adapt the layer before a model is made of it.',
      })
    }
    this.tokens = next
  }

  /** Throws where the vocabulary is not known. */
  protected checkKnown(): void {
    if (this.tokens.isKnown) return
    fail(this.where, {
      expected: 'a vocabulary',
      got: 'none',
      remedy: 'Give vocabulary, or call await layer.adapt(data) first.',
    })
  }

  /** @internal The shape of what indices of a shape become. */
  encodedShape(shape: OpenShape): OpenShape {
    const { outputMode: mode } = this.lookup
    if (mode === 'int') return shape
    return encodedShape(this.where, shape, mode === 'tf_idf' ? 'count' : mode, this.depth)
  }

  /** The index of a token; −1 for one that is dropped. */
  #indexOf(token: Token, where: string): number {
    const { maskToken, numOovIndices: count, outputMode: mode } = this.#options
    if (token === maskToken) return mode === 'int' ? 0 : -1
    const found = this.tokens.indexOf(token)
    if (found !== undefined) return found
    if (count === 0) {
      fail(where, {
        expected: 'tokens of the vocabulary',
        got: describeValue(token),
        remedy: 'numOovIndices of 1 or more gives others an index.',
      })
    }
    return this.tokens.oovStart + (count === 1 ? 0 : this.bucketOf(token, count))
  }

  /** Indices as the layer gives them: the last axis is that of a sample where they are counted. */
  protected encoded(indices: readonly number[], shape: readonly number[]): Tensor {
    const { outputMode: mode } = this.lookup
    const { depth, idfWeights } = this.tokens
    if (mode !== 'tf_idf') return encodedOnHost(indices, shape, mode, depth)
    if (!idfWeights) impossible('a vocabulary without weights')
    const { data, shape: encoded } = encodedOnHost(indices, shape, 'count', depth)
    return new Tensor(
      data.map((count, i) => count * (idfWeights[i % depth] ?? 0)),
      encoded,
    )
  }

  /** Looks all tokens up. */
  protected lookUp({ values, shape }: HostData, where: string): Tensor {
    this.checkKnown()
    return this.encoded(
      values.map((token) => this.#indexOf(token, where)),
      shape,
    )
  }

  /** The tokens of indices. */
  protected lookBack({ values }: HostData): Token[] {
    this.checkKnown()
    const { maskToken, oovToken } = this.#options
    return values.map((index) =>
      index === 0 && maskToken !== null ? maskToken : (this.tokens.tokenAt(Number(index)) ?? oovToken ?? ''),
    )
  }
}

/** Throws where options do not go together. */
function checkTogether(
  where: string,
  { maxTokens, padToMaxTokens, invert, outputMode: mode }: VocabularyOptions,
  { vocabulary, idfWeights }: LookupConfig,
): void {
  if (padToMaxTokens && maxTokens === null)
    fail(where, { expected: 'maxTokens beside padToMaxTokens', got: 'none' })
  if (invert && mode !== 'int')
    fail(where, { expected: "outputMode 'int' beside invert", got: describeValue(mode) })
  if (idfWeights !== null && mode !== 'tf_idf')
    fail(where, { expected: "outputMode 'tf_idf' beside idfWeights", got: describeValue(mode) })
  if (mode === 'tf_idf' && vocabulary !== null && idfWeights === null)
    fail(where, { expected: "idfWeights beside vocabulary in outputMode 'tf_idf'", got: 'none' })
}
