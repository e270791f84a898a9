/** TextVectorization on texts: Keras's documentation's examples, each of its steps, and what is wrong. */
import { expect, test } from 'vitest'
import { TextVectorization } from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'

test("Keras's examples", async () => {
  const layer = TextVectorization({ maxTokens: 5000, outputMode: 'int', outputSequenceLength: 4 })
  await layer.adapt(['foo bar', 'bar baz', 'baz bada boom'])
  expect(layer([['foo qux bar'], ['qux baz']]).toArray()).toEqual([
    [4, 1, 3, 0],
    [1, 2, 0, 0],
  ])
  const given = TextVectorization(5000, { vocabulary: ['earth', 'wind', 'and', 'fire'] })
  expect(given.getVocabulary()).toEqual(['', '[UNK]', 'earth', 'wind', 'and', 'fire'])
})

const vocabulary = ['the', 'cat', 'sat', "don't", 'É', 'é']

test.each([
  [
    'lower_and_strip_punctuation',
    ['The CAT; sat.', "don't É"],
    [
      [2, 3, 4],
      [1, 6, 0],
    ],
  ],
  ['lower', ["The don't"], [[2, 5]]],
  ['strip_punctuation', ['cat! The'], [[3, 1]]],
  [null, ["don't cat!"], [[5, 1]]],
  [(text: string) => text.replaceAll('x', ' '), ['catxsat'], [[3, 4]]],
] as const)('standardize %s', (standardize, texts, expected) => {
  expect(TextVectorization({ vocabulary, standardize })([...texts]).toArray()).toEqual(expected)
})

test('texts are split at spaces, into letters, by a function, or not', () => {
  const options = { vocabulary: ['a', 'b', 'a b', '\u{1f600}'] }
  expect(TextVectorization(options)([' a \t\n b ']).toArray()).toEqual([[2, 3]])
  expect(TextVectorization({ ...options, split: 'character' })(['ab\u{1f600}']).toArray()).toEqual([
    [2, 3, 5],
  ])
  expect(TextVectorization({ ...options, split: (text) => text.split('b') })(['aba']).toArray()).toEqual([
    [2, 2],
  ])
  const whole = TextVectorization({ ...options, split: null })
  expect(whole(['a b', 'x']).toArray()).toEqual([4, 1])
  expect(whole([['a', 'b', 'a b']]).toArray()).toEqual([[2, 3, 4]])
  expect(TextVectorization({ ...options, split: null, outputSequenceLength: 2 })(['b']).toArray()).toEqual([
    [3, 0],
  ])
})

test('words in a row', () => {
  const options = { vocabulary: ['a', 'a b', 'b c', 'a b c'] }
  expect(TextVectorization({ ...options, ngrams: 2 })(['a b c']).toArray()).toEqual([[2, 1, 1, 3, 4]])
  expect(TextVectorization({ ...options, ngrams: [3, 1] })(['a b c']).toArray()).toEqual([[5, 2, 1, 1]])
})

test('vectors of texts', async () => {
  const options = { vocabulary: ['a', 'b'] }
  const texts = ['a a c', 'b', '']
  expect(TextVectorization({ ...options, outputMode: 'multi_hot' })(texts).toArray()).toEqual([
    [1, 1, 0],
    [0, 0, 1],
    [0, 0, 0],
  ])
  expect(TextVectorization({ ...options, outputMode: 'count' })(texts).toArray()).toEqual([
    [1, 2, 0],
    [0, 0, 1],
    [0, 0, 0],
  ])
  const layer = TextVectorization({ outputMode: 'tf_idf', maxTokens: 5, padToMaxTokens: true })
  await layer.adapt(['a b', 'a a'])
  const [a, b] = [Math.log(1 + 2 / 3), Math.log(2)]
  expectClose('tf_idf', layer(['a a b c']).data, [(a + b) / 2, 2 * a, b, 0, 0], 1e-6)
})

test('vocabularies learned from streams of batches', async () => {
  const layer = TextVectorization({ maxTokens: 4 })
  await layer.adapt(new Set([['b a'], ['b c', 'c b']]))
  expect(layer.getVocabulary()).toEqual(['', '[UNK]', 'b', 'c'])
})

test('a config makes the same layer, and says how many tokens one learned', async () => {
  const given = { outputSequenceLength: 3, vocabulary: ['a'], ngrams: [1, 2] }
  const config = TextVectorization(given).getConfig()
  expect(config).toMatchObject({ ...given, vocabularySize: null })
  const learned = TextVectorization()
  await learned.adapt(['a b'])
  expect(learned.getConfig()).toMatchObject({ vocabulary: null, vocabularySize: 4 })
})

test('what is wrong is said', () => {
  expect(() => TextVectorization({ outputMode: 'count', outputSequenceLength: 2 })).toThrow(
    'expected outputMode \'int\' beside outputSequenceLength, got "count"',
  )
  expect(() => TextVectorization({ ragged: true } as never)).toThrow('expected ragged to be false')
  expect(() => TextVectorization({ standardize: 'upper' as never })).toThrow(
    'expected standardize to be one of',
  )
  expect(() => TextVectorization({ vocabulary })([['a', 'b']])).toThrow('[batch] or [batch, 1], got [1, 2]')
  expect(() => TextVectorization({ vocabulary, split: () => 'a' as never })(['a'])).toThrow(
    'expected a list of strings of split, got "a"',
  )
  expect(() => TextVectorization({ standardize: (text) => text }).getConfig()).toThrow(
    'A function cannot be written.',
  )
})
