/** Texts as numbers. Facts are those of Keras's tokenizer. */
import { expect, test } from 'vitest'
import {
  hashingTrick,
  oneHot,
  Tokenizer,
  textToWordSequence,
  tokenizerFromJson,
} from '../../src/data/index.ts'
import { md5 } from '../../src/data/md5.ts'
import { expectError, untyped } from '../support/expectError.ts'

const texts = ['The cat sat on the mat.', 'The dog sat on the log.', 'Dogs and cats living together.']

test('textToWordSequence', () => {
  expect(textToWordSequence("Hello, World! It's\tme")).toEqual(['hello', 'world', "it's", 'me'])
  expect(textToWordSequence('a-B-c', { filters: '', lower: false, split: '-' })).toEqual(['a', 'B', 'c'])
})

test('md5 by the test suite of RFC 1321', () => {
  expect(md5('').toString(16)).toBe('d41d8cd98f00b204e9800998ecf8427e')
  expect(md5('message digest').toString(16)).toBe('f96b697d7cb7938d525a2f31aaf161d0')
  const long = '12345678901234567890123456789012345678901234567890123456789012345678901234567890'
  expect(md5(long).toString(16)).toBe('57edf4a22be3c955ac49da2e2107b67a')
})

test('hashingTrick and oneHot give words numbers from 1', () => {
  const words = ['the', 'cat', 'the']
  const expected = words.map((word) => Number(md5(word) % 9n) + 1)
  expect(hashingTrick('The cat, the', 10)).toEqual(expected)
  expect(oneHot('The cat, the', 10)).toEqual(expected)
  expect(hashingTrick('x yy', 4, { hashFunction: (word) => -word.length })).toEqual([3, 2])
  expect(oneHot('x|y', 3, { analyzer: (text) => text.split('|') })).toHaveLength(2)
})

test('a tokenizer ranks words by frequency', () => {
  const tokenizer = Tokenizer()
  tokenizer.fitOnTexts(texts)
  expect(tokenizer.wordIndex).toMatchObject({
    the: 1,
    sat: 2,
    on: 3,
    cat: 4,
    mat: 5,
    dog: 6,
    log: 7,
    dogs: 8,
  })
  expect(tokenizer.indexWord[1]).toBe('the')
  expect(tokenizer.wordCounts).toMatchObject({ the: 4, sat: 2, cat: 1 })
  expect(tokenizer.wordDocs).toMatchObject({ the: 2, sat: 2, cat: 1 })
  expect(tokenizer.indexDocs[1]).toBe(2)
  expect(tokenizer.documentCount).toBe(3)
  expect(tokenizer.textsToSequences(['the cat flew', ['THE', 'log']])).toEqual([
    [1, 4],
    [1, 7],
  ])
  expect(tokenizer.sequencesToTexts([[1, 4, 99]])).toEqual(['the cat'])
})

test('numWords leaves out, oovToken replaces; words that are numbers stay in their order', () => {
  const few = new Tokenizer({ numWords: 3 })
  few.fitOnTexts(texts)
  expect(few.textsToSequences(['the cat sat on'])).toEqual([[1, 2]])
  const tokenizer = Tokenizer({ numWords: 4, oovToken: '<unk>' })
  tokenizer.fitOnTexts(['b 2020 b 7', 'a 2019 7'])
  expect(tokenizer.wordIndex).toEqual({ '<unk>': 1, b: 2, 7: 3, 2020: 4, a: 5, 2019: 6 })
  expect(tokenizer.textsToSequences(['b 7 2020 constructor'])).toEqual([[2, 3, 1, 1]])
  expect(tokenizer.sequencesToTexts([[2, 5, 77]])).toEqual(['b <unk> <unk>'])
  const letters = Tokenizer({ charLevel: true, lower: false })
  letters.fitOnTexts(['aAa'])
  expect(letters.textsToSequences(['Aa!'])).toEqual([[2, 1]])
})

test.each([
  ['binary', [0, 1, 1, 0]],
  ['count', [0, 2, 1, 0]],
  ['freq', [0, 2 / 3, 1 / 3, 0]],
  // Both words are in one of two documents.
  ['tfidf', [0, (1 + Math.log(2)) * Math.log(1 + 2 / 2), Math.log(1 + 2 / 2), 0]],
] as const)('a matrix of %s', (mode, row) => {
  const tokenizer = Tokenizer()
  tokenizer.fitOnTexts(['a a b', 'c'])
  const { data, shape } = tokenizer.textsToMatrix(['a a b'], mode)
  expect(shape).toEqual([1, 4])
  row.forEach((value, i) => {
    expect(data[i]).toBeCloseTo(value, 6)
  })
})

test('fitOnSequences counts documents for ranks', () => {
  const tokenizer = Tokenizer({ numWords: 3 })
  tokenizer.fitOnSequences([
    [1, 1],
    [1, 2],
  ])
  expect(tokenizer.indexDocs).toEqual({ 1: 2, 2: 1 })
  expect(tokenizer.sequencesToMatrix([[2]], 'tfidf').data[2]).toBeCloseTo(Math.log(1 + 2 / 2), 6)
})

test('toJson is what Keras writes, and comes back', () => {
  const tokenizer = Tokenizer({ numWords: 5, oovToken: 'x', filters: '.' })
  tokenizer.fitOnTexts(texts)
  const json = tokenizer.toJson()
  const { class_name, config } = JSON.parse(json) as { class_name: string; config: Record<string, unknown> }
  expect(class_name).toBe('Tokenizer')
  expect(config).toMatchObject({ num_words: 5, oov_token: 'x', char_level: false, document_count: 3 })
  expect(JSON.parse(String(config.index_word))).toMatchObject({ 1: 'x', 2: 'the' })
  const again = tokenizerFromJson(json)
  expect(again.toJson()).toBe(json)
  expect(again.textsToSequences(texts)).toEqual(tokenizer.textsToSequences(texts))
})

test.each([
  [
    'a text by itself',
    () => Tokenizer().fitOnTexts(untyped('one text')),
    'Tokenizer.fitOnTexts: expected a list of texts, got "one text". Put the text in a list: [text].',
  ],
  [
    'a number',
    () => Tokenizer().fitOnTexts(untyped([3])),
    'Tokenizer.fitOnTexts: expected texts, or lists of words, got 3.',
  ],
  [
    'no words',
    () => Tokenizer().textsToMatrix(['a']),
    'Tokenizer.sequencesToMatrix: expected numWords, or texts to find it from, got neither. Call tokenizer.fitOnTexts(texts) first.',
  ],
  [
    'no documents',
    () => Tokenizer({ numWords: 2 }).textsToMatrix(['a'], 'tfidf'),
    'Tokenizer.sequencesToMatrix: expected documents to weigh words by, got none. Call tokenizer.fitOnTexts(texts) first.',
  ],
  ['no JSON', () => tokenizerFromJson('{'), 'tokenizerFromJson: expected the JSON of a Tokenizer, got "{".'],
  [
    'an empty separator',
    () => textToWordSequence('a', { split: '' }),
    "textToWordSequence: expected split to be a text that is not empty, got ''.",
  ],
] as const)('%s is refused', (_, attempt, message) => expectError(attempt, message))
