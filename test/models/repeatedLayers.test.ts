/** A layer that a Sequential has several times: one layer, with one set of weights, whichever way the model goes. */
import { beforeEach, expect, test } from 'vitest'
import { toKeras, toTypeScript } from '../../src/formats.ts'
import {
  clearSession,
  cloneModel,
  Dense,
  Input,
  type LayersModel,
  loadModel,
  Model,
  modelFromJSON,
  Sequential,
  setBackend,
} from '../../src/index.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const samples = waves(6, 3)
const targets = waves(6, 2)
const compiled = <M extends LayersModel>(model: M): M => {
  model.compile({ loss: 'mse', optimizer: { className: 'SGD', config: { learningRate: 0.1 } } })
  return model
}

function repeated() {
  const dense = Dense(3, { activation: 'tanh' })
  return compiled(Sequential([Input([3]), dense, dense, Dense(2)]))
}

test('it trains as the same calls of a functional model', async () => {
  const model = repeated()
  const dense = Dense(3, { activation: 'tanh' })
  const x = Input([3])
  const same = compiled(Model(x, Dense(2)(dense(dense(x)))))
  expect(model.countParams()).toBe(3 * 3 + 3 + 3 * 2 + 2)
  expect(model.layers).toHaveLength(3)
  expect(model.layers[0]).toBe(model.layers[1])
  fill(model, 1)
  fill(same, 1)
  const options = { ...quiet, epochs: 3, batchSize: 3, shuffle: false }
  const [a, b] = [await model.fit(samples, targets, options), await same.fit(samples, targets, options)]
  expect(a.history.loss).toEqual(b.history.loss)
  expect(await weightsOf(model)).toEqual(await weightsOf(same))
})

test.each<[string, (model: ReturnType<typeof repeated>) => Promise<LayersModel>]>([
  ['a clone', (model) => Promise.resolve(cloneModel(model))],
  ['JSON', async (model) => modelFromJSON(await model.toJSON())],
  [
    'a file',
    async (model) => {
      const pieces: Uint8Array[] = []
      await model.save((bytes: Uint8Array) => {
        pieces.push(bytes)
      })
      return loadModel(new Blob(pieces as BlobPart[]))
    },
  ],
  [
    'a row around it',
    async (model) => {
      const json = await Sequential([Input([3]), model]).toJSON()
      return (await modelFromJSON(json)).layers[0] as unknown as LayersModel
    },
  ],
  [
    'a model around it',
    async (model) => {
      const x = Input([3])
      const outer = Model(x, model(x))
      return (await modelFromJSON(await outer.toJSON())).layers[1] as unknown as LayersModel
    },
  ],
])('%s has it as one layer', async (_, copied) => {
  const model = repeated()
  fill(model, 1)
  const copy = await copied(model)
  expect(copy.layers[0]).toBe(copy.layers[1])
  expect(copy.countParams()).toBe(model.countParams())
  copy.setWeights(await model.getWeights())
  expect(await copy.predict(samples)).toEqual(await model.predict(samples))
})

test('code has it as one variable', async () => {
  const model = repeated()
  expect(await toTypeScript(model)).toContain("const dense = Dense(3, { activation: 'tanh' })")
  expect(await toKeras(model)).toMatch(/\n {4}dense,\n {4}dense,\n/)
})

test('a layer that is taken off once stays where else it is', () => {
  const dense = Dense(3)
  const model = Sequential([Input([3]), dense, dense])
  model.pop()
  expect(() => model.add(Dense(3, { name: dense.name }))).toThrow('expected layers of different names')
  model.pop()
  model.add(Dense(2, { name: dense.name }))
  expect(model.outputs[0]?.shape).toEqual([null, 2])
})
