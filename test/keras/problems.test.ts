/** What fromKeras says of what it does not understand: the place, the word, and what to do. The rest is read all the same. */
import { beforeEach, describe, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, Dense, FormatError, Sequential, tensor } from '../../src/index.ts'
import type { Layer } from '../../src/layers/layer.ts'
import type { SymbolicTensor } from '../../src/layers/symbolicTensor.ts'
import { processorTime } from '../support/processorTime.ts'

beforeEach(clearSession)

const REST = '\nother = Sequential([Dense(2, input_shape=(3,))])'

/** The problems of a text, behind which another model stands. */
const problemsOf = (text: string, values = {}) => {
  const read = fromKeras(text + REST, { values })
  expect(Object.keys(read.models)).toContain('other')
  return read.problems.map(({ line, column, word, message }) => [`${line}:${column}`, word, message])
}

const shapesOf = ({ layers }: { readonly layers: readonly Layer[] }) =>
  layers.map(({ name, output }) => [name, (output as SymbolicTensor).shape])

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
  ['a layer that is refused', 'm = layers.RandomHue()', '1:5', 'layers.RandomHue', /canvas/],
  [
    'a layer of another package',
    'm = Sequential([Capsule(3)])',
    '1:17',
    'Capsule',
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
  ['a function of tensors', 'y = tf.linalg.svd(Input((3, 3)))', '1:5', 'tf.linalg.svd', /rotations of rows/],
  ['shapes', 'y = Dense(2)(Input((3,))) + Input((4,))', '1:5', 'Dense', /ops.add/],
  ['a file', 'm = keras.models.load_model("m.h5")', '1:5', 'keras.models.load_model', /loadModel/],
  ['weights', 'm = Sequential([Dense(2)])\nm.load_weights("w.h5")', '2:1', 'm.load_weights', /loadWeights/],
  ['an exception', 'raise ValueError("no")', '1:1', 'raise', /raises/],
  ['syntax', 'm = Dense(3, units=)', '1:20', ')', /does not parse/],
  ['a statement', 'match 3:\n    case 1: pass', '1:1', 'match', /not read/],
  ['an old Keras', 'import tf_keras as k', '1:1', 'tf_keras', /Keras 3/],
  ['an attribute', 'm = Dense(2)\nm.units = 3', '2:3', 'units', /cannot be set/],
  ['a call', 'def f(a): return a\nf(1, 2)', '2:1', 'f', /takes 1 arguments, not 2/],
  [
    'a class of another kind',
    'class My(keras.initializers.Zeros):\n def __call__(s, x): return x\nm = My()',
    '3:5',
    'My',
    /with a method __call__/,
  ],
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

  test('may be given by what problems call it, whatever stands there', () => {
    const text = `m = Sequential()
m.add(Embedding(len(word_index) + 1, config.dim, weights=[matrix], input_length=config.length))
m.add(LSTM(cfg["units"], dropout=hp.Float('rate', 0.1, max_value=0.5)))
m.add(Dense(encoder.classes_.size, name=args.name))`
    const keys = [
      'len(word_index)',
      'config.dim',
      'matrix',
      'config.length',
      "cfg['units']",
      "hp.Float('rate', 0.1, max_value=0.5)",
      'encoder.classes_.size',
      'args.name',
    ]
    expect(problemsOf(text).map(([place, word]) => `${place} ${word}`)).toEqual([
      '2:17 len(word_index)',
      '2:38 config.dim',
      '2:59 matrix',
      '2:81 config.length',
      "3:12 cfg['units']",
      "3:34 hp.Float('rate', 0.1, max_value=0.5)",
      '4:13 encoder.classes_.size',
      '4:41 args.name',
    ])
    // A text of which no model comes says them all at once.
    expect(() => fromKeras(text)).toThrow(
      `{ values: { 'len(word_index)': ..., 'config.dim': ..., matrix: { shape: [..., ...], data: [...] }, 'config.length': ..., "cfg['units']": ..., "${keys[5]}": ..., '${keys[6]}': ..., 'args.name': ... } }`,
    )
    const values = {
      'len(word_index)': 5,
      config: { dim: 2, length: 3 },
      matrix: tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [6, 2]),
      "cfg['units']": 4,
      [`${keys[5]}`]: 0.3,
      'encoder.classes_.size': 7,
      'args.name': 'classes',
    }
    const { model, problems } = fromKeras(text, { values })
    expect(problems).toEqual([])
    expect(shapesOf(model)).toEqual([
      ['embedding', [null, 3, 2]],
      ['lstm', [null, 4]],
      ['classes', [null, 7]],
    ])
  })

  test('may be a model that was loaded', () => {
    const base = Sequential([Dense(3, { inputShape: [2] })])
    const { model, problems } = fromKeras(
      'base = load_model("base.keras")\nbase.trainable = False\nm = Sequential([base, Dense(1)])',
      { values: { base } },
    )
    expect([model.layers[0]?.trainable, model.outputs[0]?.shape]).toEqual([false, [null, 1]])
    expect(problems).toEqual([])
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
      ['2:16', 'depth', expect.stringContaining('read once')],
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

test('methods of classes that nothing calls are called, and problems of those that build nothing are none', () => {
  const text = `
def scaled(x):
    return x
class Forecaster:
    def __init__(self, config):
        self.config, self.units = config, config['units']
    def load(self, path):
        return pd.read_csv(path) % missing()
    @staticmethod
    def head(size=2):
        return Dense(size)
    def build(self, window):
        self.net = Sequential([LSTM(self.units, input_shape=(window, 1)), self.head()])
        self.net.compile('adam', 'mse')
    def train(self, x, y):
        x = scaled(x)
        if self.net is None:
            raise ValueError('build first')
        self.net.fit(x, y, epochs=3)
`
  const { models, trained, fit, problems } = fromKeras(text, { values: { window: 9, "config['units']": 5 } })
  expect(problems).toEqual([])
  expect(Object.keys(models)).toEqual(['net'])
  expect(trained && shapesOf(trained)).toEqual([
    ['lstm', [null, 5]],
    ['dense_1', [null, 2]],
  ])
  expect(fit).toEqual({ epochs: 3 })
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
    ['signs that Python has not', '?'.repeat(390_000)],
    ['words beside each other', 'a '.repeat(190_000)],
    ['operators beside each other', '= '.repeat(190_000)],
    ['many layers', 'm = Sequential([Dense(1) for i in range(100000)])'],
    ['a big layer', 'm = Sequential([Dense(2 ** 31, input_shape=(2 ** 31,))])'],
  ])('%s', (_, text) => {
    const took = processorTime()
    try {
      fromKeras(`first = Sequential([Dense(2)])\n${text}\nother = Sequential([Dense(2)])`)
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError)
    }
    expect(took()).toBeLessThan(5000)
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
