/** What fromKeras says of what it does not understand: the place, the word, and what to do. The rest is read all the same. */
import { beforeEach, describe, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, FormatError } from '../../src/index.ts'

beforeEach(clearSession)

const REST = '\nother = Sequential([Dense(2, input_shape=(3,))])'

/** The problems of a text, behind which another model stands. */
const problemsOf = (text: string, values = {}) => {
  const read = fromKeras(text + REST, { values })
  expect(Object.keys(read.models)).toContain('other')
  return read.problems.map(({ line, column, word, message }) => [`${line}:${column}`, word, message])
}

test.each([
  [
    'a value of data',
    'm = Sequential()\nm.add(Dense(len(vocabulary) + 1))',
    '2:13',
    'len(vocabulary)',
    /not known/,
  ],
  [
    'a shape of data',
    'x = Input(shape=(X.shape[1], 3))',
    '1:18',
    'X.shape[1]',
    /values: { X: { shape: \[...\] } }/,
  ],
  ['a name', 'm = Dense(n_outputs)', '1:11', 'n_outputs', /values: { n_outputs: ... }/],
  [
    'a layer that is not known',
    'm = keras.layers.Dens(3)',
    '1:5',
    'keras.layers.Dens',
    /Did you mean 'Dense'/,
  ],
  ['a layer that is refused', 'm = layers.RandomFlip()', '1:5', 'layers.RandomFlip', /canvas/],
  [
    'a layer of another package',
    'm = Sequential([Capsule(3)])',
    '1:17',
    'Capsule(…)',
    /is no layer that is known here/,
  ],
  ['an option', 'm = LSTM(3, return_sequence=True)', '1:13', 'return_sequence', /mean 'return_sequences'/],
  ['a value', 'm = Dense(3, activation="rellu")', '1:5', 'Dense', /activation to be one of/],
  ['an optimizer', 'm = keras.optimizers.Adamm()', '1:5', 'keras.optimizers.Adamm', /Did you mean 'Adam'/],
  ['a loss', 'm = Sequential([Dense(2)])\nm.compile("adam", "mean")', '2:1', 'm.compile', /expected a loss/],
  [
    'a callback',
    'other.fit(x, y, callbacks=[EarlyStop()])\nother = EarlyStopping(patiense=3)',
    '2:9',
    'EarlyStopping',
    /patience/,
  ],
  ['a function of tensors', 'y = tf.linalg.svd(Input((3, 3)))', '1:5', 'tf.linalg.svd', /elimination/],
  ['shapes', 'y = Dense(2)(Input((3,))) + Input((4,))', '1:5', 'Dense', /ops.add/],
  ['a file', 'm = keras.models.load_model("m.h5")', '1:5', 'keras.models.load_model', /loadModel/],
  ['weights', 'm = Sequential([Dense(2)])\nm.load_weights("w.h5")', '2:1', 'm.load_weights', /loadWeights/],
  ['an exception', 'raise ValueError("no")', '1:1', 'raise', /raises/],
  ['syntax', 'm = Dense(3, units=)', '1:20', ')', /does not parse/],
  ['a statement', 'match 3:\n    case 1: pass', '1:1', 'match', /not read/],
  ['an old Keras', 'import tf_keras as k', '1:1', 'tf_keras', /Keras 3/],
  ['an attribute', 'm = Sequential([Dense(2)])\nm.rate = 3', '2:3', 'rate', /cannot be set/],
  ['a call', 'def f(a): return a\nf(1, 2)', '2:1', 'f', /takes 1 arguments, not 2/],
  ['a class of a layer', 'class My(keras.layers.LSTM): pass\nm = My(3)', '2:5', 'My', /extends LSTM/],
  ['a class', 'class My: pass\nm = Sequential([My()])', '2:17', 'My', /not known/],
])('%s', (_, text, place, word, message) => {
  expect(problemsOf(text)).toEqual([[place, word, expect.stringMatching(message)]])
})

test('each problem is told once, in the order of the text', () => {
  const text =
    'for i in range(3):\n    a = Dense(unknown)\nb = keras.layers.Nothing()\nc = Foo(a)\nd = Dense(a)'
  expect(problemsOf(text).map(([place]) => place)).toEqual(['2:15', '3:5'])
})

describe('what is not known', () => {
  test('is not needed: data, plots, prints', () => {
    const text = `
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax[0].plot(data['Close'].values[:, 1] * 3 + offset, label=f"{name}")
with open('x.txt') as file:
    lines = [line.strip() for line in file if line]
try:
    total = sum(float(v) for v in lines) / len(lines)
except (ValueError, ZeroDivisionError) as error:
    print(error)
!pip install keras
%matplotlib inline
assert total > 0, 'empty'
del lines
data[data > 3] = np.nan
async def main(): await go()
@decorated(3)
def generator():
    while True:
        yield next(stream)
`
    expect(problemsOf(text)).toEqual([])
  })

  test('may be given', () => {
    const text = 'm = Sequential([LSTM(units, input_shape=X.shape[1:]), Dense(len(classes))])'
    expect(problemsOf(text, { units: 5, X: { shape: [9, 4, 2] }, classes: ['a', 'b', 'c'] })).toEqual([])
  })

  test('leaves a Sequential without a shape until data come', () => {
    const { model, problems } = fromKeras('m = Sequential([LSTM(5, input_shape=X.shape[1:]), Dense(1)])')
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('from the first data')])
    model.layers.forEach((layer) => {
      expect(layer.built).toBe(false)
    })
  })

  test('in a condition or a loop that builds is told', () => {
    expect(problemsOf('m = Sequential()\nif flag:\n    m.add(Dense(2))')).toEqual([
      ['2:4', 'flag', expect.stringContaining('every branch is read')],
    ])
    expect(problemsOf('m = Sequential()\nfor i in range(depth):\n    m.add(Dense(2))')).toEqual([
      ['2:10', 'range', expect.stringContaining('read once')],
    ])
  })
})

test('a text that builds no model throws, with its problems', () => {
  for (const text of ['print(1)', 'm = Sequential([Dense(n)])', 'model = ', '('.repeat(3000)])
    expect(() => fromKeras(text)).toThrow(FormatError)
  expect(() => fromKeras('m = Sequential([Dense(n)])')).toThrow(
    /^fromKeras: expected Python that builds a model with Keras, got problems: line 1, column 23, n: its value is not known/,
  )
})

test('functions and classes that nothing calls are called', () => {
  const built = fromKeras(
    'def build_model(units=3):\n    return Sequential([Dense(units, input_shape=(2,))])',
  )
  expect(built.models.build_model?.outputs[0]?.shape).toEqual([null, 3])
  const named = 'def build_model(hidden):\n    return Sequential([Dense(hidden, input_shape=(2,))])'
  expect(fromKeras(named, { values: { hidden: 7 } }).model.outputs[0]?.shape).toEqual([null, 7])
})

describe('time and memory are bounded', () => {
  test.each([
    ['a list', 'x = [0] * 10 ** 9'],
    ['a text', 's = "ab"\nfor i in range(100): s = f"{s}{s}"'],
    ['a text by format', 's = "{0}{0}"\nfor i in range(100): s = "{0}{0}".format(s)'],
    ['loops in loops', 'x = [1 for i in range(9999) for j in range(9999)]'],
    ['a loop without an end', 'm = Sequential()\nwhile True: m.add(Dense(1))'],
    ['recursion', 'def f(n): return f(n + 1)\nf(1)'],
    ['recursion by lambda', 'f = lambda g: g(g)\nf(f)'],
    ['a power', 'x = 9 ** 9 ** 9 ** 9'],
    ['a shift', 'x = 1 << 10 ** 9'],
    ['lists in lists', 'x = []\nfor i in range(100): x = [x, x]\ny = str(x) + str(x == [x])'],
    ['a width', 'x = f"{1:>999999999}" + "%999999999d" % 3'],
    ['a range', 'x = list(range(10 ** 12))'],
    ['nesting', `x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['many layers', 'm = Sequential([Dense(1) for i in range(100000)])'],
    ['a big layer', 'm = Sequential([Dense(2 ** 31, input_shape=(2 ** 31,))])'],
  ])('%s', (_, text) => {
    const start = performance.now()
    try {
      fromKeras(`first = Sequential([Dense(2)])\n${text}\nother = Sequential([Dense(2)])`)
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError)
    }
    expect(performance.now() - start).toBeLessThan(5000)
  })

  test('a text that does too much keeps what it built before', () => {
    const { model, problems } = fromKeras('first = Sequential([Dense(2)])\nx = [0] * 10 ** 9')
    expect(model.layers).toHaveLength(1)
    expect(problems).toEqual([
      { line: 2, column: 1, word: 'x', message: expect.stringContaining('takes more than 1,000,000 steps') },
    ])
  })

  test('names are no way to what objects have', () => {
    const text = `
__proto__ = Sequential([Dense(2)])
constructor = {'__proto__': 1, 'constructor': 2}
x = Dense(2, **constructor)
y = [].__class__.__mro__
z = "".constructor
other.compile('adam', 'mse', **{'__proto__': 3})
`
    expect(() => problemsOf(text)).not.toThrow()
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })
})

test('options and the text are checked', () => {
  expect(() => fromKeras('')).toThrow(/expected text to be a text that is not empty/)
  expect(() => fromKeras(3 as never)).toThrow(/text/)
  expect(() => fromKeras('x', { value: {} } as never)).toThrow(/Did you mean 'values'/)
  expect(() => fromKeras('x', { values: 3 } as never)).toThrow(/values to be an object/)
  expect(() => fromKeras('x'.repeat(500_001))).toThrow(/at most 500000 letters/)
})
