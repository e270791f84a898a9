/** Models whose first layers look words and integers up on the host: fit, evaluate and predict on texts, and files. */
import { strToU8 } from 'fflate'
import { beforeAll, expect, test } from 'vitest'
import {
  Dense,
  Embedding,
  GlobalAveragePooling1D,
  Input,
  IntegerLookup,
  LSTM,
  loadModel,
  Model,
  modelFromConfig,
  Sequential,
  StringLookup,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  TextVectorization,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { changedFile, entriesOf, zipped } from '../support/kerasFiles.ts'

beforeAll(() => chooseBackend('cpu'))

const texts = ['good film', 'bad film', 'a good one', 'bad', 'good good good', 'the bad one']
const labels = texts.map((text) => [Number(text.includes('good'))])

/** A classifier of ids, and the same behind a layer that makes ids of texts. */
async function classifiers(length: number | null) {
  const vectorize = TextVectorization({ outputSequenceLength: length })
  await vectorize.adapt(texts)
  const layers = () => [
    Embedding(vectorize.vocabularySize(), 4, { maskZero: true, name: 'ids' }),
    LSTM(3, { name: 'recurrence' }),
    Dense(1, { activation: 'sigmoid', name: 'out' }),
  ]
  setSeed(2)
  const ofIds = Sequential([Input({ shape: [length], dtype: 'int32' }), ...layers()])
  setSeed(2)
  const ofTexts = Sequential(
    length === null
      ? [Input({ shape: [1], dtype: 'string' }), vectorize, ...layers()]
      : [vectorize, ...layers()],
  )
  for (const model of [ofIds, ofTexts]) model.compile({ loss: 'binary_crossentropy', optimizer: 'adam' })
  return { vectorize, ofIds, ofTexts }
}

test.each(['cpu', 'webgpu'] as const)(
  'a Sequential on texts does what it does on ids: %s',
  async (backend) => {
    await chooseBackend(backend)
    const { vectorize, ofIds, ofTexts } = await classifiers(5)
    const ids = vectorize(texts)
    const options = { epochs: 3, batchSize: 4, shuffle: false, verbose: 0 } as const
    const expected = await ofIds.fit(ids, labels, { ...options, validationData: [ids, labels] })
    const got = await ofTexts.fit(texts, labels, { ...options, validationData: [texts, labels] })
    expect(got.history).toEqual(expected.history)
    // With an axis of one, as Keras's scripts often have it.
    const column = texts.map((text) => [text])
    const results = [await ofTexts.predict<Tensor>(texts), await ofTexts.predict<Tensor>(column)]
    const { data } = await ofIds.predict<Tensor>(ids)
    for (const result of results) expect(result.data).toEqual(data)
    expect(await ofTexts.evaluate(texts, labels, { verbose: 0 })).toBe(
      await ofIds.evaluate(ids, labels, { verbose: 0 }),
    )
    expect(await ofTexts.trainOnBatch(texts, labels)).toBe(await ofIds.trainOnBatch(ids, labels))
    const lines: string[] = []
    ofTexts.summary({ printFn: (text) => lines.push(text) })
    expect(lines.join()).toMatch(/text_vectorization.*\(None, 5\)/s)
    ofIds.dispose()
    ofTexts.dispose()
    await chooseBackend('cpu')
  },
)

test('without a length, an array is as long as its longest text, and each batch of a stream as its own', async () => {
  const { ofTexts, vectorize, ofIds } = await classifiers(null)
  const stream = [
    [texts.slice(0, 2), labels.slice(0, 2)],
    [texts.slice(2), labels.slice(2)],
  ]
  const ids = [
    [vectorize(texts.slice(0, 2)), labels.slice(0, 2)],
    [vectorize(texts.slice(2)), labels.slice(2)],
  ]
  const got = await ofTexts.fit(new Set(stream), null, { epochs: 2, verbose: 0 })
  const expected = await ofIds.fit(new Set(ids), null, { epochs: 2, verbose: 0 })
  expect(got.history).toEqual(expected.history)
  expect((await ofTexts.predict<Tensor>(texts)).data).toEqual(
    (await ofIds.predict<Tensor>(vectorize(texts))).data,
  )
  const streamed = await ofTexts.predict<Tensor>(new Set(stream))
  expect(streamed.shape).toEqual([6, 1])
  await ofTexts.fit(texts, labels, { verbose: 0, validationSplit: 0.34 })
  ofTexts.dispose()
  ofIds.dispose()
})

test('lists of words that differ in length go on as such', async () => {
  const lookup = StringLookup({ vocabulary: ['good', 'bad', 'film'] })
  const input = Input({ shape: [null], dtype: 'string', name: 'words' })
  const model = Model(input, GlobalAveragePooling1D()(Embedding(4, 2)(lookup(input))))
  const lists = [['good'], ['bad', 'film', 'x'], ['film']]
  const [a, b] = await Promise.all([
    model.predict<Tensor>(lists),
    model.predict<Tensor>({ words: [['bad', 'film', 'x']] }),
  ])
  expect(a.shape).toEqual([3, 2])
  expect([...a.data.slice(2, 4)]).toEqual([...b.data])
  model.dispose()
})

test('inputs of texts, of integers that are looked up, and of floats; one text in two ways', async () => {
  const [title, year, price] = [
    Input({ shape: [1], dtype: 'string', name: 'title' }),
    Input({ shape: [1], dtype: 'int32', name: 'year' }),
    Input({ shape: [2], name: 'price' }),
  ]
  const bag = TextVectorization({ vocabulary: ['good', 'bad'], outputMode: 'multi_hot' })
  const counts = TextVectorization({ vocabulary: ['bad'], outputMode: 'count' })
  const years = IntegerLookup({ vocabulary: [1999, 2024], outputMode: 'one_hot' })
  const model = Model(
    [title, year, price],
    [bag(title), counts(title), years(year), Dense(2, { kernelInitializer: 'identity' })(price)],
  )
  const x = {
    title: [['Bad, bad'], ['good']],
    year: [[2024], [7]],
    price: [
      [1, 2],
      [3, 4],
    ],
  }
  const outputs = await model.predict<Tensor[]>(x)
  expect(outputs.map((output) => output.toArray())).toEqual([
    [
      [0, 0, 1],
      [0, 1, 0],
    ],
    [
      [0, 2],
      [1, 0],
    ],
    [
      [0, 0, 1],
      [1, 0, 0],
    ],
    x.price,
  ])
  expect((await model.predict<Tensor[]>([x.title, x.year, x.price]))[0]?.data).toEqual(outputs[0]?.data)
  expect(model.inputs.map(({ layer }) => layer.name)).toEqual(['title', 'year', 'price'])
  const again = await modelFromConfig(JSON.parse(JSON.stringify(model.getConfig())))
  expect((await again.predict<Tensor[]>(x))[1]?.data).toEqual(outputs[1]?.data)
  model.dispose()
})

test('vocabularies that were learned come from the assets of a file', async () => {
  const changed = changedFile(({ config }) => {
    config.layers.splice(
      0,
      2,
      { class_name: 'InputLayer', config: { name: 'text', batch_shape: [null, 1], dtype: 'string' } },
      {
        class_name: 'TextVectorization',
        config: {
          name: 'vectorize',
          dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } },
          max_tokens: null,
          standardize: 'lower_and_strip_punctuation',
          split: 'whitespace',
          ngrams: null,
          output_mode: 'count',
          output_sequence_length: null,
          pad_to_max_tokens: false,
          sparse: false,
          ragged: false,
          vocabulary: null,
          idf_weights: null,
          encoding: 'utf-8',
          vocabulary_size: 8,
        },
      },
    )
    config.build_input_shape = [null, 1]
  }, 'vanilla')
  const words = ['[UNK]', ...Array.from({ length: 7 }, (_, i) => `w${i}`)]
  const file = zipped({
    ...entriesOf(changed),
    'assets/layers/text_vectorization/vocabulary.txt': strToU8(words.join('\n')),
  })
  const model = await loadModel(file, { compile: false })
  const layer = model.getLayer('vectorize') as unknown as ReturnType<typeof TextVectorization>
  expect(layer.getVocabulary()).toEqual(words)
  expect(layer(['w0 x']).data.slice(0, 2)).toEqual(Float32Array.of(1, 1))
  expect((await model.predict<Tensor>(['w0 w6'])).shape).toEqual([1, 1])
  model.dispose()
})

test('what is wrong is said', async () => {
  const lookup = StringLookup({ vocabulary: ['a'] })
  expect(() => Model(Input([2]), lookup(Dense(2)(Input([2]))))).toThrow('needs the input')
  const input = Input([2])
  expect(() => Model(input, lookup(Dense(2)(input)))).toThrow(
    'expected an input of the model, since it computes on the host',
  )
  const text = Input({ shape: [1], dtype: 'string', name: 'text' })
  expect(() => Model(text, Dense(2)(text))).toThrow('expected numbers, got the words of InputLayer "text"')
  const inner = Model(text, Embedding(2, 2)(StringLookup({ vocabulary: ['a'] })(text)))
  expect(() => Model(text, inner(text))).toThrow('a model of such layers is not one of another')
  const back = StringLookup({ vocabulary: ['a'], invert: true })
  const ids = Input({ shape: [1], dtype: 'int32' })
  expect(() => Model(ids, back(ids))).toThrow('since it gives words, which no device has')
  await expect(inner.predict([1, 2])).rejects.toThrow('[0]: expected a string, got 1')
  const layer = TextVectorization({ outputMode: 'count' })
  expect(() => layer(text)).toThrow('call await layer.adapt(data) first')
  await layer.adapt(['a b'])
  layer(text)
  await expect(layer.adapt(['a b c'])).rejects.toThrow('Adapt the layer before a model is made of it.')
  expect(layer.vocabularySize()).toBe(3)
})

/** Holds what makes texts of its predictions, and of what it reads numbers, beside what it computes on the device. */
class Holder extends Model {
  readonly embedding: ReturnType<typeof Embedding>
  readonly words: ReturnType<typeof StringLookup>
  constructor(readonly vectorize: ReturnType<typeof TextVectorization>) {
    super()
    this.embedding = Embedding(vectorize.vocabularySize(), 2)
    this.words = StringLookup({ vocabulary: vectorize.getVocabulary(), maskToken: '', invert: true })
  }
  override call(ids: SymbolicTensor) {
    return this.embedding(ids)
  }
}

test('a class holds layers of the host in fields, which its call does not use', async () => {
  const vectorize = TextVectorization()
  await vectorize.adapt(texts)
  const model = new Holder(vectorize)
  const ids = vectorize(['good film'] as never) as unknown as Tensor
  expect((await model.predict(ids, { verbose: 0 })).shape).toEqual([1, 2, 2])
  expect(model.words(ids as never)).toEqual([['good', 'film']])
  expect(IntegerLookup({ vocabulary: [7, 5] }).getVocabulary() satisfies number[]).toEqual([-1, 7, 5])
})
