/** What whole scripts have around their models: flags, strategies, bars of progress, several files, mistakes. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, type LayersModel, setBackend, tensor } from '../../src/index.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const samples = waves(6, 4)
const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const

const NET = `
model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation='tanh'), layers.Dense(4)])
optimizer = keras.optimizers.SGD(0.2)
loss_fn = keras.losses.MeanSquaredError()
def train_step(inputs):
    x, y = inputs
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss
`

/** The weights that a text's loop trains. */
async function trainedBy(text: string): Promise<readonly [weights: readonly number[], fit: object | null]> {
  const { models, trained, fit, problems } = fromKeras(text)
  expect(problems).toEqual([])
  fill(models.model as LayersModel, 1)
  await (trained as LayersModel).fit(samples, samples, fitting)
  return [await weightsOf(models.model as LayersModel), fit]
}

test('a step that a strategy runs is the step', async () => {
  const plain = await trainedBy(`${NET}
for epoch in range(4):
    for batch in dataset:
        train_step(batch)
`)
  const spread = await trainedBy(`
strategy = tf.distribute.MirroredStrategy()
size = 8 * strategy.num_replicas_in_sync
with strategy.scope():
${NET.replaceAll('\n', '\n    ')}
distributed = strategy.experimental_distribute_dataset(dataset.batch(size))
@tf.function
def distributed_step(inputs):
    losses = strategy.run(train_step, args=(inputs,))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)
for epoch in range(4):
    total = 0.0
    for batch in distributed:
        total += distributed_step(batch)
`)
  expect(spread).toEqual(plain)
  expect(plain[1]).toEqual({ epochs: 4 })
})

test('bars of progress go through what they are given', async () => {
  const [, fit] = await trainedBy(`
from tqdm.notebook import tqdm, trange
${NET}
bar = tqdm(range(5), desc='epochs')
for epoch in bar:
    for batch in tqdm(dataset):
        train_step(batch)
    bar.set_description('done')
`)
  expect(fit).toEqual({ epochs: 5 })
  const text = `
import tqdm
${NET}
with tqdm.trange(1, 6 + 1, desc='epochs') as epochs:
    for epoch in epochs:
        with tqdm.trange(1, len(x_train) // 3 + 1) as steps:
            for step in steps:
                x_batch, y_batch = random_batch(x_train, y_train)
                train_step((x_batch, y_batch))
                steps.set_postfix(loss=1)
`
  const { trained, data, fit: rounds, problems } = fromKeras(text)
  expect(problems).toEqual([])
  expect(rounds).toEqual({ epochs: 6 })
  expect(data).toEqual({ x: 'x_batch', y: 'y_batch' })
  expect(trained).not.toBeNull()
})

test('a model that holds all others of a step knows what they add to the loss', async () => {
  const { trained, models, problems } = fromKeras(`
lower = keras.Sequential([layers.Dense(3, kernel_regularizer='l2', input_shape=(4,))])
upper = keras.Sequential([layers.Dense(4)])
model = keras.Sequential([lower, upper])
slow, fast = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.2)
for x, y in dataset:
    with tf.GradientTape(persistent=True) as tape:
        main_loss = tf.reduce_mean(keras.losses.mse(y, model(x)))
        loss = tf.add_n([main_loss] + model.losses)
    for part, optimizer in ((lower, slow), (upper, fast)):
        grads = tape.gradient(loss, part.trainable_variables)
        optimizer.apply_gradients(zip(grads, part.trainable_variables))
    del tape
`)
  expect(problems).toEqual([])
  const whole = models.model as LayersModel
  fill(whole, 1)
  const [kernel] = await whole.getWeights()
  const squares = Array.from(kernel?.data ?? []).reduce((sum, value) => sum + value ** 2, 0)
  const predicted = (await whole.predict(samples)) as { readonly data: ArrayLike<number> }
  const error = Array.from(samples.data).reduce(
    (sum, value, i) => sum + (value - (predicted.data[i] ?? 0)) ** 2 / samples.data.length,
    0,
  )
  const { history } = await (trained as LayersModel).fit(samples, samples, { ...quiet, batchSize: 6 })
  expect(history.loss?.[0]).toBeCloseTo(error + 0.01 * squares, 5)
})

test('batches of data whose shape is known are the batches of a loop', async () => {
  const { trained, data, problems } = fromKeras(`
import numpy as np
generator = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
discriminator = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation='sigmoid')])
discriminator.compile('sgd', 'binary_crossentropy')
discriminator.trainable = False
noise = keras.Input((3,))
gan = keras.Model(noise, discriminator(generator(noise)))
gan.compile('sgd', 'binary_crossentropy')
x_train = x_train.reshape((x_train.shape[0],) + (4,)).astype('float32') / 255.
start = 0
for step in range(100):
    noise = np.random.normal(size=(2, 3))
    real = x_train[start: start + 2]
    images = np.concatenate([generator.predict(noise), real])
    discriminator.train_on_batch(images, np.concatenate([np.ones((2, 1)), np.zeros((2, 1))]))
    gan.train_on_batch(noise, np.zeros((2, 1)))
    start += 2
    if start > len(x_train) - 2:
        start = 0
`)
  expect(problems).toEqual([])
  expect(data).toEqual({ x: 'real' })
  const { history } = await (trained as LayersModel).fit(samples, null, { ...quiet, batchSize: 2 })
  expect(Object.keys(history).sort()).toEqual(['discriminator_loss', 'gan_loss'])
})

test('flags of a script that nobody gives decide its branches, and are asked for where a number is needed', () => {
  const text = `
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('-w', '--weights', help='h5')
parser.add_argument('--plot', action='store_true')
parser.add_argument('--units', type=int)
parser.add_argument('--rate', type=float, default=0.5)
args = parser.parse_args()
weights = args.weights
model = keras.Sequential([keras.Input((4,)), layers.Dropout(args.rate), layers.Dense(args.units or 7)])
if args.weights:
    model = keras.models.load_model(args.weights)
if weights is not None:
    model.load_weights(weights)
if args.units is None:
    model.add(layers.Dense(3))
`
  const { model, problems } = fromKeras(text)
  expect(problems).toEqual([])
  expect(model.layers.map(({ config }) => (config as { readonly units?: number }).units)).toEqual([
    undefined,
    7,
    3,
  ])
  expect(() => fromKeras(text.replace(' or 7', ''))).toThrow('Give it: { values: { units: ... } }')
  expect(fromKeras(text, { values: { units: 5 } }).model.layers).toHaveLength(2)
})

test('a file of a text has what another imports', () => {
  const { model, problems } = fromKeras(`
class Scale(layers.Layer):
    def call(self, x):
        return 2.0 * x
from scaling import Scale, other
model = keras.Sequential([keras.Input((4,)), Scale()])
`)
  expect(problems).toEqual([])
  expect(model.layers[0]?.className).toBe('Scale')
})

test('functions that nothing calls get what they can be given by name alone', () => {
  const { models, problems } = fromKeras(
    'def build(size, *, features, units=8):\n    i = keras.Input((size, features))\n    return keras.Model(i, layers.LSTM(units)(i))',
    { values: { size: 5, features: 3 } },
  )
  expect(problems).toEqual([])
  expect(models.build?.inputs[0]?.shape).toEqual([null, 5, 3])
})

test('what a function may be given decides how it is called', () => {
  const { model, problems } = fromKeras(`
import inspect
def twice(x, scale=2.0):
    return x * scale
i = keras.Input((3,))
x = i
for layer in [layers.Dense(4), layers.Dropout(0.5)]:
    flag = 'training' in dict(inspect.signature(layer.call).parameters)
    x = layer(x, training=True) if flag else layer(x)
x = twice(x, scale=3.0) if 'scale' in inspect.signature(twice).parameters else x
model = keras.Model(i, x)
`)
  expect(problems).toEqual([])
  expect(model.outputs[0]?.shape).toEqual([null, 4])
})

test('one extent stands for a shape, and types in which nothing computes are told', () => {
  const { models, problems } = fromKeras(`
a = keras.Input(shape=(7), dtype=tf.float64)
b = keras.Input(3)
model = keras.Model([a, b], [layers.Dense(2)(a), layers.Dense(2)(b)])
other = keras.Sequential([layers.Dense(2, input_shape=(5))])
`)
  expect(problems.map(({ line, word, message }) => [line, word, message])).toEqual([
    [2, 'dtype', 'float64 is computed as float32'],
  ])
  expect(models.model?.inputs.map(({ shape }) => shape)).toEqual([
    [null, 7],
    [null, 3],
  ])
  expect(models.other?.inputs[0]?.shape).toEqual([null, 5])
})

test('what a statement is refused is a problem there, and the rest is read', async () => {
  const { model, problems } = fromKeras(`
class Table(layers.Layer):
    def __init__(self, dtype=tf.string):
        super().__init__(dtype=dtype)
    def call(self, x):
        return x
class Unnamed(keras.Model):
    def __init__(self):
        super().__init__(name='')
    def call(self, x):
        return x
open_model = keras.Sequential([layers.Dense(3)])
count = open_model.count_params()
open_model.set_weights(open_model.get_weights())
def total():
    return open_model.count_params()
units = total()
Table()
Unnamed()
model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
model.compile('sgd', 'mse')
`)
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [4, expect.stringMatching(/expected dtype to be one of/)],
    [13, expect.stringMatching(/a known input shape/)],
    [14, expect.stringMatching(/a known input shape/)],
    [16, expect.stringMatching(/a known input shape/)],
  ])
  const loss = await model.evaluate(tensor([1, 2], [1, 2]), tensor([1, 2, 3], [1, 3]), { verbose: 0 })
  expect(loss).toBeGreaterThan(0)
})
