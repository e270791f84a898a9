// What is known behind statements of which it is not known how often they run, and what is told of what does not work.

import { describe, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'

/** The keys that a text asks for, for a layer of `size` units behind it. */
function asked(text: string): readonly string[] {
  try {
    fromKeras(`${text}\nm = Sequential([Input((3,)), Dense(size)])`)
    return []
  } catch (error) {
    const [, keys = ''] =
      /Give what the text does not say: \{ values: \{ (.*) \} \}/.exec(String(error)) ?? []
    return keys.split(/: \.\.\.(?:, )?/).filter((key) => key !== '')
  }
}

/** The units of that layer. */
const sizeOf = (text: string): number | null | undefined =>
  fromKeras(`${text}\nm = Sequential([Input((3,)), Dense(size)])`).model.outputs[0]?.shape[1]

describe('what a loop over data changes is not known', () => {
  test.each([
    ['a list that it fills', 'words = []\nfor line in lines:\n    words.append(line)'],
    ['a list that a function fills', 'words = []\ndef put(w): words.append(w)\nfor line in lines: put(line)'],
    ['a set', 'words = set()\nfor line in lines: words.add(line)'],
    ['a dict', 'words = {"": 0}\nfor line in lines:\n    if line not in words: words[line] = len(words)'],
    ['a list that is extended by data', 'words = ["a"]\nwords.extend(lines)'],
    ['a dict with a key of data', 'words = {"a": 1}\nwords[lines[0]] = 2'],
    ['a set of data', 'words = {"a", lines[0]}'],
    ['a list while a condition holds', 'words = []\nwhile reader.ready(): words.append(1)'],
    ['a list that a branch changes', 'words = [1]\nif lines: words.append(2)'],
  ])('%s', (_, text) => {
    expect(asked(`${text}\nsize = len(words)`)).toEqual(['size'])
  })

  test('a field of an object, and a list in one', () => {
    const text = `
class Words:
    def __init__(self):
        self.longest = 0
        self.all = []
    def read(self, lines):
        for line in lines:
            self.all.append(line)
            if len(line) > self.longest:
                self.longest = len(line)
w = Words()
w.read(lines)
`
    expect(asked(`${text}size = w.longest`)).toEqual(['size'])
    expect(asked(`${text}size = len(w.all)`)).toEqual(['size'])
  })

  test('but for what it leaves as it is', () => {
    expect(sizeOf('words = ["a", "b"]\nfor line in lines: print(line)\nsize = len(words)')).toBe(2)
    expect(sizeOf('rows = []\nfor i in range(3): rows.append(lines[i])\nsize = len(rows)')).toBe(3)
  })
})

describe('behind branches on what is not known', () => {
  test('a value is asked for, where they differ in it', () => {
    expect(asked('if fast: size = 4\nelse: size = 8')).toEqual(['size'])
    expect(asked('size = 4\nif fast: size = 8')).toEqual(['size'])
    expect(asked('size = 4\nif fast: size += 1')).toEqual(['size'])
  })

  test('what is the same in all of them is known, and what ends them early is passed over', () => {
    expect(sizeOf('if fast: size = 4\nelse: size = 4')).toBe(4)
    expect(sizeOf('size = 4\nif fast: print(1)')).toBe(4)
    expect(sizeOf('def f(x):\n    if x is None: return 0\n    return 5\nsize = f(x)')).toBe(5)
  })

  test('layers are what the last branch makes', () => {
    const { model } = fromKeras('if fast: d = Dense(4)\nelse: d = Dense(8)\nm = Sequential([Input((3,)), d])')
    expect(model.outputs[0]?.shape).toEqual([null, 8])
  })
})

describe('what does not work', () => {
  const model = 'm = Sequential([Input((3,)), Dense(2)])'

  test.each([
    'print([1, 2] + 3)',
    'a = [1, 2][:, 0]',
    'b = {"a": 1}["b"]',
    'c = len(3)',
    'd = "a" < 3',
    'e = "a".replace(1, 2)',
    'f = -"a"',
    'g = 3[0]',
  ])('is passed over where no layer needs it: %s', (text) => {
    expect(fromKeras(`${text}\n${model}`).problems).toEqual([])
  })

  test('is told at its place where a layer does', () => {
    const { problems } = fromKeras(
      `sizes = {"a": 1}\nsize = sizes["b"] + 1\n${model}\nn = Sequential([Dense(size)])`,
    )
    expect(problems.map(({ line, word, message }) => [line, word, message])).toEqual([
      [2, 'sizes', 'has no such key'],
    ])
  })

  test('is told where a loop, a condition or a call on tensors needs it', () => {
    const text = `${model}
for n in [1][5]: m.add(Dense(n))
if [1][6]: m.add(Dense(3))
i = Input((3,))
k = Model(i, Dense(2)([i][7]))
n = Model(i, Dense(2)(i))`
    expect(fromKeras(text).problems.map(({ line, message }) => [line, message])).toEqual([
      [2, 'has no entry at this index'],
      [3, 'has no entry at this index'],
      [5, 'has no entry at this index'],
    ])
  })

  test('is told where no model comes out', () => {
    expect(() => fromKeras('a = {}["b"]')).toThrow('line 1, column 5, {: has no such key')
  })
})

test('a model that lacks a layer is none of those that a text gives, nor are models of it, nor are copies', () => {
  const { models, model, trained, problems } = fromKeras(
    `${[
      'encoder = Sequential([Input((4,)), Dense(3)])',
      'encoder.add(somebody.Layer())',
      'x = Input((4,))',
      'whole = Model(x, Dense(1)(encoder(x)))',
      'around = Model(x, Dense(1)(whole(x)))',
      'copy = keras.models.clone_model(around)',
      'small = Sequential([Input((4,)), Dense(2)])',
      'around.compile("adam", "mse")',
      'around.fit(a, b)',
    ].join('\n')}\n`,
  )
  expect(Object.keys(models)).toEqual(['small'])
  expect(model).toBe(models.small)
  expect(trained).toBe(null)
  expect(problems.map(({ word }) => word)).toEqual(['somebody.Layer'])
})

test('of a tensor that is not known the first value is asked for that is not', () => {
  const text = `
i = Input((4, 2))
h = LSTM(3, return_sequences=True)(encoded)
h, s = LSTM(3, return_state=True)(K.tanh(h))
size = 1
n = Model(i, Dense(2)(h))`
  const { problems } = fromKeras(`${text}\nm = Sequential([Dense(size)])`)
  expect(problems.map(({ line, word }) => [line, word])).toEqual([[3, 'encoded']])
})

test('what assigns to a variable that is read as its number is told, since nothing would come of it', () => {
  const text = 'seen = tf.Variable(0.0)\nseen.assign_add(1.0)\nm = Sequential([Input((3,)), Dense(2)])'
  expect(fromKeras(text).problems).toEqual([
    expect.objectContaining({
      line: 2,
      word: 'assign_add',
      message: expect.stringContaining('self.add_weight'),
    }),
  ])
})
