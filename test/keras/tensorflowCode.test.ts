/** Code as TensorFlow's tutorials write it: classes that are finished behind their objects, states, constants, nested results. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import {
  clearSession,
  Dense,
  type LayersModel,
  Sequential,
  setBackend,
  setSeed,
  type Tensor,
} from '../../src/index.ts'
import { quiet } from '../support/models.ts'
import { readKeras } from '../support/readKeras.ts'
import { fill, waves } from '../support/steppedModels.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

test('a class gets methods and properties once there are objects of it', async () => {
  const { model, problems } = fromKeras(`
class FeedBack(tf.keras.Model):
    def __init__(self, units, out_steps):
        super().__init__()
        self.out_steps = out_steps
        self.cell = tf.keras.layers.LSTMCell(units)
        self.rnn = tf.keras.layers.RNN(self.cell, return_state=True)
        self.dense = tf.keras.layers.Dense(2)
net = FeedBack(3, out_steps=4)
def warmup(self, inputs):
    x, *state = self.rnn(inputs)
    return self.dense(x), state
FeedBack.warmup = warmup
@property
def steps(self):
    return range(1, self.out_steps)
FeedBack.steps = steps
prediction, state = net.warmup(example[0])
def call(self, inputs, training=None):
    predictions = []
    prediction, state = self.warmup(inputs)
    predictions.append(prediction)
    for n in self.steps:
        x, state = self.cell(prediction, states=state, training=training)
        prediction = self.dense(x)
        predictions.append(prediction)
    return tf.transpose(tf.stack(predictions), [1, 0, 2])
FeedBack.call = call
net.compile(loss='mse', optimizer='adam')
`)
  expect(problems).toEqual([])
  const output = (await model.predict([
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  ])) as Tensor
  expect(output.shape).toEqual([1, 4, 2])
})

test('a class method takes functions as methods, where it decorates them', async () => {
  const { model, problems } = fromKeras(
    `
words = tf.keras.layers.TextVectorization(standardize=None, ragged=True)
words.adapt(texts)
class Decoder(tf.keras.layers.Layer):
    @classmethod
    def add_method(cls, fun):
        setattr(cls, fun.__name__, fun)
        return fun
    def __init__(self, words, units):
        super(Decoder, self).__init__()
        self.embedding = tf.keras.layers.Embedding(words.vocabulary_size(), units)
@Decoder.add_method
def call(self, x):
    return self.scaled(self.embedding(x))
@Decoder.add_method
def scaled(self, x):
    return 2.0 * x
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.decoder = Decoder(words, 3)
    def call(self, x):
        return self.decoder(x)
    @classmethod
    def make(cls):
        return cls()
net = Net.make().make()
`,
    { values: { texts: ['a b', 'b c'] } },
  )
  expect(problems).toEqual([])
  await model.predict([[0, 4]])
  fill(model, 1)
  const [table] = (await model.getWeights()) as [Tensor]
  expect(table.shape).toEqual([5, 3])
  const output = ((await model.predict([[0, 4]])) as Tensor).toArray() as number[][][]
  const rows = table.toArray() as number[][]
  expect(output[0]).toEqual([0, 4].map((id) => rows[id]?.map((value) => Math.fround(2 * value))))
})

test('states that a layer makes for its inputs, or for their batch, are zeros', async () => {
  const { models, problems } = fromKeras(`
class Generator(tf.keras.Model):
    def __init__(self, of_today):
        super().__init__()
        self.of_today = of_today
        self.gru = tf.keras.layers.GRU(3, return_sequences=True, return_state=True)
    def call(self, x, states=None):
        if states is None:
            states = self.gru.get_initial_state(tf.shape(x)[0] if self.of_today else x)
        x, states = self.gru(x, initial_state=states)
        return x
a = Generator(True)
b = Generator(False)
`)
  expect(problems).toEqual([])
  const x = [
    [
      [1, 2],
      [3, 4],
    ],
  ]
  const outputs: unknown[] = []
  for (const model of [models.a, models.b] as LayersModel[]) {
    await model.predict(x)
    fill(model, 1)
    outputs.push(((await model.predict(x)) as Tensor).toArray())
  }
  expect(outputs[0]).toEqual(outputs[1])
})

test('constants are what layers and models of a step are called on, as tensors are', async () => {
  const { model, problems } = fromKeras(`
class Prompted(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.embedding = tf.keras.layers.Embedding(7, 3)
        self.mix = Mix()
    def call(self, x):
        start = tf.expand_dims([2] * 4, 0)
        return self.mix(self.embedding(start), x) + self.mix(self.embedding(x), start)
class Mix(tf.keras.layers.Layer):
    def call(self, values, ids):
        return values * tf.cast(ids[:, :, tf.newaxis], tf.float32)
model = Prompted()
`)
  expect(problems).toEqual([])
  await model.predict([[1, 3, 0, 6]])
  fill(model, 1)
  const [table] = (await model.getWeights()) as [Tensor]
  const rows = table.toArray() as number[][]
  const output = ((await model.predict([[1, 3, 0, 6]])) as Tensor).toArray() as number[][][]
  for (const [i, id] of [1, 3, 0, 6].entries())
    for (const [k, value] of (output[0]?.[i] ?? []).entries())
      expect(value).toBeCloseTo((rows[2]?.[k] ?? 0) * id + (rows[id]?.[k] ?? 0) * 2, 5)
})

test('a call may return an object beside a tensor', async () => {
  const { model } = readKeras(`
class Attending(keras.layers.Layer):
    def call(self, x):
        weights = {}
        for i in range(2):
            weights[f'block{i + 1}'] = x * (i + 2)
        return x + 1, weights
a = keras.Input((2,))
y, weights = Attending()(a)
m = keras.Model(a, [y, weights['block2'], weights['block1']])
`)
  const outputs = (await model.predict([[1, 2]])) as unknown as readonly Tensor[]
  expect(outputs.map((output) => output.toArray())).toEqual([[[2, 3]], [[3, 6]], [[2, 4]]])
})

test('each text names its layers from the first on, behind what the user gives it', async () => {
  const text = 'm = Sequential([Input((2,)), Dense(3), Dense(1)])'
  const names = (code: string, values = {}): readonly string[] =>
    fromKeras(code, { values }).model.layers.map(({ name }) => name)
  expect(names(text)).toEqual(['dense', 'dense_1'])
  expect(names(text)).toEqual(['dense', 'dense_1'])
  // Layers behind a text are others than its own.
  const base = Sequential([Dense(2, { inputShape: [2] })])
  expect(base.layers[0]?.name).toBe('dense_2')
  expect(names('m = Model(base.input, Dense(1)(base.output))', { base })).toEqual([
    expect.stringContaining('input_layer'),
    'dense_2',
    'dense_3',
  ])
})

test('a model makes layers in its build, and counts in its call', async () => {
  const { model, problems } = fromKeras(`
class Regressor(keras.models.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.out = keras.layers.Dense(1)
        self.mean = keras.metrics.Mean(name='reconstruction_error')
    def build(self, batch_input_shape):
        self.reconstruct = keras.layers.Dense(batch_input_shape[-1])
        super().build(batch_input_shape)
    def call(self, inputs, training=None):
        loss = tf.reduce_mean(tf.square(self.reconstruct(inputs) - inputs))
        if training:
            result = self.mean(loss)
        return self.out(inputs)
model = Regressor()
model.compile(loss='mse', optimizer='sgd')
`)
  expect(problems).toEqual([])
  const { history } = await model.fit(waves(6, 3), waves(6, 1), { ...quiet, epochs: 1, batchSize: 6 })
  expect(model.weights.map(({ shape }) => shape)).toEqual([[3, 1], [1], [3, 3], [3]])
  expect(history.reconstruction_error?.[0]).toBeGreaterThan(0)
})

test('states of several layers in a list beside an output, and one number for each sample', async () => {
  const { model, problems } = fromKeras(
    `
class Encoder(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.rnn = tf.keras.layers.RNN(tf.keras.layers.StackedRNNCells([tf.keras.layers.GRUCell(3) for _ in range(2)]),
                                       return_sequences=True, return_state=True)
    def call(self, X, **kwargs):
        output = self.rnn(X)
        return output[0], output[1:]
class Decoder(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.dense = tf.keras.layers.Dense(2)
    def call(self, X, state, **kwargs):
        context = tf.repeat(tf.expand_dims(state[-1], axis=1), repeats=X.shape[1], axis=1)
        start = tf.reshape(tf.constant([4.0] * X.shape[0]), (-1, 1, 1)) * tf.ones((1, 5, 1))
        return self.dense(tf.concat((checked(X), context, start), axis=2)), state
class Both(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()
    def call(self, x):
        output, state = self.encoder(x)
        return self.decoder(x, state)[0]
both = Both()
checked(x_train)
`,
    { values: { checked: (x: unknown) => x } as never },
  )
  expect(problems).toEqual([])
  const output = (await model.predict([
    [[1], [2], [3], [4], [5]],
    [[5], [4], [3], [2], [1]],
  ])) as Tensor
  expect(output.shape).toEqual([2, 5, 2])
})

test('a loss without a reduction is for a step that reduces it', async () => {
  const { model, problems } = fromKeras(`
class Masked(keras.Model):
    def __init__(self, net):
        super().__init__()
        self.net = net
    def call(self, x):
        return self.net(x)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            values = self.loss(y, self(x, training=True))
            loss = tf.reduce_sum(values) / 6.0
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {'loss': loss}
net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
model = Masked(net)
model.compile(optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.MeanSquaredError(reduction=None))
`)
  expect(problems).toEqual([])
  setSeed(1)
  const { history } = await model.fit(waves(6, 2), waves(6, 2), { ...quiet, epochs: 5, batchSize: 6 })
  expect(history.loss?.at(-1)).toBeLessThan(history.loss?.[0] ?? 0)
})
