/** The state of an optimizer that scales the loss, in files of Keras 3 (keras3/README.md) and in one's own. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'fflate'
import { beforeAll, expect, test } from 'vitest'
import { readKerasArchive } from '../../src/formats/keras/kerasArchive.ts'
import {
  Adafactor,
  Adam,
  Dense,
  type DynamicLossScaleOptimizer,
  type LayersModel,
  LossScaleOptimizer,
  loadModel,
  Nadam,
  type Optimizer,
  Sequential,
  SGD,
  setBackend,
  tensor,
} from '../../src/node.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'

const folder = new URL('keras3/', import.meta.url)
const bytesOf = (name: string): Uint8Array => gunzipSync(readFileSync(new URL(`${name}.gz`, folder)))
const recorded = JSON.parse(readFileSync(new URL('scaled.json', folder), 'utf8'))
const [x, y] = [tensor(recorded.x), tensor(recorded.y)]
const training = { ...quiet, epochs: 2, batchSize: 4, shuffle: false }

const scalingOf = (model: LayersModel) => model.optimizer as DynamicLossScaleOptimizer

beforeAll(() => setBackend('cpu'))

test.each(['scaled.h5', 'scaled.keras'])('training goes on from %s as in Keras', async (name) => {
  const model = await loadModel(bytesOf(name))
  expect(await scalingOf(model).readState()).toEqual(recorded.saved)
  const { history } = await model.fit(x, y, training)
  expectClose('loss', history.loss ?? [], recorded.history.loss, 1e-6)
  expect(await scalingOf(model).readState()).toEqual(recorded.later)
})

test('what is written has the variables of the file that was read', async () => {
  const given = bytesOf('scaled.keras')
  const written = await (await loadModel(given)).save()
  const optimizerOf = async (bytes: Uint8Array) =>
    (await readKerasArchive('a file', bytes)).weights.children.get('optimizer')
  expect(await optimizerOf(written)).toEqual(await optimizerOf(given))
})

const build = (optimizer: Optimizer): LayersModel => {
  const model = Sequential([Dense(2, { inputShape: [3], activation: 'tanh' }), Dense(1)])
  model.compile({ optimizer, loss: 'mse' })
  return model
}

test('before the first step there is no state', async () => {
  const model = build(LossScaleOptimizer(Adam(0.25), { initialScale: 4 }))
  const loaded = await loadModel(await model.save())
  expect(loaded.optimizer?.built).toBe(false)
  expect(loaded.optimizer?.learningRate).toBe(0.25)
  expect(await scalingOf(loaded).readState()).toEqual({ dynamicScale: 4, stepCounter: 0, iterations: 0 })
})

test.each([
  ['Adam', () => Adam()],
  ['SGD', () => SGD({ momentum: 0.9 })],
])('the state of an optimizer is the same with a scale of the loss and without: %s', async (_name, make) => {
  const [scaled, plain] = [build(LossScaleOptimizer(make())), build(make())]
  const [ofScaled, ofPlain] = [build(LossScaleOptimizer(make())), build(make())]
  await scaled.fit(x, y, training)
  await plain.fit(x, y, training)
  await ofScaled.loadWeights(await plain.saveWeights())
  await ofPlain.loadWeights(await scaled.saveWeights())
  for (const [loaded, saved] of [
    [ofScaled, plain],
    [ofPlain, scaled],
  ] as const) {
    expect(loaded.optimizer?.iterations).toBe(saved.optimizer?.iterations)
    const [here, there] = [await loaded.fit(x, y, training), await saved.fit(x, y, training)]
    expectClose('loss', here.history.loss, there.history.loss ?? [], 1e-6)
  }
})

// From Keras 3.16: the variables of a Dense's kernel [3, 2] and bias [2] in the inner optimizer. Alone, Adafactor has two numbers more for
// the bias, and Nadam the product of its momenta.
test.each([
  ['Adafactor', () => Adafactor(), [[], [], [3], [2], [3, 2], [2]], [[], [], [3], [2], [3, 2], [], [], [2]]],
  ['Nadam', () => Nadam(), [[], [], [3, 2], [3, 2], [2], [2]], [[], [], [3, 2], [3, 2], [2], [2], []]],
])('of %s Keras stores fewer variables with a scale of the loss', async (_name, make, inside, alone) => {
  const shapesOf = async (optimizer: Optimizer) => {
    const model = Sequential([Dense(2, { inputShape: [3] })])
    model.compile({ optimizer, loss: 'mse' })
    model.buildOptimizer()
    const { weights } = await readKerasArchive('a file', await model.save())
    const group = weights.children.get('optimizer')
    const { vars } = group?.children.get('inner_optimizer') ?? group ?? { vars: [] }
    return vars?.map(({ shape }) => [...shape])
  }
  expect(await shapesOf(LossScaleOptimizer(make()))).toEqual(inside)
  expect(await shapesOf(make())).toEqual(alone)
})
