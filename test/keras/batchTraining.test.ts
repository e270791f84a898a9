/** Texts that train compiled models batch by batch: what they train is what the same calls train here. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, type LayersModel } from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

beforeEach(clearSession)

const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const
const samples = waves(6, 2)

onCpuFirst(() => {
  const COMPILED = `
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation='tanh'), keras.layers.Dense(2)])\nmodel.compile(loss='mse', optimizer='sgd')\n`

  test('of one model is a fit of it', () => {
    const { trained, models, data, fit, problems } = fromKeras(`${COMPILED}
for step in range(1000):
    x_batch, y_batch = next(batches)
    loss = model.train_on_batch(x_batch, y_batch)
`)
    expect(problems).toEqual([])
    expect([trained, data, fit]).toEqual([models.model, { x: 'x_batch', y: 'y_batch' }, {}])
    const { fit: other } = fromKeras(`${COMPILED}model.train_on_batch(x, y)\nmodel.fit(x, y, epochs=3)`)
    expect(other).toEqual({ epochs: 3 })
  })

  test('of several models, one inside of another, is a step that trains each as it was compiled', async () => {
    const { trained, models, fit, data, problems } = fromKeras(`
from numpy.random import randint, randn
from keras.models import Sequential
from keras.layers import Dense
class Adversaries():
    def __init__(self):
        optimizer = keras.optimizers.SGD(0.2)
        self.critic = Sequential([Dense(3, activation='tanh', input_shape=(2,)), Dense(1, activation='sigmoid')])
        self.critic.compile(loss='binary_crossentropy', optimizer=optimizer, metrics=['accuracy'])
        self.generator = Sequential([Dense(2, input_shape=(2,))])
        self.critic.trainable = False
        self.combined = Sequential([self.generator, self.critic])
        self.combined.compile(loss='binary_crossentropy', optimizer=optimizer)
    def train(self, n_epochs, n_batch=3):
        X_train = load()
        real, fake = np.ones((n_batch, 1)), np.zeros((n_batch, 1))
        for epoch in range(n_epochs):
            idx = randint(0, X_train.shape[0], n_batch)
            images = X_train[idx]
            start = np.full((n_batch, 2), 0.5)
            made = self.generator.predict(start + 0.0 * randn(n_batch * 2).reshape(n_batch, 2))
            d_loss_real = self.critic.train_on_batch(images, real)
            d_loss_fake = self.critic.train_on_batch(np.vstack((made[:2], made[2:])), fake)
            d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
            g_loss = self.combined.train_on_batch(start, real)
            print('%d [D loss: %f, acc.: %.2f%%] [G loss: %f]' % (epoch, d_loss[0], 100 * d_loss[1], g_loss))
a = Adversaries()
a.train(n_epochs=30)
critic, generator, combined = a.critic, a.generator, a.combined
`)
    expect(problems).toEqual([])
    expect([fit, data]).toEqual([{}, { x: 'images' }])
    const [critic, generator, combined] = [
      models.critic,
      models.generator,
      models.combined,
    ] as LayersModel[] as [LayersModel, LayersModel, LayersModel]
    const start = () => {
      fill(critic, 1)
      fill(generator, 40)
    }
    start()
    const { history } = await (trained as LayersModel).fit(samples, null, { ...fitting, epochs: 2 })
    const found = [...(await weightsOf(critic)), ...(await weightsOf(generator))]
    start()
    const rows = (value: number, columns: number) =>
      Array.from({ length: 3 }, () => Array(columns).fill(value) as number[])
    const losses: number[][] = []
    const images = samples.toArray() as number[][]
    for (let epoch = 0; epoch < 2; epoch++)
      for (const batch of [images.slice(0, 3), images.slice(3)]) {
        const made = await generator.predict(rows(0.5, 2))
        const values = [
          await critic.trainOnBatch(batch, rows(1, 1)),
          await critic.trainOnBatch(made, rows(0, 1)),
          await combined.trainOnBatch(rows(0.5, 2), rows(1, 1)),
        ]
        losses.push(values.map((value) => [value].flat()[0] as number))
      }
    const expected = [...(await weightsOf(critic)), ...(await weightsOf(generator))]
    expect(found.length).toBe(expected.length)
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5)
    expect(Object.keys(history).sort()).toEqual(['combined_loss', 'critic_loss', 'critic_loss_2'])
    for (const [i, name] of ['critic_loss', 'critic_loss_2', 'combined_loss'].entries())
      for (const epoch of [0, 1]) {
        const mean = ((losses[2 * epoch]?.[i] ?? 0) + (losses[2 * epoch + 1]?.[i] ?? 0)) / 2
        expect(history[name]?.[epoch]).toBeCloseTo(mean, 5)
      }
  })

  test('of several models without batches is told', () => {
    const { trained, problems } = fromKeras(`${COMPILED}
both = keras.Sequential([model, keras.layers.Dense(1)])
both.compile(loss='mse', optimizer='sgd')
for step in range(1000):
    model.train_on_batch(real, ones)
    both.train_on_batch(noise, ones)
`)
    expect(trained).toBeNull()
    expect(problems.map(({ word, message }) => [word, message])).toEqual([
      ['model.train_on_batch', expect.stringContaining('updates weights in a way that is not read')],
    ])
  })
})

test('two functions that train in loops of their own, for each round of another loop, are told', () => {
  const inner = (name: string) => `
    for i in range(4):
        ${name}(states, values)`
  const { problems } = fromKeras(`
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
optimizer = keras.optimizers.SGD(0.2)
def train_policy(x, y):
    optimizer.minimize(lambda: 0, model.trainable_variables)
def train_value(x, y):
    optimizer.minimize(lambda: 0, model.trainable_variables)
for epoch in range(30):
    states, values = collect()${inner('train_policy')}${inner('train_value')}
`)
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('train_policy does so, too'),
  ])
})
