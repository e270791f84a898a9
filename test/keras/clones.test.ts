/** Texts that copy models, and classes whose steps set the weights of a copy, as Keras's examples of averages and of target networks do. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, type LayersModel, type Tensor } from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { readKeras } from '../support/readKeras.ts'
import { waves } from '../support/steppedModels.ts'

beforeEach(async () => {
  clearSession()
  await chooseBackend('cpu')
})

test('a model, with what is made of it in other ways, and one of a class', () => {
  const { models, problems } = fromKeras(`
class Scaled(layers.Layer):
    def __init__(self, by=2, **kwargs):
        super().__init__(**kwargs)
        self.by = by
    def call(self, x):
        return x * self.by
class Own(keras.Model):
    def __init__(self, units=3):
        super().__init__()
        self.last = layers.Dense(units)
    def call(self, x):
        return self.last(x)

def other(layer):
    if isinstance(layer, layers.Dense):
        return layers.Dense(7, name=layer.name)
    return layer

model = keras.Sequential([keras.Input((4,)), layers.Dense(5, activation='relu'), layers.Lambda(lambda x: x * 2), Scaled(3)])
target = keras.models.clone_model(model)
wide = tf.keras.models.clone_model(model, clone_function=other)
own = Own(6)
copy = keras.models.clone_model(own)
copy.build((None, 2))
elsewhere = keras.models.clone_model(unknown)
`)
  expect(problems.map(({ word, message }) => `${word}: ${message}`)).toEqual([
    expect.stringMatching(/^keras.models.clone_model: reads a model of elsewhere: .*elsewhere: model/),
  ])
  const { model, target, wide, copy } = models as Record<string, LayersModel>
  expect(target?.layers.map(({ name }) => name)).toEqual(model?.layers.map(({ name }) => name))
  expect(target?.weights).toEqual(model?.weights)
  expect(target?.layers[0]).not.toBe(model?.layers[0])
  expect(wide?.outputs[0]?.shape).toEqual([null, 7])
  expect(wide?.layers[1]).toBe(model?.layers[1])
  expect(copy?.outputs[0]?.shape).toEqual([null, 6])
})

const averaged = (loss: string) => `
import math
import keras
from keras import layers, ops

class Averaged(keras.Model):
    def __init__(self):
        super().__init__()
        self.network = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation='tanh'), layers.Dense(2)])
        self.ema_network = keras.models.clone_model(self.network)

    def compile(self, **kwargs):
        super().compile(**kwargs)
        self.tracker = keras.metrics.Mean(name='l')

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, x):
        angle = ops.cast(ops.arccos(0.5), 'float32') * 3 / math.pi
        with tf.GradientTape() as tape:
            loss = self.loss(x * angle, self.network(x, training=True))
        gradients = tape.gradient(loss, self.network.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_weights))
        self.tracker.update_state(loss)
        for weight, ema_weight in zip(self.network.weights, self.ema_network.weights):
            ema_weight.assign(0.75 * ema_weight + (1 - 0.75) * weight)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, x):
        self.tracker.update_state(self.loss(x, self.ema_network(x, training=False)))
        return {m.name: m.result() for m in self.metrics}

def rows(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=-1)

model = Averaged()
model.compile(optimizer=keras.optimizers.SGD(0.1), loss=${loss})
`

onEachBackend(() => {
  test.each(['keras.losses.mean_squared_error', 'rows', 'keras.losses.MeanSquaredError(reduction="sum")'])(
    'an average follows, of inputs alone, with %s',
    async (loss) => {
      const { model } = readKeras(averaged(loss)) as { readonly model: LayersModel }
      const [network, average] = model.layers as unknown as LayersModel[]
      const x = waves(4, 2)
      let expected = await weightsOf(average as never)
      for (let step = 0; step < 3; step++) {
        await model.trainOnBatch(x, null)
        const now = await weightsOf(network as never)
        expected = expected.map((value, i) => 0.75 * value + 0.25 * (now[i] ?? 0))
        const found = await weightsOf(average as never)
        for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5)
      }
      const { history } = await model.fit(x, null, { ...quiet, epochs: 2, validationData: x })
      expect(Object.keys(history)).toEqual(['l', 'val_l'])
      expect(await model.evaluate(x, null, quiet)).toBeCloseTo(history.val_l?.at(-1) ?? Number.NaN, 5)
      const [, output] = [x, await (average as LayersModel).predict<Tensor>(x)]
      expect(output.shape).toEqual([4, 2])
    },
  )
})

test('means of segments, as graphs have them', async () => {
  const { model } = readKeras(`
class Neighbours(layers.Layer):
    def call(self, x):
        nodes = ops.take(x, [1, 2, 0, 1], axis=1)
        nodes = ops.transpose(nodes, [1, 0, 2])
        return ops.transpose(tf.math.unsorted_segment_mean(nodes, [0, 1, 2, 2], num_segments=4), [1, 0, 2])
i = keras.Input((3, 1))
model = keras.Model(i, Neighbours()(i))
`)
  const { data } = await (model as LayersModel).predict<Tensor>([[[1], [5], [9]]])
  expect([...data]).toEqual([5, 9, 3, 0])
})

test('isinstance knows classes of Keras, those of the text, and what they extend', () => {
  const { models, problems } = fromKeras(`
class Own(layers.Dense):
    pass
model = keras.Sequential([
    keras.Input((4, 3)), layers.BatchNormalization(), layers.LSTM(5, return_sequences=True), layers.Bidirectional(layers.GRU(2)), layers.Dense(2)])
for layer in model.layers:
    if isinstance(layer, (layers.BatchNormalization, layers.RNN)):
        layer.trainable = False
known = [isinstance(layer, layers.Layer) for layer in model.layers]
known += [isinstance(model, keras.Model), isinstance(model, keras.Sequential), isinstance(model.output, keras.KerasTensor)]
known += [isinstance(model.layers[2], layers.Wrapper), isinstance(Own(3), layers.Dense)]
wrong = [isinstance(model.layers[0], layers.Dense), isinstance(model, keras.Functional), isinstance(model.output, layers.Layer)]
wrong += [isinstance(model.layers[0], keras.Model), isinstance(model.layers[2], layers.RNN), isinstance(Own(3), layers.LSTM)]
count = keras.Sequential([keras.Input((2,)), layers.Dense(10 * sum([int(x) for x in known]) + sum([int(x) for x in wrong]))])
`)
  expect(problems).toEqual([])
  expect(models.model?.layers.map(({ trainable }) => trainable)).toEqual([false, false, true, true])
  expect(models.count?.outputs[0]?.shape).toEqual([null, 90])
})

test('weights of the same paths are each itself, and what is not here of a copy is told', async () => {
  const { model } = readKeras(`
class Twins(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.Sequential([keras.Input((2,)), layers.Dense(1, use_bias=False, name='d')])
        self.second = keras.models.clone_model(self.first)
    def train_step(self, x):
        loss = ops.mean(self.first(x) * 0)
        self.optimizer.apply_gradients(zip([w * 0 for w in self.first.trainable_weights], self.first.trainable_weights))
        a, b = self.weights
        b.assign(3 * b + 0 * a)
        return {'loss': loss}
model = Twins()
model.build((None, 2))
model.compile(keras.optimizers.SGD())
`) as { readonly model: LayersModel }
  const before = (await model.getWeights()).map(({ data }) => [...data])
  await model.trainOnBatch(waves(4, 2), null)
  const after = (await model.getWeights()).map(({ data }) => [...data])
  expect(after[0]).toEqual(before[0])
  for (const [i, value] of (after[1] ?? []).entries())
    expect(value).toBeCloseTo(3 * (before[1]?.[i] ?? Number.NaN), 5)
  const { problems } = fromKeras(
    'm = keras.Sequential([keras.Input((2,)), layers.Dense(1)])\nc = keras.models.clone_model(m, call_function=lambda layer, x: layer(x))',
  )
  expect(problems.map(({ word, message }) => `${word} ${message}`)).toEqual([
    expect.stringMatching(/is not here: the layers of a copy are called as those of the model are/),
  ])
})
