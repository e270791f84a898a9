/** Classes of models that are given inputs and outputs, and say their steps: what they compute and store is what functional models do. */
import { beforeEach, describe, expect, test } from 'vitest'
import { toKeras, toTypeScript } from '../../src/formats.ts'
import {
  BatchNormalization,
  Concatenate,
  clearSession,
  cloneModel,
  Dense,
  Input,
  type LayersModel,
  loadModel,
  Model,
  register,
  type SymbolicTensor,
} from '../../src/index.ts'
import * as ops from '../../src/operations/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { useMemoryFiles } from '../support/memoryFiles.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

type Batch = readonly [x: SymbolicTensor, y: SymbolicTensor]

/** The step of Keras's guide. */
class Guided extends Model {
  override trainStep([x, y]: Batch) {
    const loss = this.computeLoss({ y, yPred: this(x, { training: true }) as SymbolicTensor })
    this.optimizer?.minimize(loss, this.trainableWeights)
    return { loss }
  }
}

beforeEach(clearSession)

const ends = (): readonly [SymbolicTensor, SymbolicTensor] => {
  const input = Input([2], { name: 'first' })
  return [input, Dense(1)(BatchNormalization()(Dense(3, { activation: 'tanh' })(input)))]
}
const named = () => {
  const [a, b] = [Input([2], { name: 'a' }), Input([1], { name: 'b' })]
  const joined = Dense(2)(Concatenate()([a, b]))
  return [
    { a, b },
    { left: Dense(1, { name: 'left' })(joined), right: Dense(1, { name: 'right' })(joined) },
  ] as const
}
const fitting = { ...quiet, epochs: 2, batchSize: 3, shuffle: false } as const
const configOf = async (model: { toJSON(): Promise<string> }): Promise<Record<string, unknown>> =>
  JSON.parse(await model.toJSON()).config

onEachBackend(() => {
  test('their steps may have losses of their own, of which compile is told none', async () => {
    class Alone extends Model {
      override trainStep([x, y]: Batch) {
        const error = ops.subtract(y, this(x, { training: true }) as SymbolicTensor)
        const loss = ops.mean(ops.square(error))
        this.optimizer?.minimize(loss, this.trainableWeights)
        return { loss }
      }
    }
    const usual = Model(...ends())
    clearSession()
    const model = new Alone(...ends())
    const [x, y] = [waves(6, 2), waves(6, 1)]
    const losses = []
    for (const [each, loss] of [
      [usual, 'mse'],
      [model, null],
    ] as const) {
      fill(each, 1)
      each.compile({ optimizer: 'sgd', ...(loss && { loss }) })
      losses.push((await each.fit(x, y, fitting)).history.loss)
    }
    const [expected = [], got = []] = losses
    expect(expected.length).toBe(2)
    expected.forEach((value, epoch) => {
      expect(got[epoch]).toBeCloseTo(value, 5)
    })
  })

  test('they train as the usual step does', async () => {
    const usual = Model(...ends())
    clearSession()
    const model = new Guided(...ends())
    const [x, y] = [waves(5, 2), waves(5, 1)]
    const trained = []
    for (const each of [usual, model] as LayersModel[]) {
      fill(each, 1)
      each.compile({ optimizer: 'adam', loss: 'mse' })
      const { history } = await each.fit(x, y, { ...fitting, validationData: [x, y] })
      trained.push([history.val_loss, await weightsOf(each), [...(await each.predict(x)).data]])
    }
    expect(trained[1]).toEqual(trained[0])
  })
})

describe('what they are', () => {
  test('is what functional models are: weights, layers, table, config', async () => {
    const usual = Model(...ends())
    clearSession()
    const model = new Guided(...ends())
    expect(model.weights).toEqual(usual.weights)
    expect(model.layers.map(String)).toEqual(usual.layers.map(String))
    const tables = [usual, model].map((each) => {
      let table = ''
      each.summary({ printFn: (text) => (table = text) })
      return table.split('\n').slice(1)
    })
    expect(tables[1]).toEqual(tables[0])
    expect({ ...(await configOf(model)), name: '' }).toEqual({ ...(await configOf(usual)), name: '' })
    expect([model.name, model.inputShape, model.outputShape]).toEqual(['guided', [null, 2], [null, 1]])
  })

  test('takes data by the keys of inputs, and gives outputs by theirs, in steps, too', async () => {
    const seen: unknown[] = []
    class Keyed extends Model {
      override trainStep([x, y]: readonly [Record<string, SymbolicTensor>, Record<string, SymbolicTensor>]) {
        seen.push(Object.keys(x), Object.keys(y))
        const yPred = this(x, { training: true }) as unknown as Record<string, SymbolicTensor>
        seen.push(Object.keys(yPred))
        const loss = this.computeLoss({ y, yPred })
        this.optimizer?.minimize(loss, this.trainableWeights)
        return { loss }
      }
    }
    const [inputs, outputs] = named()
    const model = new Keyed({ inputs, outputs, name: 'keyed' })
    model.compile({ optimizer: 'sgd', loss: 'mse' })
    const x = { a: waves(4, 2), b: waves(4, 1) }
    await model.fit(x, { left: waves(4, 1), right: waves(4, 1) }, fitting)
    expect(seen.slice(0, 3)).toEqual([
      ['a', 'b'],
      ['left', 'right'],
      ['left', 'right'],
    ])
    expect(Object.keys(await model.predict(x))).toEqual(['left', 'right'])
  })

  test('is a layer of others, a copy, and a line of code', async () => {
    register('Guided', Guided)
    const model = new Guided(...ends())
    const input = Input([2])
    const outer = Model(input, Dense(1)(model(input)))
    expect(outer.weights.slice(0, -2)).toEqual(model.weights)
    const copy = await cloneModel(model)
    expect(copy).toBeInstanceOf(Guided)
    expect(await configOf(copy)).toEqual(await configOf(model))
    expect(await toKeras(model)).toMatch(/^model = Guided\(first, dense\w*\)$/m)
    expect(await toTypeScript(model)).toMatch(/^const model = new Guided\(first, dense\w*\)$/m)
  })
})

test('files have their graphs, and their classes by the names by which Keras asks for them', async () => {
  useMemoryFiles()
  class Stored extends Guided {}
  register('Tests>Stored', Stored)
  const model = new Stored(...ends())
  model.compile({ optimizer: 'adam', loss: 'mse' })
  const [x, y] = [waves(5, 2), waves(5, 1)]
  await model.fit(x, y, fitting)
  const input = Input([2])
  const outer = Model(input, Dense(1)(model(input)))
  const written = JSON.parse(await model.toJSON())
  expect([written.module, written.class_name, written.registered_name]).toEqual([
    null,
    'Stored',
    'Tests>Stored',
  ])
  await model.save('model.keras')
  await outer.save('outer.keras')
  const [again, outerAgain] = [await loadModel('model.keras'), await loadModel('outer.keras')]
  expect(again).toBeInstanceOf(Stored)
  expect((await again.predict(x)).data).toEqual((await model.predict(x)).data)
  expect((await outerAgain.predict(x)).data).toEqual((await outer.predict(x)).data)
  const histories = []
  for (const each of [model, again]) histories.push((await each.fit(x, y, fitting)).history)
  expect(histories[1]).toEqual(histories[0])
})
