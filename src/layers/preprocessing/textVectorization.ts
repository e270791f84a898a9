// Texts as indices of their words.

import { checkExtent, checkOneOf, checkPositiveInteger, describeValue, fail } from '../../errors.ts'
import { nullable, option, type TableFor, unsupported } from '../../util/options.ts'
import { type OpenShape, type Shape, showShape, sizeOf } from '../../util/shape.ts'
import { type NumericArray, Tensor } from '../../util/tensor.ts'
import { type CallableLayer, defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { GivenOptions, LayerDefinition } from '../layer.ts'
import { type LayerOptions, layerOptions, noActivity } from '../options.ts'
import { bucketOf } from './buckets.ts'
import { outputMode } from './encoding.ts'
import { type HostData, isUneven, type NestedStrings, readHostData } from './hostData.ts'
import { LookupLayer, readTokens, vocabularyTable } from './lookupLayer.ts'
import type { Token } from './vocabulary.ts'

const STANDARDS = ['lower_and_strip_punctuation', 'lower', 'strip_punctuation'] as const
const SPLITS = ['whitespace', 'character'] as const

type Standardize = (typeof STANDARDS)[number] | ((text: string) => string)
type Split = (typeof SPLITS)[number] | ((text: string) => readonly string[])
type TextMode = 'int' | 'multi_hot' | 'count' | 'tf_idf'

export interface TextVectorizationOptions extends LayerOptions {
  /** The most tokens of the vocabulary, special ones included; `null`, the default, for any number. */
  readonly maxTokens?: number | null
  /**
   * What is done to a text first: `'lower_and_strip_punctuation'`, the default, or one of both, `'lower'` and `'strip_punctuation'`,
   * on letters and signs of ASCII, as in Keras; a function of the text; null for nothing.
   */
  readonly standardize?: Standardize | null
  /** How a text becomes tokens: at `'whitespace'`, the default; a `'character'` each; by a function; null where it is one token. */
  readonly split?: Split | null
  /** Tokens of several in a row: up to that many, or of the lengths of a list; `null`, the default, is none. */
  readonly ngrams?: number | readonly number[] | null
  /** `'int'`, the default: indices. `'multi_hot'`: 1 for each token that a text has; `'count'`: how often; `'tf_idf'`: weighted. */
  readonly outputMode?: TextMode
  /** Indices of a text, cut or filled with 0; `null`, the default, takes the longest text of the call. */
  readonly outputSequenceLength?: number | null
  /** Whether vectors have `maxTokens` numbers although the vocabulary has fewer: `false` by default. */
  readonly padToMaxTokens?: boolean
  /** Tokens in the order of their indices, with the special ones in front or without; `null`, the default, where `adapt` learns them. */
  readonly vocabulary?: readonly string[] | null
  /** A weight a token, in outputMode 'tf_idf' beside `vocabulary`; `null`, the default, elsewhere. */
  readonly idfWeights?: readonly number[] | NumericArray | null
}

const unwritable = (value: unknown): unknown =>
  typeof value === 'function'
    ? fail('TextVectorization.getConfig', {
        expected: 'standardize and split by name',
        got: describeValue(value),
        remedy: 'A function cannot be written.',
      })
    : value

const choice = <Name extends string, Fn>(fallback: Name, names: readonly Name[]) =>
  option<Name | Fn | null>(
    fallback,
    (where, name, value) =>
      value === null || typeof value === 'function'
        ? (value as Fn | null)
        : checkOneOf(where, name, value, names),
    unwritable,
  )

const table = {
  ...layerOptions,
  activityRegularizer: noActivity,
  maxTokens: vocabularyTable.maxTokens,
  standardize: choice<(typeof STANDARDS)[number], (text: string) => string>(
    'lower_and_strip_punctuation',
    STANDARDS,
  ),
  split: choice<(typeof SPLITS)[number], (text: string) => readonly string[]>('whitespace', SPLITS),
  ngrams: nullable<number | readonly number[]>((where, name, value) =>
    Array.isArray(value)
      ? value.map((each: unknown) => checkPositiveInteger(where, `each of ${name}`, each))
      : checkPositiveInteger(where, name, value),
  ),
  outputMode: outputMode<TextMode>('int', ['int', 'multi_hot', 'count', 'tf_idf']),
  outputSequenceLength: nullable(checkExtent),
  padToMaxTokens: vocabularyTable.padToMaxTokens,
  vocabulary: nullable<readonly string[]>(
    (where, name, value) => readTokens('strings', where, name, value) as readonly string[],
  ),
  idfWeights: vocabularyTable.idfWeights,
  sparse: vocabularyTable.sparse,
  ragged: unsupported(false),
  encoding: unsupported('utf-8'),
  vocabularySize: vocabularyTable.vocabularySize,
} as const satisfies TableFor<TextVectorizationOptions>

const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
// The signs of ASCII.
const withoutPunctuation = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, '')

export class TextVectorizationLayer extends LookupLayer<typeof table> {
  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions) {
    super(definition, given, ({ maxTokens, outputMode: mode, padToMaxTokens }) => ({
      maxTokens,
      numOovIndices: 1,
      maskToken: '',
      oovToken: '[UNK]',
      invert: false,
      outputMode: mode,
      padToMaxTokens,
    }))
    const { outputMode: mode, outputSequenceLength } = this.config
    if (mode !== 'int' && outputSequenceLength !== null) {
      fail(this.where, {
        expected: "outputMode 'int' beside outputSequenceLength",
        got: describeValue(mode),
      })
    }
  }

  /** @internal */
  override get entry(): 'strings' {
    return 'strings'
  }

  /** @internal */
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 1, '[batch] or [batch, 1] of texts')
    this.#checkTexts(shape)
    const { outputSequenceLength: length, outputMode: mode, split } = this.config
    const [batch = null] = shape
    if (mode !== 'int') return [this.encodedShape([batch, 1])]
    return [split === null && length === null ? shape : [batch, length]]
  }

  /** Texts that are split have no axis of their own but one of 1. */
  #checkTexts(shape: OpenShape): void {
    const isOne = shape.length < 2 || (shape.length === 2 && (shape[1] === 1 || this.config.split === null))
    if (!isOne)
      fail(this.where, { expected: 'one text a sample, [batch] or [batch, 1]', got: showShape(shape) })
  }

  #tokensOf(text: string, where: string): readonly string[] {
    const { standardize, split, ngrams } = this.config
    let plain = text
    if (standardize === 'lower' || standardize === 'lower_and_strip_punctuation') plain = lower(plain)
    if (standardize === 'strip_punctuation' || standardize === 'lower_and_strip_punctuation')
      plain = withoutPunctuation(plain)
    if (typeof standardize === 'function') plain = checkTextOf(standardize(plain), where, 'standardize')
    const tokens =
      split === 'whitespace'
        ? plain.split(/[ \t\n\v\f\r]+/).filter((token) => token !== '')
        : split === 'character'
          ? [...plain]
          : split === null
            ? [plain]
            : checkTokens(split(plain), where)
    return ngrams === null || split === null ? tokens : ngramsOf(tokens, ngrams)
  }

  /** Texts as rows of tokens. */
  #rowsOf(
    { values, shape }: HostData,
    where: string,
  ): { readonly rows: (readonly string[])[]; readonly outer: Shape } {
    this.#checkTexts(shape)
    const { split, ngrams } = this.config
    const texts = values.map((text) => this.#tokensOf(String(text), where))
    if (split !== null || shape.length < 2) return { rows: texts, outer: shape.slice(0, 1) }
    const each = shape.at(-1) ?? 1
    const rows = Array.from({ length: sizeOf(shape.slice(0, -1)) }, (_, i) => {
      const row = texts.slice(i * each, (i + 1) * each).flat()
      return ngrams === null ? row : ngramsOf(row, ngrams)
    })
    return { rows, outer: shape.slice(0, -1) }
  }

  /** @internal */
  override apply(data: HostData, where: string): Tensor {
    this.checkKnown()
    const { rows, outer } = this.#rowsOf(data, where)
    const { outputMode: mode, outputSequenceLength, split } = this.config
    if (mode !== 'int') {
      const vectors = rows.map((row) => this.lookUp({ values: row, shape: [row.length] }, where).data)
      const all = new Float32Array(rows.length * this.tokens.depth)
      vectors.forEach((vector, i) => {
        all.set(vector, i * this.tokens.depth)
      })
      return new Tensor(all, [...outer, this.tokens.depth])
    }
    // Texts that are one token each keep their shape.
    if (split === null && outputSequenceLength === null && data.shape.length < 2)
      return this.lookUp({ values: rows.flat(), shape: data.shape }, where)
    // A tensor has no axis without entries, so that texts without a word are one of padding.
    const length = outputSequenceLength ?? rows.reduce((most, row) => Math.max(most, row.length), 1)
    const padded = rows.flatMap((row) => {
      const kept = row.slice(0, length)
      return [...kept, ...Array<string>(length - kept.length).fill('')]
    })
    return this.lookUp({ values: padded, shape: [...outer, length] }, where)
  }

  override getVocabulary(includeSpecialTokens = true): string[] {
    return super.getVocabulary(includeSpecialTokens).map(String)
  }

  protected override documentsOf(batch: unknown, where: string): readonly (readonly Token[])[] {
    if (isUneven(batch)) fail(where, { expected: 'one text a sample', got: 'lists of different lengths' })
    return this.#rowsOf(readHostData(batch, 'strings', where), where).rows
  }

  protected override bucketOf(token: Token, count: number): number {
    return bucketOf(token, count, null)
  }
}

function checkTextOf(value: unknown, where: string, name: string): string {
  return typeof value === 'string'
    ? value
    : fail(where, { expected: `a text of ${name}`, got: describeValue(value) })
}

function checkTokens(value: unknown, where: string): readonly string[] {
  if (Array.isArray(value) && value.every((token) => typeof token === 'string'))
    return value as readonly string[]
  return fail(where, { expected: 'a list of strings of split', got: describeValue(value) })
}

/** Tokens in a row, joined: those of the first length, then those of the next. */
function ngramsOf(tokens: readonly string[], ngrams: number | readonly number[]): string[] {
  const lengths = typeof ngrams === 'number' ? Array.from({ length: ngrams }, (_, i) => i + 1) : ngrams
  return lengths.flatMap((length) =>
    Array.from({ length: Math.max(0, tokens.length - length + 1) }, (_, i) =>
      tokens.slice(i, i + length).join(' '),
    ),
  )
}

const definition = defineLayer({
  className: 'TextVectorization',
  table,
  positional: ['maxTokens'],
  create: (self, given) => new TextVectorizationLayer(self, given),
})

/** A TextVectorization: called on texts, or on an input of a model. */
export type CallableTextVectorization = TextVectorizationLayer &
  ((texts: NestedStrings) => Tensor) &
  CallableLayer

/**
 * Texts as indices of their words: `[batch]` or `[batch, 1]` of strings → `[batch, outputSequenceLength]` of integers, 0 behind the end of
 * a text and 1 for a word that the vocabulary lacks, or one vector a text as `outputMode` says. The vocabulary is given or learned by
 * `await layer.adapt(texts)`.
 *
 * It computes on the host. `layer(texts)` gives a tensor, whose length without `outputSequenceLength` is that of the longest text; as
 * the first layer of a model, behind `Input({ shape: [1], dtype: 'string' })` or as a Sequential's own, it takes what the model is
 * given, arrays and streams, before that goes to the device.
 *
 * @throws {RecurraError} if options do not go together, or a token comes twice.
 * @see keras/src/layers/preprocessing/text_vectorization.py
 */
export const TextVectorization: LayerConstructor<
  LayerArguments<[maxTokens?: number | null], TextVectorizationOptions, TextVectorizationOptions>,
  CallableTextVectorization
> = definition.make
export type TextVectorization = ReturnType<typeof TextVectorization>
