/** `model.add_loss(tensor)` of Keras 2: it trains as a layer's `addLoss` does. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import {
  clearSession,
  Dense,
  Input,
  Layer,
  type LayersModel,
  Model,
  ops,
  type SymbolicTensor,
  setBackend,
} from '../../src/index.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const AUTOENCODER = `
from keras import backend as K
inputs = keras.Input(shape=(4,))
code = layers.Dense(2, activation='tanh')(inputs)
outputs = layers.Dense(4)(code)
model = keras.Model(inputs, outputs, name='ae')
`
const samples = waves(6, 4)
const fitting = { ...quiet, epochs: 3, batchSize: 3, shuffle: false } as const

test('a loss that is added to a model trains as one that a layer adds', async () => {
  const { models, trained, data, problems } = fromKeras(`${AUTOENCODER}
reconstruction = keras.losses.mse(inputs, outputs)
reconstruction *= 4
loss = K.mean(reconstruction + K.sum(K.square(code), axis=-1))
model.add_loss(loss)
model.compile(optimizer=keras.optimizers.SGD(0.1))
model.fit(x_train, epochs=3)
`)
  expect(problems).toEqual([])
  expect(data).toEqual({ x: 'x_train' })
  expect(trained).toBe(models.model)
  expect(trained?.name).toBe('ae')
  class Adding extends Layer {
    override call([x, code, y]: readonly SymbolicTensor[]) {
      const error = ops.mean(ops.square(ops.subtract(x as SymbolicTensor, y as SymbolicTensor)), -1)
      const size = ops.sum(ops.square(code as SymbolicTensor), -1)
      this.addLoss(ops.mean(ops.add(ops.multiply(error, 4), size)))
      return y as SymbolicTensor
    }
  }
  const x = Input({ shape: [4] })
  const code = Dense(2, { activation: 'tanh' })(x)
  const same = Model(x, new Adding()([x, code, Dense(4)(code)]) as SymbolicTensor)
  same.compile({ optimizer: { className: 'SGD', config: { learningRate: 0.1 } } })
  const model = trained as LayersModel
  fill(model, 1)
  fill(same, 1)
  const [a, b] = [await model.fit(samples, null, fitting), await same.fit(samples, null, fitting)]
  expect(a.history.loss).toEqual(b.history.loss)
  expect(await weightsOf(model)).toEqual(await weightsOf(same))
  expect((await model.predict(samples)) as object).toMatchObject({ shape: [6, 4] })
})

test('several losses are added to what others add', async () => {
  const { trained, problems } = fromKeras(`${AUTOENCODER}
model.add_loss([K.mean(K.square(code)), 0.5 * K.mean(K.square(code))])
model.compile('sgd', 'mse')
model.fit(x, y)
`)
  expect(problems).toEqual([])
  const model = trained as LayersModel
  const [both, alone] = [
    await model.evaluate(samples, samples, { verbose: 0 }),
    await fromKeras(`${AUTOENCODER}model.compile('sgd', 'mse')\nmodel.fit(x, y)`).trained,
  ]
  const other = alone as LayersModel
  fill(model, 1)
  fill(other, 1)
  const coded = Model(other.inputs[0] as SymbolicTensor, other.layers[1]?.output as SymbolicTensor)
  const codes = (await coded.predict(samples)) as { readonly data: ArrayLike<number> }
  const mean = Array.from(codes.data).reduce((sum, value) => sum + value ** 2, 0) / codes.data.length
  expect(both).toBeGreaterThan(0)
  const plain = (await other.evaluate(samples, samples, { verbose: 0 })) as number
  expect(await model.evaluate(samples, samples, { verbose: 0 })).toBeCloseTo(plain + 1.5 * mean, 5)
})

test.each([
  ['model.add_loss(x_train)', /its value is not known/],
  ['model.add_metric(K.mean(code), name="size")', /Keras 3 does no longer/],
  ['model.add_loss(1.0)', /adds what is no tensor of the model to its loss/],
  ['keras.Sequential([layers.Dense(2)]).add_loss(1.0)', /has no tensors yet/],
])('%s is told', (line, message) => {
  const { problems } = fromKeras(`${AUTOENCODER}${line}\n`)
  expect(problems.map((problem) => [problem.line, problem.message])).toEqual([
    [7, expect.stringMatching(message)],
  ])
})
