/** Classes of a text that extend Metric, in compile and in steps of a model's own. Histories are Keras's. */
import { beforeEach, expect, test } from 'vitest'
import { clearSession, setBackend } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const rows = (count: number, columns: number, by: number): number[][] =>
  Array.from({ length: count }, (_, row) =>
    Array.from({ length: columns }, (_, column) => (row * columns + column) / by),
  )

const x = rows(5, 3, 7)
const y = rows(5, 2, 5)
const settings = { epochs: 2, batchSize: 2, shuffle: false, verbose: 0 } as const

const metrics = `
class Huber(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros", dtype="int32")
    def error(self, y_true, y_pred):
        error = y_true - y_pred
        small = ops.abs(error) <= self.threshold
        return ops.where(small, ops.square(error) / 2, self.threshold * ops.abs(error) - self.threshold**2 / 2)
    def update_state(self, y_true, y_pred, sample_weight=None):
        errors = self.error(y_true, y_pred)
        if sample_weight is not None:
            errors = errors * ops.reshape(sample_weight, (-1, 1))
        self.total.assign_add(ops.sum(errors))
        self.count.assign_add(ops.shape(y_pred)[0])
    def result(self):
        return self.total / ops.cast(self.count, "float32")
    def reset_state(self):
        self.total.assign(0.0)
        self.count.assign(0)
    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
class Range(keras.metrics.Metric):
    def __init__(self):
        super().__init__()
        self.low = self.add_variable(shape=(2,), initializer=keras.initializers.Constant(1e9), name="low")
        self.high = self.add_variable(shape=(2,), initializer=keras.initializers.Constant(-1e9), name="high")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.low.assign(ops.minimum(self.low, ops.min(y_pred, axis=0)))
        self.high.assign(ops.maximum(self.high, ops.max(y_pred, axis=0)))
    def result(self):
        return {"low": ops.min(self.low), "high": ops.max(self.high)}
`

test('count on the device as their methods say, with weights, and from where reset_state sets them', async () => {
  const { model } = readKeras(`${metrics}
m = keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_initializer=keras.initializers.Constant(0.5))])
m.compile(keras.optimizers.SGD(0.05), "mse", metrics=[Huber(0.7), Range()], weighted_metrics=[Huber(threshold=0.3, name="weighted")])
`)
  const { history } = await model.fit(x, y, { ...settings, sampleWeight: [1, 0.5, 2, 0, 1] })
  const keras = {
    loss: [0.30964, 0.035474],
    huber: [0.379493, 0.045083],
    low: [0, 0],
    high: [2.609275, 2.110423],
    weighted: [0.207416, 0.035443],
  }
  expect(Object.keys(history).sort()).toEqual(Object.keys(keras).sort())
  for (const [name, values] of Object.entries(keras))
    values.forEach((value, epoch) => {
      expect(history[name]?.[epoch], `${name} ${epoch}`).toBeCloseTo(value, 5)
    })
})

test('count in a step that calls them', async () => {
  const step = `
class Stepping(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(2, kernel_initializer=keras.initializers.Constant(0.5))
        self.huber = Huber(0.7)
    def call(self, x):
        return self.dense(x)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = ops.mean(ops.square(y - y_pred))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.huber.update_state(y, y_pred)
        return {"loss": loss, "huber": self.huber.result()}
    @property
    def metrics(self):
        return [self.huber]
m = Stepping()
m.compile(keras.optimizers.SGD(0.05), "mse")
`
  const { model } = readKeras(`${metrics}${step}`)
  const { history } = await model.fit(x, y, settings)
  const usual = readKeras(`${metrics}
m = keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_initializer=keras.initializers.Constant(0.5))])
m.compile(keras.optimizers.SGD(0.05), "mse", metrics=[Huber(0.7)])
`)
  const expected = await usual.model.fit(x, y, settings)
  expect(history.huber?.length).toBe(2)
  history.huber?.forEach((value, epoch) => {
    expect(value).toBeCloseTo(expected.history.huber?.[epoch] ?? Number.NaN, 6)
  })
})

test("of elsewhere are the model's where its property names them", async () => {
  const { model } = readKeras(`
loss_fn = keras.losses.SparseCategoricalCrossentropy()
loss_tracker = keras.metrics.Mean(name="loss")
class CustomModel(keras.Model):
    def train_step(self, data):
        inputs, targets = data
        with tf.GradientTape() as tape:
            predictions = self(inputs, training=True)
            loss = loss_fn(targets, predictions)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        loss_tracker.update_state(loss)
        return {"loss": loss_tracker.result()}
    @property
    def metrics(self):
        return [loss_tracker]
inputs = keras.Input(shape=(3,))
outputs = layers.Dense(2, activation="softmax", kernel_initializer=keras.initializers.Identity())(inputs)
model = CustomModel(inputs, outputs)
model.compile(optimizer=keras.optimizers.SGD(0.5))
`)
  const data = Array.from({ length: 4 }, (_, i) => [i / 4, (i * i) / 7, 1 - i / 3])
  const { history } = await model.fit(data, [0, 1, 1, 0], settings)
  expect(Object.keys(history)).toEqual(['loss'])
  for (const [epoch, loss] of [0.786715, 0.758645].entries())
    expect(history.loss?.[epoch]).toBeCloseTo(loss, 5)
})

test('that extend one of Keras count what they hand on', async () => {
  const { model } = readKeras(`
class Huber(keras.metrics.Mean):
    def __init__(self, threshold=1.0, name='huber', dtype=None):
        self.threshold = threshold
        super().__init__(name, dtype)
    def error(self, y_true, y_pred):
        error = ops.abs(y_true - y_pred)
        return ops.where(error <= self.threshold, error ** 2 / 2, self.threshold * error - self.threshold ** 2 / 2)
    def update_state(self, y_true, y_pred, sample_weight=None):
        super(Huber, self).update_state(self.error(y_true, y_pred), sample_weight)
    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
class Within(keras.metrics.MeanSquaredError):
    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(ops.clip(y_true, 0, 1), ops.clip(y_pred, 0, 1), sample_weight=sample_weight)
class ClassIoU(keras.metrics.IoU):
    def __init__(self):
        super().__init__(num_classes=2, target_class_ids=[1], name='iou')
    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(ops.cast(y_true > 0.5, 'int32'), ops.cast(y_pred > 0.5, 'int32'), sample_weight)
m = keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_initializer=keras.initializers.Constant(0.5))])
m.compile(keras.optimizers.SGD(0.05), "mse", metrics=[Huber(0.7), Within(name='within'), ClassIoU()], weighted_metrics=[Huber(threshold=0.3, name="weighted")])
`)
  const { history } = await model.fit(x, y, { ...settings, sampleWeight: [1, 0.5, 2, 0, 1] })
  const keras = {
    loss: [0.30964, 0.035474],
    huber: [0.189746, 0.022541],
    within: [0.036122, 0.007698],
    iou: [0.875, 0.875],
    weighted: [0.115231, 0.019691],
  }
  expect(Object.keys(history).sort()).toEqual(Object.keys(keras).sort())
  for (const [name, values] of Object.entries(keras))
    values.forEach((value, epoch) => {
      expect(history[name]?.[epoch], `${name} ${epoch}`).toBeCloseTo(value, 5)
    })
})

test.each([
  ['pass', /Counting: has an update_state that does not call super\(\).update_state/],
  [
    'super().update_state(y_true, y_pred)\n        super().update_state(y_true, y_pred)',
    /is called twice: a metric counts once in a step/,
  ],
  ['super().update_state(y_true[:, :1], y_pred)', /targets/],
])('that hand on what cannot be counted say so: %s', async (line, message) => {
  const { model } = readKeras(`
class Counting(keras.metrics.MeanSquaredError):
    def update_state(self, y_true, y_pred, sample_weight=None):
        ${line}
m = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
m.compile('sgd', 'mse', metrics=[Counting()])
`)
  await expect(model.fit(x, y, settings)).rejects.toThrow(message)
})
