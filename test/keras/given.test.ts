/** What fromKeras asks the user for, word for word, and that a text goes through once it is given. */
import { beforeEach, expect, test } from 'vitest'
import { type FromKerasOptions, fromKeras } from '../../src/formats.ts'
import { Callback, clearSession, Dense, LSTM, Sequential, setBackend, tensor } from '../../src/index.ts'

beforeEach(clearSession)

type Given = NonNullable<FromKerasOptions['values']>

const ones = (...shape: readonly [number, number]) => tensor(new Float32Array(shape[0] * shape[1]), shape)

test.each<readonly [what: string, text: string, place: string, asked: string, given: Given]>([
  ['a value', 'm.add(Dense(size))', '2:13 size', 'size: ...', { size: 3 }],
  [
    'an entry of what is not known',
    "m.add(Dense(config['units']))",
    "2:13 config['units']",
    `"config['units']": ...`,
    { "config['units']": 3 },
  ],
  ['a shape', 'm.add(Dense(y.shape[1]))', '2:13 y.shape[1]', 'y: { shape: [...] }', { y: { shape: [9, 3] } }],
  [
    'a shape by numpy',
    'm.add(Dense(np.shape(y)[1]))',
    '2:13 y.shape[1]',
    'y: { shape: [...] }',
    { y: { shape: [9, 3] } },
  ],
  [
    'weights',
    'm.add(Embedding(9, 4, weights=[matrix]))',
    '2:32 matrix',
    'matrix: { shape: [9, 4], data: [...] }',
    { matrix: ones(9, 4) },
  ],
  ['options', 'm.add(Dense(**params))', '2:15 params', 'params: { name: ... }', { params: { units: 3 } }],
  ['arguments', 'm.add(Dense(*params))', '2:14 params', 'params: [...]', { params: [3] }],
  [
    'a condition',
    'if args["deep"] > 1:\n    m.add(Dense(3))',
    '2:4 args["deep"]',
    `"args['deep']": ...`,
    { "args['deep']": 2 },
  ],
  ['rounds', 'for i in range(depth):\n    m.add(Dense(3))', '2:16 depth', 'depth: ...', { depth: 2 }],
  [
    'entries',
    'for i, units in enumerate(sizes):\n    m.add(Dense(3))',
    '2:27 sizes',
    'sizes: [...]',
    { sizes: [4, 5] },
  ],
  [
    'a path',
    'm.fit(x, y, callbacks=[ModelCheckpoint(folder + "/best.keras")])',
    '2:40 folder',
    'folder: ...',
    { folder: 'logs' },
  ],
  [
    'a class of other code',
    'm.add(TCN(3, name="tcn"))',
    '2:7 TCN',
    'TCN: (...) => layer',
    { TCN: (units: number, options: object) => LSTM(units, options) },
  ],
  ['a layer of other code', 'm.add(crf)', '2:7 crf', 'crf: layer', { crf: LSTM(3) }],
  [
    'a class of other code that is called on tensors',
    'i = Input((4, 2))\nx = Pooling(units=3)(i)\nx = Dense(2)(x)\nn = Model(i, Dense(1)(x))',
    '3:5 Pooling',
    'Pooling: (...) => layer',
    { Pooling: ({ units }: { units: number }) => LSTM(units) },
  ],
])('%s', (_, text, place, asked, given) => {
  const source = `m = Sequential([Input((4, 2))])\n${text}\nother = Sequential([Dense(2)])`
  const { problems } = fromKeras(source)
  expect(problems.map(({ line, column, word }) => `${line}:${column} ${word}`.replaceAll('"', "'"))).toEqual([
    place.replaceAll('"', "'"),
  ])
  expect(problems[0]?.message).toContain(`Give it: { values: { ${asked} } }.`)
  clearSession()
  expect(fromKeras(source, { values: given }).problems).toEqual([])
})

test('what other code makes is a part of the model', () => {
  const { model, problems } = fromKeras(
    'from attention import Attention\ni = Input((4, 2))\nm = Model(i, Attention(3, act="relu")([i, i]))',
    {
      values: {
        Attention:
          (units: number, { act }: { act: string }) =>
          (inputs: readonly never[]) =>
            Dense(units, { activation: act as 'relu' })(inputs[0] as never),
      },
    },
  )
  expect(problems).toEqual([])
  expect(model.outputs[0]?.shape).toEqual([null, 4, 3])
})

test('what is computed of data by star arguments is not asked for', () => {
  const { problems } = fromKeras('a, b = zip(*pairs)\nn = max(*sizes)\nm = Sequential([Dense(2)])')
  expect(problems).toEqual([])
})

test.each<readonly [what: string, text: string, place: string, message: string, given: Given]>([
  [
    'data that a layer learns of',
    'v = TextVectorization(max_tokens=8)\nv.adapt(texts)',
    '2:9 texts',
    'the data are not here: call await layer.adapt(data) before the model is trained. Give it: { values: { texts: [...] } }.',
    { texts: ['a b', 'a c'] },
  ],
  [
    'weights that are set',
    'e = Embedding(3, 2, input_length=1)\nm = Sequential([e])\ne.set_weights([matrix])',
    '3:16 matrix',
    'the weights are not in the text. Give it: { values: { matrix: { shape: [3, 2], data: [...] } } }.',
    { matrix: ones(3, 2) },
  ],
  [
    'a model of elsewhere',
    'base = load_model("x.h5")\nm = Model(base.input, base.output)',
    '1:8 load_model',
    'reads a model of elsewhere: load it by loadModel or modelFromJSON, or make it by cloneModel. Give it: { values: { base: model } }.',
    { base: Sequential([Dense(3, { inputShape: [2] })]) },
  ],
  [
    'a callback of other code',
    'm = Sequential([Dense(2)])\nm.fit(x, y, callbacks=[WandbCallback()])',
    '2:24 WandbCallback',
    'is no callback that is here, and fit goes without it. Give it: { values: { WandbCallback: (...) => callback } }.',
    { WandbCallback: () => new Callback() },
  ],
])('%s', (_, text, place, message, given) => {
  const source = `${text}\nother = Sequential([Dense(2)])`
  expect(
    fromKeras(source).problems.map((one) => [`${one.line}:${one.column} ${one.word}`, one.message]),
  ).toEqual([[place, message]])
  clearSession()
  expect(fromKeras(source, { values: given }).problems).toEqual([])
})

test('layers learn of data and have weights that are given', async () => {
  await setBackend('cpu')
  const { model, models, problems } = fromKeras(
    `
n = Normalization()
n.adapt(data)
first = Sequential([Input((1,)), n])
e = Embedding(3, 2, input_length=1)
m = Sequential([e, Flatten()])
e.set_weights([matrix])
`,
    { values: { data: tensor([1, 3], [2, 1]), matrix: tensor([1, 2, 3, 4, 5, 6], [3, 2]) } },
  )
  expect(problems).toEqual([])
  expect((await model.predict([[1]])).toArray()).toEqual([[3, 4]])
  expect((await models.first?.predict([[5]]))?.toArray()).toEqual([[3]])
})

test.each([
  ['k.set_weights(m.get_weights())', 'k.set_weights', /a known input shape, got one without/],
  [
    "m.compile(loss='mse')\nm.fit(x, y)\nk.set_weights(m.get_weights())",
    'k.set_weights',
    /copies weights that are not trained yet/,
  ],
  ['Embedding(3, 2).set_weights([[1]])', 'Embedding', /has none yet: give its model an input shape/],
  ['m.set_weights([1])', 'm.set_weights', /gives 1 arrays to a layer of 2 weights/],
  ['m.adapt(3)', 'm.adapt', /layers that learn of data/],
])('%s', (text, word, message) => {
  const { problems } = fromKeras(
    `m = Sequential([Dense(2, input_shape=(3,))])\nk = Sequential([Dense(2)])\n${text}`,
  )
  expect(problems.map((one) => [one.word, one.message])).toEqual([[word, expect.stringMatching(message)]])
})

test('sets of data that are not known are passed over, and nested data of calls', () => {
  const { problems } = fromKeras(`
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(100).batch(32)
joined = tf.concat([x_train, x_test], axis=0)
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2)
    def call(self, inputs):
        a, b = inputs
        return self.dense(a + b)
net = Net()
sample = net([x_train[:2], x_test[:2]])
net.compile(loss='mse')
`)
  expect(problems).toEqual([])
})

test('checks that raise an exception without a file, or for what is not known, are passed', () => {
  const { model, problems } = fromKeras(
    `
if not os.path.exists('data.csv'):
    raise FileNotFoundError('data.csv')
if os.path.isfile(weights):
    print('there')
else:
    raise ValueError('no weights')
def build(kind='lstm', mode=None):
    if mode == 'a':
        layer = LSTM(2)
    elif mode == 'b':
        layer = LSTM(3)
    else:
        raise ValueError(mode)
    return Sequential([Input((3, 2)), layer])
m = build(mode=args.mode)
`,
    { values: {} },
  )
  expect(problems.map(({ word, message }) => [word, message])).toEqual([
    ['args.mode', expect.stringContaining("Give it: { values: { 'args.mode': ... } }")],
  ])
  expect(model.outputs[0]?.shape).toEqual([null, 3])
})

test('a value that a function of the text does not know when a layer calls it is asked for', () => {
  const { problems } = fromKeras(
    'i = Input((3,))\nm = Model(i, Dense(2)(i))\nn = Sequential([Input((3,)), Lambda(lambda x: x * factor)])',
  )
  expect(problems.map(({ word, message }) => [word, message])).toEqual([
    ['factor', expect.stringContaining('Give it: { values: { factor: ... } }')],
  ])
})

test('what is no operation is refused with what to write', () => {
  const { problems } = fromKeras(
    'i = Input((3, 2))\nl, o, s = K.rnn(step, i, [i])\nf = K.function([i], [i])\nm = Sequential([Dense(2)])'.replace(
      'step',
      'lambda x, s: (x, s)',
    ),
  )
  expect(problems.map(({ word, message }) => [word, message])).toEqual([
    ['K.rnn', expect.stringContaining('give that cell to keras.layers.RNN')],
  ])
})

test('a model that an object of the text loads is given by its attribute', () => {
  const text = `
class Service:
    def __init__(self, path):
        self.net = load_model(path)
    def head(self):
        return Model(self.net.input, Dense(2)(self.net.output))
m = Service('x.keras').head()
other = Sequential([Dense(2)])
`
  expect(fromKeras(text).problems.map(({ message }) => message)).toEqual([
    expect.stringContaining("Give it: { values: { 'self.net': model } }."),
  ])
  clearSession()
  const { problems, models } = fromKeras(text, {
    values: { 'self.net': Sequential([Dense(3, { inputShape: [4] })]) },
  })
  expect(problems).toEqual([])
  expect(models.m?.outputs[0]?.shape).toEqual([null, 2])
})

test('arguments with defaults of what nothing calls may be given', () => {
  const text =
    'def build(units=3, shape=None):\n    if shape is None: raise TypeError\n    return Sequential([Dense(units, input_shape=shape)])'
  expect(() => fromKeras(text)).toThrow(/raises an exception: give values with which the text does not/)
  const { model } = fromKeras(text, { values: { shape: [4], units: 2 } })
  expect([model.inputs[0]?.shape, model.outputs[0]?.shape]).toEqual([
    [null, 4],
    [null, 2],
  ])
})

test('options and the text are checked', () => {
  expect(() => fromKeras('')).toThrow(/expected text to be a text that is not empty/)
  expect(() => fromKeras(3 as never)).toThrow(/text/)
  expect(() => fromKeras('x', { value: {} } as never)).toThrow(/Did you mean 'values'/)
  expect(() => fromKeras('x', { values: 3 } as never)).toThrow(/values to be an object/)
  expect(() => fromKeras('x'.repeat(500_001))).toThrow(/at most 500000 letters/)
})

test('words of functions in arguments are their names', () => {
  const { problems } = fromKeras(`
def clean(text):
    return text
encoder = layers.TextVectorization(max_tokens=10)
encoder.adapt(train.map(lambda text, label: text))
encoder.adapt(train.map(clean))
m = Sequential([Input((1,), dtype='string'), encoder])
`)
  expect(problems.map(({ word }) => word)).toEqual(['train.map(<lambda>)', 'train.map(clean)'])
})
