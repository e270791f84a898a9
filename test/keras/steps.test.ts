/**
 * Texts whose classes say their steps themselves, as Keras's guides have them: what they train is what Keras trains (stepsOfKeras.json),
 * and what the lines of such a text here train.
 */
import { readFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, type LayersModel, register, type Tensor } from '../../src/index.ts'
import { chooseBackend, onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { readKeras } from '../support/readKeras.ts'
import { fill, noise, waves } from '../support/steppedModels.ts'
import keras from '../support/stepsOfKeras.json' with { type: 'json' }

beforeEach(clearSession)

const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const

/** A text of test/support/kerasSteps. */
const text = (name: string): string =>
  readFileSync(new URL(`../support/kerasSteps/${name}.py`, import.meta.url), 'utf8')

/** A model between inputs and outputs, of a class with the steps of Keras's guide. */
const textOf = (Class: string, metrics: string): string =>
  text('custom').replace('CLASS', Class).replace('METRICS', metrics)

function modelsOf(code: string): Readonly<Record<string, LayersModel>> {
  const { models, problems } = fromKeras(code)
  expect(problems).toEqual([])
  return models
}

function expectClose(found: readonly number[] | undefined, expected: readonly number[], digits = 5): void {
  expect(found?.length).toBe(expected.length)
  for (const [i, value] of (found ?? []).entries())
    expect(value).toBeCloseTo(expected[i] ?? Number.NaN, digits)
}

function expectHistory(
  history: Readonly<Record<string, readonly number[] | undefined>>,
  expected: Readonly<Record<string, readonly number[]>>,
): void {
  expect(Object.keys(history).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, values] of Object.entries(expected)) expectClose(history[name], values)
}

onCpuFirst(() => {
  test.each([
    ['gan', 'gan_sgd', 'each by an optimizer of its own'],
    ['wgan', 'wgan_gp', 'with a gradient penalty'],
  ] as const)('%s: a generator and its critic train as in Keras (%s), %s', async (name, recorded, _how) => {
    const models = modelsOf(text(name)) as Record<string, LayersModel>
    const [gan, generator, discriminator] = [name, 'generator', 'discriminator'].map(
      (each) => models[each] as LayersModel,
    ) as [LayersModel, LayersModel, LayersModel]
    fill(generator, 1)
    fill(discriminator, 50)
    const { history } = await gan.fit(waves(5, 2), noise, fitting)
    expectHistory(history, keras[recorded].history)
    expectClose(await weightsOf(generator), keras[recorded].generator)
    expectClose(await weightsOf(discriminator), keras[recorded].discriminator)
  })

  test.each([
    ['of today', 'scale_loss', (grads: string) => grads],
    ['of Keras 2', 'get_scaled_loss', (grads: string) => `self.OPT.get_unscaled_gradients(${grads})`],
  ] as const)(
    'losses are scaled by the words %s, which changes nothing of what is learned',
    async (_, scale, unscaled) => {
      const scaling = text('gan')
        .replace(
          /optimizer=(keras\.optimizers\.SGD\(.*\))/g,
          'optimizer=keras.mixed_precision.LossScaleOptimizer($1)',
        )
        .replace(
          /([dg])_loss = self.loss_fn\(.*\)/g,
          `$&\n            scaled = self.$1_optimizer.${scale}($1_loss)`,
        )
        .replace(/tape.gradient\(([dg])_loss, (.*)\)/g, (_all, which: string, weights: string) =>
          unscaled(`tape.gradient(scaled, ${weights})`).replace('OPT', `${which}_optimizer`),
        )
      const { gan, generator, discriminator } = modelsOf(scaling) as Record<string, LayersModel>
      fill(generator as LayersModel, 1)
      fill(discriminator as LayersModel, 50)
      await (gan as LayersModel).fit(waves(5, 2), noise, fitting)
      expectClose(await weightsOf(generator as LayersModel), keras.gan_sgd.generator)
      expectClose(await weightsOf(discriminator as LayersModel), keras.gan_sgd.discriminator)
    },
  )

  test('steps of a model of inputs and outputs train what compile would', async () => {
    const [x, y] = [waves(5, 2), waves(5, 1)]
    const options = { ...fitting, sampleWeight: [1, 0.5, 2, 1, 0.25] }
    const { model: usual } = readKeras(textOf('keras.Model', "['mae']"))
    fill(usual, 1)
    const expected = await usual.fit(x, y, options)
    const { model } = readKeras(textOf('CustomModel', 'None'))
    fill(model, 1)
    const { history } = await model.fit(x, y, options)
    expect(Object.keys(history)).toEqual(['loss', 'mae'])
    expectClose(await weightsOf(model), await weightsOf(usual))
    // Keras's own mean weighs batches by their samples, a tracker of the text's has one value of each.
    expect(history.loss?.length).toBe(expected.history.loss?.length)
    expectClose(history.mae, expected.history.mae ?? [], 6)
    const [loss, mae] = (await model.evaluate(x, y, { ...quiet, batchSize: 5 })) as number[]
    expectClose([loss ?? 0, mae ?? 0], (await usual.evaluate(x, y, quiet)) as number[])
  })
})

test('a variational autoencoder trains as in Keras', async () => {
  await chooseBackend('cpu')
  const { vae, encoder, decoder } = modelsOf(text('vae')) as Record<string, LayersModel>
  fill(encoder as LayersModel, 1)
  fill(decoder as LayersModel, 80)
  const { data } = waves(5, 4)
  const x = Array.from({ length: 5 }, (_, i) => [...data.slice(4 * i, 4 * i + 4)].map((v) => 0.5 + 0.5 * v))
  const { history } = await (vae as LayersModel).fit(x, null, fitting)
  expectHistory(history, keras.vae.history)
  expectClose(await weightsOf(encoder as LayersModel), keras.vae.encoder)
})

test('a loss of its own, which takes what the class and compile say, trains and evaluates as in Keras', async () => {
  await chooseBackend('cpu')
  const { distiller, student, teacher } = modelsOf(text('distiller')) as Record<string, LayersModel>
  fill(student as LayersModel, 1)
  fill(teacher as LayersModel, 30)
  const [x, y] = [waves(5, 2), [0, 2, 1, 1, 0]]
  const { history } = await (distiller as LayersModel).fit(x, y, {
    ...fitting,
    sampleWeight: [1, 0.5, 2, 1, 0.25],
    validationData: [x, y],
  })
  expectHistory(history, keras.distiller.history)
  expectClose(await weightsOf(student as LayersModel), keras.distiller.student)
})

test('a step that the text does not finish, or that asks for what is not here, says so with its place', async () => {
  await chooseBackend('cpu')
  const stepping = (...lines: readonly string[]): LayersModel =>
    readKeras(`
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
${lines.map((line) => `        ${line}`).join('\n')}
i = Input((2,))
m = Net(i, Dense(1)(i))
m.compile('sgd', ['mse'])
`).model
  const fitted = (model: LayersModel) => model.fit(waves(4, 2), waves(4, 1), quiet)
  await expect(fitted(stepping('return {"loss": self.compute_loss(y=y, y_pred=self(x))}'))).rejects.toThrow(
    /trainStep: expected an update of weights, got none/,
  )
  await expect(fitted(stepping('loss = self.loss(y, self(x))', 'return {"loss": loss}'))).rejects.toThrow(
    /line 5, column 21, self.loss: is no object that can be called: self.compute_loss/,
  )
  await expect(
    fitted(stepping('loss = self.compute_loss(y=y, y_pred=self(x)) * scale', 'return {"loss": loss}')),
  ).rejects.toThrow(/line 3, column 5, loss: its value is not known/)
  await expect(fitted(stepping('self.optimizer.learning_rate = 0.1', 'return {}'))).rejects.toThrow(
    /learning_rate: is set in a step/,
  )
  const { problems } = fromKeras(
    'class N(keras.Model):\n    def predict_step(self, data): pass\n    def call(self, x): return x\nn = N()',
  )
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('has a predict_step of its own, which is not read'),
  ])
})

test('such a model is written with its class', async () => {
  const { model } = readKeras(textOf('CustomModel', 'None'))
  register('CustomModel', model.constructor as never)
  expect(await model.toJSON()).toContain('"class_name": "CustomModel"')
})

test.each([
  ['sum(self.losses)', [1.292121, 1.287141]],
  ['tf.add_n(self.losses)', [1.292121, 1.287141]],
  ['0', [0.69332, 0.693115]],
])('a step has the loss of compile as an object, and what regularizers add: %s', async (added, expected) => {
  await chooseBackend('cpu')
  const { model } = readKeras(`
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2, kernel_initializer='ones', kernel_regularizer=keras.regularizers.L2(0.1))
    def call(self, x):
        return tf.nn.softmax(self.dense(x))
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.loss(y, self(x, training=True)) + ${added}
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}
m = Net()
m.compile(keras.optimizers.SGD(0.01), keras.losses.SparseCategoricalCrossentropy())
`)
  const x = Array.from({ length: 4 }, (_, i) => [i / 4, (i * i) / 7, 1 - i / 3])
  const { history } = await model.fit(x, [0, 1, 1, 0], { ...quiet, epochs: 2, batchSize: 2, shuffle: false })
  expect(history.loss?.length).toBe(2)
  for (const [epoch, loss] of expected.entries()) expect(history.loss?.[epoch]).toBeCloseTo(loss, 5)
})

test.each([
  // Each predicts the slopes of tanh(a + b) by a and b.
  [
    'a call of a layer',
    `
class Slope(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(1, activation='tanh', kernel_initializer='ones')
    def call(self, x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = self.inner(x)
        return tape.gradient(y, x)
m = keras.Sequential([keras.Input((2,)), Slope()])
`,
  ],
  [
    'a call of a model, which the text builds',
    `
class Slopes(keras.Model):
    def __init__(self):
        super().__init__()
        self.net = keras.Sequential([layers.Dense(1, activation='tanh', kernel_initializer='ones')])
    def call(self, x):
        with tf.GradientTape() as tape:
            y = self.net(x)
        return tape.gradient(y, [x])[0]
m = Slopes()
m.build((None, 2))
`,
  ],
  [
    'a Lambda',
    `
x = keras.Input((2,))
y = layers.Dense(1, activation='tanh', kernel_initializer='ones')(x)
m = keras.Model(x, layers.Lambda(lambda pair: K.gradients(pair[0], pair[1])[0])([y, x]))
`,
  ],
])('%s takes gradients', async (_, text) => {
  await chooseBackend('cpu')
  const { m } = modelsOf(text)
  const [row] = ((await (m as LayersModel).predict([[0.1, 0.2]])) as Tensor).toArray<number[][]>()
  for (const value of row ?? []) expect(value).toBeCloseTo(1 - Math.tanh(0.3) ** 2, 5)
  expect(row?.length).toBe(2)
})
