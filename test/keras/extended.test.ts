/** Classes of a text that extend what layers are made of and what compile and fit take, and calls with options of their own. */
import { beforeEach, expect, test } from 'vitest'
import { clearSession, setBackend } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

test('a cell with two states, whose sizes are a property', async () => {
  const { model } = readKeras(`
class Two(keras.layers.Layer):
    @property
    def state_size(self):
        return [3, 4]
    def build(self, input_shape):
        self.k = self.add_weight(shape=(input_shape[-1], 3), initializer='ones', name='k')
        self.r = self.add_weight(shape=(3, 4), initializer=keras.initializers.Constant(0.5), name='r')
    def call(self, inputs, states, training=None):
        a, b = states
        a = tf.tanh(a + tf.matmul(inputs, self.k))
        b = b + a @ self.r
        return b, [a, b]
m = Sequential([Input((2, 2)), keras.layers.RNN(Two())])
`)
  const a1 = Math.tanh(0.3)
  const a2 = Math.tanh(a1 + 0.2)
  const { data } = await model.predict([
    [
      [0.1, 0.2],
      [0.3, -0.1],
    ],
  ])
  for (const value of data) expect(value).toBeCloseTo(1.5 * (a1 + a2), 5)
})

test('a cell that holds a cell runs as the layer does, and both ways', async () => {
  const { model } = readKeras(`
class Own(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = units
        self.inner = keras.layers.SimpleRNNCell(units, kernel_initializer='ones',
            recurrent_initializer=keras.initializers.Constant(0.25))
    def call(self, inputs, states):
        output, next_states = self.inner(inputs, states)
        return output, next_states
i = Input((3, 2))
own = Bidirectional(RNN(Own(4)))(i)
same = dict(kernel_initializer='ones', recurrent_initializer=keras.initializers.Constant(0.25))
m = Model(i, Subtract()([own, Bidirectional(SimpleRNN(4, **same))(i)]))
`)
  expect(model.countParams()).toBe(112)
  const { data } = await model.predict([
    [
      [0.1, 0.2],
      [0.3, -0.1],
      [0.2, 0.1],
    ],
  ])
  for (const value of data) expect(value).toBeCloseTo(0, 6)
})

test('calls of a layer with arguments of their own', async () => {
  const { model } = readKeras(`
class Att(Layer):
    def __init__(self):
        super().__init__()
        self.d = Dense(1, kernel_initializer='ones')
    def call(self, q, v, mask=None, scale=1.0, reverse=False, training=None):
        if reverse:
            return self.d(v) * scale
        return self.d(q) + scale * self.d(v)
att = Att()
a, b = Input((1,)), Input((1,))
m = Model([a, b], [att(a, v=b, scale=10.0), att(a, b, None, reverse=True), att(a, b)])
`)
  const results = await model.predict([[[1]], [[2]]])
  expect([results].flat().map(({ data }) => [...data])).toEqual([[21], [2], [3]])
})

test('losses, schedules, regularizers and callbacks of classes', async () => {
  const { model, fit } = readKeras(`
class Scaled(keras.losses.Loss):
    def __init__(self, by=1.0):
        super().__init__(name='scaled')
        self.by = by
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.abs(y_true - y_pred) * self.by, axis=-1)
class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, size, steps=4):
        super().__init__()
        self.size = tf.cast(size, tf.float32)
        self.steps = steps
    def __call__(self, step):
        step = tf.cast(step, tf.float32) + 1
        return tf.math.rsqrt(self.size) * tf.math.minimum(tf.math.rsqrt(step), step * (self.steps ** -1.5))
class Squares(keras.regularizers.Regularizer):
    def __init__(self, by):
        self.by = by
    def __call__(self, x):
        return self.by * tf.reduce_sum(tf.square(x))
class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        plt.plot(self.model.predict(x))
        if epoch > 0 and logs.get('loss') > 0:
            print('enough')
            self.model.stop_training = True
m = Sequential([Dense(1, kernel_initializer='ones', kernel_regularizer=Squares(0.5), input_shape=(2,))])
m.compile(keras.optimizers.SGD(Warmup(16)), loss=Scaled(2.0))
m.fit(x, y, epochs=9, callbacks=[Stop()])
`)
  const [x, y] = [[[1, 2]], [[0]]]
  expect(await model.evaluate(x, y, { verbose: 0 })).toBeCloseTo(2 * 3 + 0.5 * 2, 5)
  const { history } = await model.fit(x, y, { ...fit, verbose: 0 })
  expect(history.loss).toHaveLength(2)
  // The first step's rate is 1/4 · 4^-1.5; the slopes are 2x and w.
  expect(history.loss?.[1]).toBeCloseTo(
    2 * (1 - 3 / 32 + 2 * (1 - 5 / 32)) + 0.5 * ((1 - 3 / 32) ** 2 + (1 - 5 / 32) ** 2) - 2 / 16,
    5,
  )
})

test.each(['7', 'None'])('positions and masks of sizes, of %s time steps', async (steps) => {
  const { model } = readKeras(`
class Positions(layers.Layer):
    def __init__(self):
        super().__init__()
        self.pos = layers.Embedding(7, 2, embeddings_initializer='ones')
    def call(self, x):
        length = keras.ops.shape(x)[1]
        positions = tf.range(start=0, limit=length, delta=1)
        scale = ops.expand_dims(ops.cast(positions, 'float32'), -1)
        return x + self.pos(positions) * scale
def causal(batch, n):
    i = ops.arange(n)[:, None]
    mask = ops.reshape(ops.cast(i >= ops.arange(n) - n + n, 'float32'), [1, n, n])
    return ops.tile(mask, ops.concatenate([ops.expand_dims(batch, -1), ops.convert_to_tensor([1, 1])], 0))
class Sums(layers.Layer):
    def call(self, x):
        shape = ops.shape(x)
        return ops.matmul(causal(shape[0], shape[1]), x + ops.zeros((shape[1], 2)))
i = Input((${steps}, 2))
m = Model(i, Sums()(Positions()(i)))
`)
  const x = Array.from({ length: 2 }, () => Array.from({ length: 7 }, () => [1, 0]))
  const sums = [0, 1, 3, 6, 10, 15, 21].map((sum, n) => [n + 1 + sum, sum])
  expect((await model.predict(x)).toArray()).toEqual([sums, sums])
})
