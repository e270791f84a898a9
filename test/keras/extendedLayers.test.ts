/** Classes of a text that extend a layer of Keras and compute something else, and steps of a model's own. */
import { beforeEach, describe, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, setBackend } from '../../src/index.ts'
import { SteppedModel } from '../../src/models/steppedModel.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

describe('classes that extend a layer', () => {
  test('compute by super().call, with options of both', async () => {
    const { model } = readKeras(`
class Scaled(keras.layers.Dense):
    def __init__(self, units, by=2.0, **kwargs):
        super().__init__(units, **kwargs)
        self.by = by
    def call(self, inputs):
        return super().call(inputs) * self.by + self.units
i = Input((3,))
m = Model(i, Scaled(2, by=3.0, kernel_initializer='ones', name='scaled')(i))
`)
    expect(model.layers.map(({ name }) => name)).toEqual(['input_layer', 'scaled'])
    expect(model.countParams()).toBe(8)
    expect((await model.predict([[1, 2, 3]])).toArray()).toEqual([[20, 20]])
  })

  test('hand masks and states on, and are made as the layer is where they have no __init__', async () => {
    const text = (name: string, body: string) => `
class Own(LSTM):
    def call(self, x, mask=None, training=None, initial_state=None):
        out = super(Own, self).call(x, mask=mask, training=training, initial_state=initial_state)
        return out[:, -1]
m = Sequential([Input((3, 2)), Masking(), ${name}(4, ${body}kernel_initializer='ones', recurrent_initializer='zeros')])
`
    const x = [
      [
        [1, 2],
        [0.5, 0.25],
        [0, 0],
      ],
    ]
    const own = readKeras(text('Own', 'return_sequences=True, '))
    const got = (await own.model.predict(x)).toArray()
    clearSession()
    expect(got).toEqual((await readKeras(text('LSTM', '')).model.predict(x)).toArray())
  })

  test('are cells where they extend a cell', async () => {
    const { model } = readKeras(`
class Half(keras.layers.SimpleRNNCell):
    def call(self, inputs, states, training=None):
        out, states = super().call(inputs, states)
        return out * 0.5, states
i = Input((3, 2))
same = dict(kernel_initializer='ones', recurrent_initializer=keras.initializers.Constant(0.25))
m = Model(i, Subtract()([keras.layers.RNN(Half(4, **same))(i), SimpleRNN(4, **same)(i) * 0.5]))
`)
    const x = [
      [
        [0.1, 0.2],
        [0.3, -0.1],
        [0.2, 0.1],
      ],
    ]
    expect((await model.predict(x)).data.every((value) => Math.abs(value) < 1e-6)).toBe(true)
  })

  test('compute as the layer does where only their masks are their own', async () => {
    const { model } = readKeras(`
class Twice(Lambda):
    def __init__(self, **kwargs):
        super(Twice, self).__init__(lambda x: x * 2, **kwargs)
        self.supports_masking = True
    def compute_mask(self, input, input_mask=None):
        return None
m = Sequential([Input((2,)), Twice(name='twice')])
`)
    expect((await model.predict([[1, 2]])).toArray()).toEqual([[2, 4]])
  })
})

test('weights of a layer are tensors: an Embedding that is tied to the output trains by both its uses', async () => {
  const { model } = readKeras(`
class Tied(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.table = layers.Embedding(5, 2, embeddings_initializer='ones')
    def call(self, inputs, reverse=False):
        if reverse:
            return ops.matmul(inputs, ops.transpose(self.table.embeddings))
        return self.table(inputs)
tied = Tied()
i = Input((1,), dtype='int32')
m = Model(i, tied(tied(i), reverse=True))
m.compile(keras.optimizers.SGD(0.01), 'mse')
`)
  expect(model.countParams()).toBe(10)
  await model.fit([[0]], [[[1, 0, 0, 0, 0]]], { verbose: 0 })
  const { data } = await model.predict([[0]])
  // The slopes of the looked-up row are 0.4 as an output and 3.6 as an input, those of others 0.8.
  for (const [i, value] of data.entries()) expect(value).toBeCloseTo(2 * 0.96 * (i === 0 ? 0.96 : 0.992), 5)
})

describe('steps of a class', () => {
  const read = (...lines: readonly string[]) =>
    fromKeras(`
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(1)
    def call(self, x):
        return self.dense(x)
    def train_step(self, data):
${lines.map((line) => `        ${line}`).join('\n')}
m = Net()
m.compile('adam', 'mse')
`)
  const hooksOf = (...lines: readonly string[]) => {
    const { model, problems } = read(...lines)
    expect(problems).toEqual([])
    return model instanceof SteppedModel ? model.ownHooks : null
  }

  test.each([
    [
      'loss = self.compute_loss(y=y, y_pred=y_pred)',
      'gradients = tape.gradient(loss, self.trainable_variables)',
      'self.optimizer.apply(gradients, self.trainable_variables)',
    ],
    [
      'loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)',
      'weights = self.trainable_weights',
      'gradients = tape.gradient(loss, weights)',
      'self.optimizer.apply_gradients(zip(gradients, weights))',
      'self.compiled_metrics.update_state(y, y_pred)',
    ],
  ])('that are those of Keras are none', (loss, ...others) => {
    const step = [
      'x, y = data',
      'with tf.GradientTape() as tape:',
      '    y_pred = self(x, training=True)',
      `    ${loss}`,
      ...others,
      'for metric in self.metrics:',
      '    if metric.name == "loss":',
      '        metric.update_state(loss)',
      '    else:',
      '        metric.update_state(y, y_pred)',
      'return {m.name: m.result() for m in self.metrics}',
    ]
    expect(hooksOf(...step)).toEqual([])
  })

  test.each([
    [['return super().train_step(change(data))']],
    [
      [
        'x, y = data',
        'with tf.GradientTape() as tape:',
        '    loss = keras.losses.mse(y, self(x))',
        'gradients = tape.gradient(loss, self.trainable_variables)',
        'self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))',
      ],
    ],
    [
      [
        'x, y = data',
        'with tf.GradientTape() as tape:',
        '    loss = self.compute_loss(y=y, y_pred=self(x)) * 2',
        'gradients = tape.gradient(loss, self.trainable_variables)',
        'self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))',
      ],
    ],
    [['x, y = data', 'loss = self.compute_loss(y=y, y_pred=self(x))']],
    [
      [
        'x, y = data',
        'with tf.GradientTape() as tape:',
        '    loss = self.compute_loss(y=y, y_pred=self(x))',
        'gradients = tape.gradient(loss, self.trainable_variables)',
        'self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))',
        'self.tracker.update_state(loss)',
        'return {m.name: m.result() for m in self.metrics}',
      ],
    ],
  ])("others are the model's: %s", (step) => {
    expect(hooksOf(...step)).toEqual(['trainStep'])
  })
})
