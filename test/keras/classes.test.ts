/** Classes of a text that extend Model and Layer, Lambda, and functions as losses train as the same in TypeScript do. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import {
  clearSession,
  Dense,
  Dropout,
  Input,
  Lambda,
  Layer,
  LSTM,
  Model,
  ops,
  type SymbolicTensor,
  setBackend,
  setSeed,
  type Weight,
} from '../../src/index.ts'
import type { LayersModel } from '../../src/models/model.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const x = uniform([6, 5, 2], -1, 1)
const y = uniform([6, 3], -1, 1)

async function train(model: LayersModel, options = {}) {
  setSeed(3)
  const { history } = await model.fit(x, y, { epochs: 2, verbose: 0, ...options })
  model.dispose()
  return history
}

const NET = `
class Pool(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.score = layers.Dense(1)

    def build(self, input_shape):
        self.w = self.add_weight(name='w', shape=(input_shape[-1], self.units), initializer='ones')
        super().build(input_shape)

    def call(self, inputs):
        a = tf.nn.softmax(self.score(inputs), axis=1)
        return tf.matmul(tf.reduce_sum(a * inputs, axis=1), self.w)

class Net(keras.Model):
    def __init__(self, units=4, **kwargs):
        super(Net, self).__init__(**kwargs)
        self.rnn = layers.LSTM(units, return_sequences=True)
        self.blocks = []
        for i in range(2):
            self.blocks.append(layers.Dense(units, activation='tanh'))
        self.pool = Pool(3)
        self.drop = layers.Dropout(0.5)

    @property
    def depth(self):
        return len(self.blocks)

    def call(self, inputs, training=False):
        h = self.rnn(inputs)
        for block in self.blocks[:self.depth]:
            h = block(h) + h
        if training:
            h = self.drop(h, training=training)
        return self.pool(h)

def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1) + K.epsilon())

net = Net(4, name='net')
net.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.5), loss=rmse)
net.fit(x, y, epochs=2)
`

class Pool extends Layer {
  score = Dense(1)
  w!: Weight
  override build([, , features = 0]: readonly number[]) {
    this.w = this.addWeight({ name: 'w', shape: [features, 3], initializer: 'ones' })
  }
  override call(inputs: SymbolicTensor) {
    const a = ops.softmax(this.score(inputs), 1)
    return ops.matmul(ops.sum(ops.multiply(a, inputs), 1), this.w)
  }
}

class Net extends Model {
  rnn = LSTM(4, { returnSequences: true })
  blocks = [Dense(4, { activation: 'tanh' }), Dense(4, { activation: 'tanh' })]
  pool = new Pool()
  drop = Dropout(0.5)
  override call(inputs: SymbolicTensor, { training }: { training: boolean }) {
    let h = this.rnn(inputs)
    for (const block of this.blocks) h = ops.add(block(h), h)
    return this.pool(training ? this.drop(h, { training }) : h)
  }
}

test('a model and a layer of classes', async () => {
  setSeed(1)
  const read = fromKeras(NET)
  expect(read.problems).toEqual([])
  expect(read.trained).toBe(read.models.net)
  const got = await train(read.model, read.fit ?? {})
  clearSession()
  setSeed(1)
  const net = new Net({ name: 'net' })
  const rmse = (yTrue: SymbolicTensor, yPred: SymbolicTensor) =>
    ops.sqrt(ops.add(ops.mean(ops.square(ops.subtract(yPred, yTrue)), -1), 1e-7))
  const { SGD } = await import('../../src/index.ts')
  net.compile({ optimizer: SGD({ learningRate: 0.1, momentum: 0.5 }), loss: rmse })
  expect(got).toEqual(await train(net as unknown as LayersModel))
})

test('weights that a text assigns, by methods and by functions of the backend', async () => {
  const { model, problems } = fromKeras(`
class Track(layers.Layer):
    def build(self, shape):
        zeros = dict(shape=(shape[-1],), initializer='zeros', trainable=False)
        self.mean = self.add_weight(name='mean', autocast=False, **zeros)
        self.sums = self.add_weight(name='sums', **zeros)
        self.last = self.add_weight(name='last', **zeros)
        self.count = self.add_weight(name='count', shape=(), dtype='int32', initializer='zeros', trainable=False)

    def call(self, x, training=False):
        self.count.assign_add(1)
        m = tf.reduce_mean(x, axis=0)
        if training:
            K.moving_average_update(self.mean, m, 0.5)
        K.update_add(self.sums, m)
        tf.compat.v1.assign(self.last, value=self.mean.value)
        self.sums.assign_sub(m * tf.cast(self.count.read_value(), 'float32'))
        return x - self.mean - self.sums
inp = Input((3,))
model = Model(inp, Dense(3, kernel_initializer='ones')(Track()(inp)))
model.compile('sgd', 'mse')
`)
  expect(problems).toEqual([])
  const [rows, targets] = [uniform([4, 3], -1, 1), uniform([4, 3], -1, 1)]
  await model.predict(rows)
  await model.fit(rows, targets, { epochs: 2, verbose: 0 })
  const means = [0, 1, 2].map((j) =>
    [0, 1, 2, 3].reduce((sum, i) => sum + (rows.data[3 * i + j] ?? 0) / 4, 0),
  )
  const [mean, sums, last, count] = (await model.getWeights()).map(({ data }) => data)
  expectClose(
    'mean',
    mean,
    means.map((m) => 0.75 * m),
    1e-6,
  )
  expectClose(
    'sums',
    sums,
    means.map((m) => 3 * m - (1 + 2 + 3) * m),
    1e-5,
  )
  expect(last).toEqual(mean)
  expect([...(count ?? [])]).toEqual([3])
})

test('a Lambda, with arguments and with several tensors', async () => {
  const { model, problems } = fromKeras(`
def scale(t, by=1.0):
    return t[:, -1] * by
inp = Input((5, 2))
last = Lambda(scale, arguments={'by': 2})(inp)
both = Lambda(lambda ts: K.concatenate([ts[0], ts[1]]))([last, Lambda(lambda t: tf.reduce_mean(t, axis=[1]), output_shape=(2,))(inp)])
model = Model(inp, both)
`)
  expect(problems).toEqual([])
  const input = Input([5, 2])
  const last = Lambda((t) => ops.multiply(ops.getItem(t, [null, -1]), 2))(input)
  const mean = Lambda((t) => ops.mean(t, [1]))(input)
  const expected = Model(
    input,
    Lambda((ts: readonly SymbolicTensor[]) => ops.concatenate(ts, -1))([last, mean]),
  )
  const [got, wanted] = [await model.predict(x), await expected.predict(x)]
  expect(got).toEqual(wanted)
})

test('what a class does not understand is said with its place, when the model is built or called', async () => {
  const { model } = fromKeras(`
class Net(keras.Model):
    def call(self, inputs):
        return tf.linalg.svd(inputs)
net = Net()
net.compile('adam', 'mse')
`)
  await expect(model.fit(x, y, { verbose: 0 })).rejects.toThrow(
    /line 4, column 16, tf.linalg.svd: "svd" is no function of tensors/,
  )
  const lambda = fromKeras(
    'inp = Input((3,))\nbad = Lambda(lambda t: t @ unknown_matrix)(inp)\nm = Sequential([Dense(2)])',
  )
  expect(lambda.problems).toEqual([
    {
      line: 2,
      column: 14,
      word: 'unknown_matrix',
      message: 'its value is not known. Give it: { values: { unknown_matrix: ... } }.',
    },
  ])
})
