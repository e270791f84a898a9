/** Training loops that texts write out: what they train is what the same text trains with `compile` and `fit`. */
import { beforeEach, describe, expect, test } from 'vitest'
import { fromKeras, type KerasCode } from '../../src/formats.ts'
import { clearSession, type LayersModel, setSeed, tensor } from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

beforeEach(clearSession)

const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const

const samples = waves(6, 2)
const targets = tensor(
  Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)),
  [6, 2],
)

const NET = `
import tensorflow as tf
from tensorflow import keras
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation='tanh'), keras.layers.Dense(2)])
`
const PARTS = `${NET}
optimizer = keras.optimizers.SGD(0.2)
loss_fn = keras.losses.MeanSquaredError()
`
const LOOP = `
for epoch in range(7):
    for x, y in train_dataset:
        loss = train_step(x, y)
`

/** What one text trains by `fit`, in weights and losses. */
async function trainedByFit(
  lines = '',
): Promise<readonly [weights: readonly number[], losses: readonly number[]]> {
  const { models } = fromKeras(
    `${NET}${lines}\nmodel.compile(optimizer=keras.optimizers.SGD(0.2), loss='mse')`,
  )
  const model = models.model as LayersModel
  fill(model, 1)
  const { history } = await model.fit(samples, targets, fitting)
  return [await weightsOf(model), history.loss as number[]]
}

const read = (text: string): KerasCode & { readonly trained: LayersModel } => {
  const code = fromKeras(text)
  expect(code.problems).toEqual([])
  return code as KerasCode & { readonly trained: LayersModel }
}

const FORMS: Readonly<Record<string, string>> = {
  'a function of a batch': `${PARTS}
@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss
${LOOP}`,
  'the body of a loop': `${PARTS}
for epoch in range(7):
    total = 0.0
    for step, (x, y) in enumerate(tqdm(train_dataset.take(100))):
        with tf.GradientTape() as tape:
            pred = model(x, training=True)
            loss = loss_fn(y, pred)
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply(grads, model.trainable_weights)
        total += float(loss)
        if step % 100 == 0:
            print(f'step {step}: {float(loss):.4f}')
`,
  'gradients of a function, which the loop applies': `${PARTS}
def grad(model, inputs, targets):
    with tf.GradientTape() as tape:
        loss_value = loss_fn(targets, model(inputs))
    return loss_value, tape.gradient(loss_value, model.trainable_variables)
loss_value, grads = grad(model, features, labels)
optimizer.apply_gradients(zip(grads, model.trainable_variables))
for epoch in range(7):
    for batch in train_dataset:
        x, y = batch
        loss_value, grads = grad(model, x, y)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
`,
  'rounds that draw their batches': `${PARTS}
n_steps = len(X_train) // 32
mean_loss = keras.metrics.Mean()
for epoch in range(1, 8):
    for step in range(1, n_steps + 1):
        idx = np.random.randint(len(X_train), size=32)
        X_batch, y_batch = X_train[idx], y_train[idx]
        with tf.GradientTape() as tape:
            noise = tf.random.normal([2]) * 0.0
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y_batch, model(X_batch, training=True) + noise))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        print_status_bar(step * 32, len(y_train), mean_loss, [])
`,
  'slices of the data': `${PARTS}
for epoch in range(7):
    for i in range(0, 96, 32):
        x = X_train[i:i + 32]
        y = y_train[i:i + 32]
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
`,
  'a method of an object': `${PARTS}
class Trainer:
    def __init__(self, net):
        self.net = net
        self.opt = optimizer
    def step(self, batch):
        x, y = batch
        with tf.GradientTape() as tape:
            loss = loss_fn(y, self.net(x, training=True))
        weights = self.net.trainable_variables
        self.opt.apply_gradients(zip(tape.gradient(loss, weights), weights))
    def train(self, dataset, epochs):
        for epoch in range(epochs):
            for batch in dataset:
                self.step(batch)
Trainer(model).train(train_dataset, 7)
`,
  'a model that is built by the step': `
import tensorflow as tf
from tensorflow import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(3, activation='tanh')
        self.out = keras.layers.Dense(2)
    def call(self, inputs):
        return self.out(self.hidden(inputs))
model = Net()
optimizer = keras.optimizers.SGD(0.2)
loss_fn = keras.losses.MeanSquaredError(reduction='none')
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(loss_fn(y, model(x, training=True)))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss
${LOOP}`,
}

onCpuFirst(() => {
  test.each(Object.entries(FORMS))('%s trains as fit does', async (_, text) => {
    const { trained, models, fit } = read(text)
    expect(fit).toEqual({ epochs: 7 })
    const model = models.model as LayersModel
    // One that was not called has weights when the first batch is there.
    if (!model.built) await trained.fit(samples, targets, { ...fitting, epochs: 1 })
    fill(model, 1)
    const [weights, losses] = await trainedByFit()
    const { history } = await trained.fit(samples, targets, fitting)
    expect((await weightsOf(model)).length).toBe(weights.length)
    for (const [i, value] of (await weightsOf(model)).entries()) expect(value).toBeCloseTo(weights[i] ?? 0, 5)
    for (const [i, value] of (history.loss ?? []).entries()) expect(value).toBeCloseTo(losses[i] ?? 0, 5)
  })

  test('what layers add to the loss, and gradients of a bounded norm, are of the step', async () => {
    const regularized = NET.replace('Dense(2)', "Dense(2, kernel_regularizer='l2')")
    const text = FORMS['the body of a loop'] as string
    const { trained, models } = read(
      text
        .replace(NET, regularized)
        .replace('loss_fn(y, pred)', 'loss_fn(y, pred) + sum(model.losses)')
        .replace(
          'optimizer.apply(',
          'grads, norm = tf.clip_by_global_norm(grads, 1e6)\n        optimizer.apply(',
        ),
    )
    const { models: others } = fromKeras(
      `${regularized}\nmodel.compile(optimizer=keras.optimizers.SGD(0.2), loss='mse')`,
    )
    const [model, other] = [models.model, others.model] as LayersModel[] as [LayersModel, LayersModel]
    fill(model, 1)
    fill(other, 1)
    const { history } = await trained.fit(samples, targets, fitting)
    const { history: expected } = await other.fit(samples, targets, fitting)
    const weights = await weightsOf(other)
    for (const [i, value] of (await weightsOf(model)).entries()) expect(value).toBeCloseTo(weights[i] ?? 0, 5)
    for (const [i, value] of (history.loss ?? []).entries())
      expect(value).toBeCloseTo(expected.loss?.[i] ?? 0, 5)
  })

  test('two networks train against each other, and metrics count', async () => {
    const { trained, fit, data } = read(`
import tensorflow as tf
from tensorflow.keras import layers
generator = tf.keras.Sequential([layers.Dense(2)])
discriminator = tf.keras.Sequential([layers.Dense(3, activation='relu'), layers.Dense(1)])
cross_entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)
optimizers = {'g': tf.keras.optimizers.Adam(1e-2), 'd': tf.keras.optimizers.Adam(1e-2)}
real_mean = tf.keras.metrics.Mean(name='real_mean')
@tf.function
def train_step(images):
    noise = tf.random.normal([tf.shape(images)[0], 4])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        fake = generator(noise, training=True)
        real_output = discriminator(images, training=True)
        fake_output = discriminator(fake, training=True)
        gen_loss = cross_entropy(tf.ones_like(fake_output), fake_output)
        disc_loss = cross_entropy(tf.ones_like(real_output), real_output) + cross_entropy(tf.zeros_like(fake_output), fake_output)
    g = gen_tape.gradient(gen_loss, generator.trainable_variables)
    d = disc_tape.gradient(disc_loss, discriminator.trainable_variables)
    optimizers['g'].apply_gradients(zip(g, generator.trainable_variables))
    optimizers['d'].apply_gradients(zip(d, discriminator.trainable_variables))
    real_mean(images)
def train(dataset, epochs):
    for epoch in range(epochs):
        for image_batch in dataset:
            train_step(image_batch)
        save_images(generator, epoch)
train(images, 50)
`)
    expect(fit).toEqual({ epochs: 50 })
    expect(data).toEqual({ x: 'dataset' })
    setSeed(3)
    const { history } = await trained.fit(samples, null, { ...fitting, epochs: 4 })
    expect(Object.keys(history).sort()).toEqual(['disc_loss', 'gen_loss', 'real_mean'])
    const mean = samples.data.reduce((sum, value) => sum + value, 0) / samples.data.length
    for (const value of history.real_mean ?? []) expect(value).toBeCloseTo(mean, 5)
    expect(history.disc_loss?.at(-1)).toBeLessThan(history.disc_loss?.[0] ?? 0)
  })
})

describe('what is told', () => {
  test('an update in no function of a batch is a problem, unless something is trained', () => {
    const text = `${PARTS}
with tf.GradientTape() as tape:
    loss = loss_fn(y_train, model(x_train))
optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
`
    const { problems, trained } = fromKeras(text)
    expect(trained).toBeNull()
    expect(problems.map(({ line, word, message }) => [line, word, message])).toEqual([
      [11, 'optimizer.apply_gradients', expect.stringContaining('def train_step(x, y)')],
    ])
    expect(fromKeras(`${text}model.compile(loss='mse')\nmodel.fit(x, y)`).problems).toEqual([])
  })

  test('two functions of a batch are one step, where a loop over batches calls both', () => {
    const two = (source: string): string => `${PARTS}
def train_a(x, y):
    optimizer.minimize(lambda: 0, model.trainable_variables)
def train_b(x, y):
    optimizer.minimize(lambda: 0, model.trainable_variables)
for ${source}
    train_a(x, y)
    train_b(x, y)
`
    const { trained, data, problems } = fromKeras(two('x, y in batches:'))
    expect(problems).toEqual([])
    expect([trained?.className, data]).toEqual(['train_step', { x: 'batches' }])
    expect(fromKeras(two('step in range(9):')).problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('train_a does so, too'),
    ])
  })

  test('what a step does not find has its place in the text', async () => {
    const { trained } = read(
      (FORMS['a function of a batch'] as string).replace('loss_fn(y, ', 'loss_fn(weights, '),
    )
    await expect(trained.fit(samples, targets, fitting)).rejects.toThrow(
      /Model "train_step"\.trainStep, line 12, column 24, weights: its value is not known/,
    )
  })

  test('batches of other parts are refused', async () => {
    const { trained } = read(FORMS['a function of a batch'] as string)
    await expect(trained.fit(samples, null, fitting)).rejects.toThrow(
      'Model "train_step".fit: expected batches of 2 parts, as train_step takes them, got 1. Call fit(x, y).',
    )
  })

  test('a fit behind a loop is what the text trains', () => {
    const { trained, models, fit } = read(
      `${FORMS['a function of a batch']}\nmodel.compile(loss='mse')\nmodel.fit(x, y, epochs=2)`,
    )
    expect([trained, fit]).toEqual([models.model, { epochs: 2 }])
  })
})
