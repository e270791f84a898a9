/** Initial states of cells, constants of models, draws and other functions that are several of ops, and named ends of models. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, setBackend } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

test('a cell starts from the states that its class gives', async () => {
  const { model } = readKeras(`
class Counts(keras.layers.Layer):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.state_size = [2, 1]
    def call(self, x, states):
        a, b = states
        return a + b + x, [a + 1.0, b]
    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        if inputs is not None:
            batch_size = tf.shape(inputs)[0]
        return [tf.ones((batch_size, 2)) * 3.0, tf.zeros([batch_size, 1]) - 1.0]
m = Sequential([Input((2, 2)), RNN(Counts(), return_sequences=True)])
`)
  const { data } = await model.predict([
    [
      [0, 10],
      [0, 10],
    ],
    [
      [1, 0],
      [0, 0],
    ],
  ])
  expect([...data]).toEqual([2, 12, 3, 13, 3, 2, 3, 3])
})

const scaled = (call: string): string => `
class Scaled(keras.Model):
    def __init__(self):
        super().__init__()
        self.d = Dense(1, kernel_initializer='ones')
    def call(self, x, scale=1.0, shift=0.0):
        return self.d(x) * scale + shift
net = Scaled()
i = Input((2,))
${call}
`

test('a call of a model of a class hands on its constants', async () => {
  const { model } = readKeras(scaled('m = Model(i, net(i, 3.0, shift=0.5))'))
  const results = await model.predict([[1, 2]])
  expect([...results.data]).toEqual([9.5])
})

test('a second call with other constants is told, since a model is one graph', () => {
  const { problems } = fromKeras(
    scaled('a = net(i, 3.0)\nm = Model(i, a)\nb = net(i, 3.0)\nc = net(i, scale=4.0)'),
  )
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [13, expect.stringContaining('is called with other arguments than before')],
  ])
})

test.each([
  'keras.random.normal(shape=(ops.shape(mean)[0], ops.shape(mean)[1]), seed=self.seed)',
  'K.random_normal(shape=(K.shape(mean)[0], 2), mean=0.0, stddev=1.0)',
  'tf.random.normal(tf.shape(mean))',
])('a layer that draws as many samples as the batch has: %s', async (draws) => {
  const { model } = readKeras(`
class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed = keras.random.SeedGenerator(1)
    def call(self, inputs):
        mean, log_var = inputs
        return mean + ops.exp(0.5 * log_var) * ${draws}
i = Input((2,))
m = Model(i, Sampling()([i, i * 0.0 - 100.0]))
`)
  // The deviation is e^-50, so that the mean is what remains.
  const { data } = await model.predict([
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  expect([...data]).toEqual([1, 2, 3, 4, 5, 6])
})

test('draws of a Lambda are of the distribution that is asked for', async () => {
  const { model } = readKeras(`
def sample(x):
    return x * 0.0 + K.random_uniform((K.shape(x)[0], 500), minval=2.0, maxval=4.0)
m = Sequential([Input((500,)), Lambda(sample)])
`)
  const { data } = await model.predict([Array.from({ length: 500 }, () => 0)])
  const mean = data.reduce((sum, value) => sum + value / 500, 0)
  expect(Math.min(...data)).toBeGreaterThanOrEqual(2)
  expect(Math.max(...data)).toBeLessThan(4)
  // Five deviations of the mean of 500 draws.
  expect(Math.abs(mean - 3)).toBeLessThan((5 * 2) / Math.sqrt(12 * 500))
})

test('the loss of CTC of probabilities, whose last class is the blank', async () => {
  const { model } = readKeras(`
def cost(args):
    y_pred, labels, steps, count = args
    return K.ctc_batch_cost(labels, y_pred, steps, count)
p, labels = Input((2, 2)), Input((1,))
n, k = Input((1,)), Input((1,))
m = Model([p, labels, n, k], Lambda(cost, output_shape=(1,))([p, labels, n, k]))
`)
  const results = await model.predict([
    [
      [
        [0.25, 0.75],
        [0.5, 0.5],
      ],
    ],
    [[0]],
    [[2]],
    [[1]],
  ])
  // The label alone at one step or at both.
  const probability = 0.25 * 0.5 + 0.75 * 0.5 + 0.25 * 0.5
  expect(results.shape).toEqual([1, 1])
  expect(results.data[0]).toBeCloseTo(-Math.log(probability), 5)
})

test('attention that was told to be causal when it was made', async () => {
  const { model } = readKeras(`
i = Input((3, 2))
m = Model(i, Attention(causal=True)([i, i]))
`)
  const x = [
    [
      [1, 2],
      [3, 1],
      [0, 5],
    ],
  ]
  const { data, shape } = await model.predict(x)
  expect(shape).toEqual([1, 3, 2])
  expect([...data].slice(0, 2)).toEqual([1, 2])
})

test('inputs and outputs by name', () => {
  const text = (name: string) => `
a, b = Input((2,), name='${name}'), Input((3,), name='b')
m = Model(inputs={'b': b, 'a': a}, outputs={'d': Concatenate()([a, b]), 'c': Dense(1)(a)})
n = Model([a, b], m({'a': a, 'b': b})['d'])
`
  const { models, problems } = fromKeras(text('a'))
  expect(problems).toEqual([])
  expect(models.m?.inputs.map(({ shape }) => shape)).toEqual([
    [null, 2],
    [null, 3],
  ])
  // The order is that of the keys, as in Keras.
  expect(models.m?.outputs.map(({ shape }) => shape)).toEqual([
    [null, 1],
    [null, 5],
  ])
  expect(models.n?.outputs[0]?.shape).toEqual([null, 5])
  // Keys need not be the names of the inputs.
  const other = fromKeras(text('x'))
  expect(other.problems).toEqual([])
  expect(other.models.n?.outputs[0]?.shape).toEqual([null, 5])
})

test('classes that change the arguments of a layer and of an initializer alone', async () => {
  const { model } = readKeras(`
class Small(keras.initializers.Constant):
    def __init__(self):
        super().__init__(0.5)
class Plain(layers.SimpleRNN):
    def __init__(self, units, **kwargs):
        super().__init__(units, activation='linear', kernel_initializer=Small(), **kwargs)
class Same(Dense): pass
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.rnn = Plain(2, recurrent_initializer='zeros')
        self.out = Same(1, kernel_initializer='ones')
    def call(self, x):
        return self.out(self.rnn(x))
i = Input((2, 1))
m = Model(i, Net()(i))
`)
  expect(model.countParams()).toBe(8 + 3)
  expect((await model.predict([[[7], [3]]])).data[0]).toBe(3)
})
