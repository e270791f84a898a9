/** StringLookup, IntegerLookup and Hashing on data: Keras's documentation's examples, and what is wrong. */
import { describe, expect, test } from 'vitest'
import { Hashing, IntegerLookup, StringLookup, tensor } from '../../src/index.ts'
import { farmHash } from '../../src/layers/preprocessing/farmHash.ts'
import { sipHash } from '../../src/layers/preprocessing/sipHash.ts'
import { expectClose } from '../support/compare.ts'

const vocabulary = ['a', 'b', 'c', 'd']
const data = [
  ['a', 'c', 'd'],
  ['d', 'z', 'b'],
]
const twice = [
  ['a', 'c', 'd', 'd'],
  ['d', 'z', 'b', 'z'],
]

describe('StringLookup', () => {
  test('indices of a given vocabulary, and back', () => {
    const layer = StringLookup({ vocabulary })
    const indices = layer(data)
    expect(indices.toArray()).toEqual([
      [1, 3, 4],
      [4, 0, 2],
    ])
    const back = StringLookup({ vocabulary, invert: true })
    expect(back<string[][]>(indices)).toEqual([
      ['a', 'c', 'd'],
      ['d', '[UNK]', 'b'],
    ])
    expect(layer.getVocabulary()).toEqual(['[UNK]', 'a', 'b', 'c', 'd'])
    expect(layer.getVocabulary(false)).toEqual(vocabulary)
    expect(layer.vocabularySize()).toBe(5)
  })

  test('a learned vocabulary: the commonest first, of those as common the last by their letters', async () => {
    const layer = StringLookup()
    await layer.adapt(data)
    expect(layer.getVocabulary()).toEqual(['[UNK]', 'd', 'z', 'c', 'b', 'a'])
    expect(layer(data).toArray()).toEqual([
      [5, 3, 1],
      [1, 2, 4],
    ])
    const few = StringLookup({ maxTokens: 3, maskToken: '' })
    await few.adapt([['x', '', 'y', ''], ['y']])
    expect(few.getVocabulary()).toEqual(['', '[UNK]', 'y'])
    expect(few(['', 'x', 'y']).toArray()).toEqual([0, 1, 2])
    async function* stream() {
      yield ['b', 'é', 'b']
      yield [['\u{1f600}', '\uffee'], ['é']]
      yield ['never']
    }
    const streamed = StringLookup()
    await streamed.adapt(stream(), { steps: 2 })
    // Code points decide, not the halves of those that UTF-16 has.
    expect(streamed.getVocabulary(false)).toEqual(['é', 'b', '\u{1f600}', '\uffee'])
  })

  test('several indices for words that are not known', () => {
    const layer = StringLookup({ vocabulary, numOovIndices: 2 })
    expect(
      layer([
        ['a', 'c', 'd'],
        ['m', 'z', 'b'],
      ]).toArray(),
    ).toEqual([
      [2, 4, 5],
      [0, 1, 3],
    ])
    const none = StringLookup({ vocabulary, numOovIndices: 0 })
    expect(none(['a', 'd']).toArray()).toEqual([0, 3])
    expect(() => none(['z'])).toThrow('expected tokens of the vocabulary, got "z"')
  })

  test('vectors', async () => {
    const of = (outputMode: 'one_hot' | 'multi_hot' | 'count', more = {}) =>
      StringLookup({ vocabulary, outputMode, ...more })
    expect(of('one_hot')(['a', 'z']).toArray()).toEqual([
      [0, 1, 0, 0, 0],
      [1, 0, 0, 0, 0],
    ])
    expect(of('one_hot')([['b'], ['c']]).shape).toEqual([2, 5])
    expect(of('multi_hot')(twice).toArray()).toEqual([
      [0, 1, 0, 1, 1],
      [1, 0, 1, 0, 1],
    ])
    // What is masked is left out.
    expect(of('count', { maskToken: 'z' })(twice).toArray()).toEqual([
      [0, 1, 0, 1, 2],
      [0, 0, 1, 0, 1],
    ])
    expect(of('count', { maxTokens: 7, padToMaxTokens: true })(twice).toArray()).toEqual([
      [0, 1, 0, 1, 2, 0, 0],
      [2, 0, 1, 0, 1, 0, 0],
    ])
    const layer = StringLookup({ outputMode: 'tf_idf' })
    layer.setVocabulary(vocabulary, [0.25, 0.75, 0.6, 0.4])
    expectClose('tf_idf', layer(twice).data, [0, 0.25, 0, 0.6, 0.8, 1, 0, 0.75, 0, 0.4], 1e-6)
    layer.setVocabulary(['[UNK]', ...vocabulary], [0.9, 0.25, 0.75, 0.6, 0.4])
    expectClose('of words that are not known', layer(twice).data.slice(5, 6), [1.8], 1e-6)
    const learned = StringLookup({ outputMode: 'tf_idf' })
    await learned.adapt(twice)
    // ln(1 + documents / (1 + documents with the word)), and their mean for words that are not known.
    const [often, once] = [Math.log(1 + 2 / 3), Math.log(2)]
    const mean = (often + 4 * once) / 5
    expect(learned.getVocabulary(false)).toEqual(['d', 'z', 'c', 'b', 'a'])
    expectClose('learned', learned([['d', 'd', 'a', 'new']]).data, [mean, 2 * often, 0, 0, 0, once], 1e-6)
  })

  test('what is wrong is said', async () => {
    expect(() => StringLookup({ vocabulary: ['a', 'b', 'a'] })).toThrow(
      'expected each token once, got "a" twice',
    )
    expect(() => StringLookup({ vocabulary: 'words.txt' as never })).toThrow('split it into lines')
    expect(() => StringLookup({ vocabulary: ['a', ''], maskToken: '' })).toThrow('the mask token ""')
    expect(() => StringLookup({ vocabulary, maxTokens: 4 })).toThrow(
      'expected at most 4 tokens, as maxTokens says, got 5',
    )
    expect(() => StringLookup({ invert: true, outputMode: 'count' })).toThrow(
      "expected outputMode 'int' beside invert",
    )
    expect(() => StringLookup({ vocabulary, outputMode: 'tf_idf' })).toThrow(
      'expected idfWeights beside vocabulary',
    )
    expect(() => StringLookup({ padToMaxTokens: true })).toThrow('expected maxTokens beside padToMaxTokens')
    expect(() => StringLookup()(['a'])).toThrow('Give vocabulary, or call await layer.adapt(data) first.')
    expect(() => StringLookup({ vocabulary })([1] as never)).toThrow('expected a string, got 1')
    expect(() => StringLookup({ vocabulary })(tensor([1]) as never)).toThrow('Give nested arrays of strings.')
    expect(() => StringLookup({ vocabulary })([['a'], ['b', 'c']])).toThrow(
      '[1]: expected an array of length 1, as the first one, got one of length 2.',
    )
    await expect(StringLookup({ vocabulary }).adapt(data)).rejects.toThrow('without the option vocabulary')
    const layer = StringLookup({ maxTokens: 3 })
    layer.setVocabulary(['a'])
    expect(() => layer.setVocabulary(['a', 'b', 'c'])).toThrow('at most 3 tokens')
    expect(layer.getVocabulary(false)).toEqual(['a'])
  })
})

describe('IntegerLookup', () => {
  const integers = [
    [12, 1138, 42],
    [42, 1000, 36],
  ]

  test('indices, and back', async () => {
    const layer = IntegerLookup({ vocabulary: [12, 36, 1138, 42] })
    const indices = layer(integers)
    expect(indices.toArray()).toEqual([
      [1, 3, 4],
      [4, 0, 2],
    ])
    expect(layer(tensor(Int32Array.of(36, 7), [2, 1])).toArray()).toEqual([[2], [0]])
    const back = IntegerLookup({ vocabulary: [12, 36, 1138, 42], invert: true })
    expect(back(indices).toArray()).toEqual([
      [12, 1138, 42],
      [42, -1, 36],
    ])
    const learned = IntegerLookup()
    await learned.adapt(integers)
    expect(learned.getVocabulary()).toEqual([-1, 42, 1138, 1000, 36, 12])
    expect(learned(integers).toArray()).toEqual([
      [5, 2, 1],
      [1, 3, 4],
    ])
  })

  test('several indices for integers that are not known: remainders, or a hash', () => {
    const layer = IntegerLookup({ vocabulary: [12, 36], numOovIndices: 2 })
    expect(layer([12, 37, 1000, -3]).toArray()).toEqual([2, 1, 0, 1])
    const hashed = IntegerLookup({ vocabulary: [12], numOovIndices: 1000, oovMethod: 'farmhash' })
    expect(hashed([7]).toArray()).toEqual([Number(farmHash(new TextEncoder().encode('7')) % 1000n)])
    expect(() => IntegerLookup({ salt: 3 })).toThrow("expected oovMethod 'farmhash' beside salt")
    expect(() => layer([1.5])).toThrow('[0]: expected an integer, got 1.5')
  })
})

describe('Hashing', () => {
  const letters = [['A'], ['B'], ['C'], ['D'], ['E']]
  test.each([
    ['FarmHash', {}, letters, [1, 0, 1, 1, 2]],
    ['what is masked', { maskValue: '' }, [['A'], ['B'], [''], ['C'], ['D']], [1, 1, 0, 2, 2]],
    ['SipHash', { salt: [133, 137] }, letters, [1, 2, 1, 0, 2]],
    ['SipHash by one integer', { salt: 133 }, letters, [0, 0, 2, 1, 0]],
  ] as const)('%s', (_name, options, given, expected) => {
    const data: readonly (readonly string[])[] = given
    expect(Hashing(3, options)(data).toArray()).toEqual(expected.map((bin) => [bin]))
  })

  test('vectors, and integers by their digits', () => {
    const letter = (text: string) => Number(farmHash(new TextEncoder().encode(text)) % 3n)
    expect(Hashing(3)([12, -7]).toArray()).toEqual([letter('12'), letter('-7')])
    expect(Hashing(3, { outputMode: 'count' })([['A', 'B', 'C']]).toArray()).toEqual([[1, 2, 0]])
  })

  test('the hashes of texts of every length', () => {
    // Of farmhash 5.0 for Node, which is the C++ of its authors.
    const known: readonly (readonly [number, bigint])[] = [
      [0, 11160318154034397263n],
      [3, 2640714258260161385n],
      [7, 4341691227789030229n],
      [16, 4848994001858006574n],
      [32, 13319027929656294515n],
      [64, 8115176665984236569n],
      [65, 12090645907386023856n],
      [128, 11127909914777135623n],
      [200, 10143958508126119551n],
      [256, 15013813405289548378n],
    ]
    for (const [length, hash] of known)
      expect(farmHash(new TextEncoder().encode('abcdefghij'.repeat(30).slice(0, length)))).toBe(hash)
    // The example of the paper: bytes 0 … 14 under the key of bytes 0 … 15.
    const key = [0x0706050403020100n, 0x0f0e0d0c0b0a0908n] as const
    expect(
      sipHash(
        Uint8Array.from({ length: 15 }, (_, i) => i),
        key,
      ),
    ).toBe(0xa129ca6149be45e5n)
  })
})
