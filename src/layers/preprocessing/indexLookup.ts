// StringLookup and IntegerLookup: indices of words or integers in a vocabulary, and the way back.

import { checkInteger, checkText, describeValue, fail } from '../../errors.ts'
import {
  flag,
  nullable,
  type OptionalOption,
  oneOf,
  option,
  orNull,
  type TableFor,
  unsupported,
} from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import { type NumericArray, Tensor } from '../../util/tensor.ts'
import { type CallableLayer, defineLayer, type LayerConstructor, type LayerFactory } from '../callable.ts'
import { type LayerOptions, layerOptions, noActivity } from '../options.ts'
import { bucketOf, type Salt, saltOption } from './buckets.ts'
import { type Entry, type HostData, isUneven, type NestedStrings, readHostData } from './hostData.ts'
import { type HostResult, nestedOf } from './hostLayer.ts'
import {
  LookupLayer,
  type LookupMode,
  lookupMode,
  numOovIndices,
  readTokens,
  vocabularyTable,
} from './lookupLayer.ts'
import type { Token } from './vocabulary.ts'

interface LookupOptions<T extends Token> extends LayerOptions {
  /** The most tokens, special ones included; `null`, the default, for any number. */
  readonly maxTokens?: number | null
  /** How many indices there are for what the vocabulary lacks, `1` by default; with none such data are an error. */
  readonly numOovIndices?: number
  /** What is masked: index 0 in outputMode 'int', else left out; `null`, the default, is nothing. */
  readonly maskToken?: T | null
  /** Tokens in the order of their indices, with the special ones in front or without; `null`, the default, where `adapt` learns them. */
  readonly vocabulary?: readonly T[] | null
  /** A weight a token, in outputMode 'tf_idf' beside `vocabulary`; `null`, the default, elsewhere. */
  readonly idfWeights?: readonly number[] | NumericArray | null
  /** Whether the layer takes indices and gives tokens: `false` by default. */
  readonly invert?: boolean
  /**
   * `'int'`, by default: indices. `'one_hot'`: a vector for each. `'multi_hot'`: a vector for the last axis, 1 where a token is there;
   * `'count'`: how often; `'tf_idf'`: how often, weighted by how rare the token is among documents.
   */
  readonly outputMode?: LookupMode
  /** Whether vectors have `maxTokens` numbers although the vocabulary has fewer: `false` by default. */
  readonly padToMaxTokens?: boolean
  /** One or two integers that change in which of several indices a token falls that is not known; `null`, the default, is none. */
  readonly salt?: number | readonly number[] | null
}

export interface StringLookupOptions extends LookupOptions<string> {
  /** What stands for tokens that are not known, `'[UNK]'` by default. */
  readonly oovToken?: string | null
}

export interface IntegerLookupOptions extends LookupOptions<number> {
  /** What stands for integers that are not known, `-1` by default. */
  readonly oovToken?: number | null
  /** How one of several indices is found for them: `'floormod'`, the default, is the remainder, `'farmhash'` a hash. */
  readonly oovMethod?: 'floormod' | 'farmhash'
}

const tableOf = <T extends Token>(
  entry: Entry,
  read: (where: string, name: string, value: unknown) => T,
  oovToken: T,
) => ({
  ...layerOptions,
  activityRegularizer: noActivity,
  maxTokens: vocabularyTable.maxTokens,
  numOovIndices,
  maskToken: nullable<T>(read),
  oovToken: option<T | null>(oovToken, orNull(read)),
  vocabulary: nullable<readonly T[]>(
    (where, name, value) => readTokens(entry, where, name, value) as readonly T[],
  ),
  idfWeights: vocabularyTable.idfWeights,
  invert: flag(false),
  outputMode: lookupMode,
  padToMaxTokens: vocabularyTable.padToMaxTokens,
  sparse: vocabularyTable.sparse,
  salt: saltOption,
  vocabularySize: vocabularyTable.vocabularySize,
})

const anyText = (where: string, name: string, value: unknown): string =>
  typeof value === 'string' ? value : checkText(where, name, value)

const stringTable = {
  ...tableOf<string>('strings', anyText, '[UNK]'),
  encoding: unsupported('utf-8'),
} as const satisfies TableFor<StringLookupOptions>

const oovMethod: OptionalOption<'floormod' | 'farmhash'> = option<'floormod' | 'farmhash'>(
  'floormod',
  oneOf(['floormod', 'farmhash']),
)

const integerTable = {
  ...tableOf<number>('integers', (where, name, value) => checkInteger(where, name, value), -1),
  oovMethod,
} as const satisfies TableFor<IntegerLookupOptions>

type Table = typeof stringTable | typeof integerTable

/** The lookup of words or of integers. */
abstract class IndexLookup<T extends Table> extends LookupLayer<T> {
  get #isInverse(): boolean {
    return (this.config as { readonly invert: boolean }).invert
  }

  protected get salt(): Salt | null {
    return (this.config as { readonly salt: Salt | null }).salt
  }

  /** @internal */
  override get reads(): Entry {
    return this.#isInverse ? 'integers' : this.entry
  }

  /** @internal */
  override get givesStrings(): boolean {
    return this.#isInverse && this.entry === 'strings'
  }

  /** @internal */
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [this.encodedShape(this.single(inputs, 1, '[batch, ...]'))]
  }

  /** @internal */
  override apply(data: HostData, where: string): HostResult {
    if (!this.#isInverse) return this.lookUp(data, where)
    const tokens = this.lookBack(data)
    return this.entry === 'strings'
      ? (nestedOf(tokens, data.shape) as NestedStrings)
      : new Tensor(Float32Array.from(tokens, Number), data.shape)
  }

  protected override documentsOf(
    batch: unknown,
    where: string,
    isOfStream: boolean,
  ): readonly (readonly Token[])[] {
    const tokensOf = (part: unknown, name: string): readonly Token[] =>
      isUneven(part)
        ? (part as readonly unknown[]).flatMap((each) => tokensOf(each, name))
        : readHostData(part, this.entry, name).values
    if (isUneven(batch))
      return (batch as readonly unknown[]).map((each, i) => tokensOf(each, `${where}[${i}]`))
    const { values, shape } = readHostData(batch, this.entry, where)
    // As in Keras a batch of one axis is one document, and an array of one axis has a document an entry.
    const count = shape.length === 0 || (shape.length === 1 && isOfStream) ? 1 : (shape[0] ?? 1)
    const each = values.length / (count || 1)
    return Array.from({ length: count }, (_, i) => values.slice(i * each, (i + 1) * each))
  }
}

export class StringLookupLayer extends IndexLookup<typeof stringTable> {
  /** @internal */
  override get entry(): 'strings' {
    return 'strings'
  }

  override getVocabulary(includeSpecialTokens = true): string[] {
    return super.getVocabulary(includeSpecialTokens).map(String)
  }

  protected override bucketOf(token: Token, count: number): number {
    return bucketOf(token, count, this.salt)
  }
}

export class IntegerLookupLayer extends IndexLookup<typeof integerTable> {
  /** @internal */
  override get entry(): 'integers' {
    return 'integers'
  }

  override getVocabulary(includeSpecialTokens = true): number[] {
    return super.getVocabulary(includeSpecialTokens).map(Number)
  }

  protected override bucketOf(token: Token, count: number): number {
    const { oovMethod: method } = this.config
    if (method === 'farmhash') return bucketOf(token, count, this.salt)
    return ((Number(token) % count) + count) % count
  }
}

const strings: LayerFactory<typeof stringTable> = defineLayer({
  className: 'StringLookup',
  table: stringTable,
  positional: ['maxTokens', 'numOovIndices', 'maskToken', 'oovToken', 'vocabulary'],
  create: (self, given) => new StringLookupLayer(self, given, (config) => config),
})

const integers: LayerFactory<typeof integerTable> = defineLayer({
  className: 'IntegerLookup',
  table: integerTable,
  positional: ['maxTokens', 'numOovIndices', 'maskToken', 'oovToken', 'vocabulary'],
  create: (self, given) => {
    const layer = new IntegerLookupLayer(self, given, (config) => config)
    const { salt, oovMethod: method } = layer.config
    if (salt !== null && method !== 'farmhash')
      fail(layer.where, { expected: "oovMethod 'farmhash' beside salt", got: describeValue(method) })
    return layer
  },
})

/** A StringLookup: called on nested arrays of strings, or of indices with `invert`, or on an input of a model. */
export type CallableStringLookup = StringLookupLayer &
  ((data: NestedStrings) => Tensor) &
  (<Result extends Tensor | NestedStrings = Tensor>(
    data: NestedStrings | NumericArray | readonly unknown[] | Tensor,
  ) => Result) &
  CallableLayer

/** An IntegerLookup: called on integers, or on an input of a model. */
export type CallableIntegerLookup = IntegerLookupLayer &
  ((data: NumericArray | readonly unknown[] | Tensor) => Tensor) &
  CallableLayer

/**
 * The index of each string in a vocabulary, given or learned by `await layer.adapt(data)`: `[batch, ...]` → `[batch, ...]` of indices, or
 * vectors as `outputMode` says. First come the mask token, if there is one, and the indices of strings that are not known.
 *
 * It computes on the host. `layer(strings)` gives a tensor; as the first layer of a model, behind `Input({ shape, dtype: 'string' })`,
 * it takes what the model is given, arrays, lists of different lengths and streams, before that goes to the device.
 *
 * @throws {RecurraError} if options do not go together, or a token comes twice.
 * @see keras/src/layers/preprocessing/string_lookup.py
 */
export const StringLookup: LayerConstructor<[options?: StringLookupOptions], CallableStringLookup> =
  strings.make
export type StringLookup = ReturnType<typeof StringLookup>

/**
 * The index of each integer in a vocabulary, given or learned by `await layer.adapt(data)`: `[batch, ...]` → `[batch, ...]` of indices,
 * or vectors as `outputMode` says. It computes on the host as {@link StringLookup} does, in front of a model or as its first layer.
 *
 * @throws {RecurraError} if options do not go together, or an integer comes twice.
 * @see keras/src/layers/preprocessing/integer_lookup.py
 */
export const IntegerLookup: LayerConstructor<[options?: IntegerLookupOptions], CallableIntegerLookup> =
  integers.make
export type IntegerLookup = ReturnType<typeof IntegerLookup>
