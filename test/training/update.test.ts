/** What stands around an optimizer's update, in models: what no file of Keras covers, and what is refused. */
import { expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import { overwriteAverages, swapWithAverages } from '../../src/training/averagedWeights.ts'
import type { Optimizer } from '../../src/training/optimizer.ts'
import { plainOptimizers } from '../../src/training/optimizers/plain.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectError } from '../support/expectError.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const { Adam, AdamW, SGD } = api

/** Rows whose gradients are the same in every step: the loss is minus the output. */
const x = uniform([6, 3], 0, 1)
const y = uniform([6, 1], 0, 1)

function modelWith(optimizer: Optimizer): api.SequentialModel {
  api.setSeed(3)
  const model = api.Sequential([api.Dense(2, { inputShape: [3] }), api.Dense(1)])
  model.compile({ loss: 'mse', optimizer })
  return model
}

async function weightsAfter(optimizer: Optimizer, epochs = 2): Promise<number[][]> {
  const model = modelWith(optimizer)
  await model.fit(x, y, { batchSize: 2, epochs, shuffle: false, ...quiet })
  return valuesOf(model)
}

const valuesOf = async (model: api.SequentialModel): Promise<number[][]> =>
  (await model.getWeights()).map(({ data }) => Array.from(data))

function expectNear(got: readonly number[][], expected: readonly number[][]): void {
  got.flat().forEach((value, i) => {
    expect(value).toBeCloseTo(expected.flat()[i] ?? Number.NaN, 6)
  })
}

test('by name an optimizer has the defaults of its options', () => {
  expect(plainOptimizers.get('adam')?.().config).toEqual(Adam().config)
  expect(plainOptimizers.get('sgd')?.().config).toEqual(SGD().config)
  expect(AdamW().config.weightDecay).toBe(0.004)
})

onEachBackend(() => {
  test('weights that are excluded do not decay', async () => {
    const rate = { learningRate: 0, weightDecay: 0.5 }
    const decayed = (optimizer: Optimizer) => weightsAfter(optimizer, 1)
    const before = await valuesOf(modelWith(SGD(0)))
    expectNear(await decayed(SGD(rate)), before)
    const optimizer = SGD({ learningRate: 1e-9, weightDecay: 1e8 })
    optimizer.excludeFromWeightDecay({ varNames: ['kern'], varList: [{ path: 'none/bias' }] })
    expectNear(await decayed(optimizer), before)
    const all = await decayed(SGD({ learningRate: 1e-9, weightDecay: 1e8 }))
    expectNear(
      all,
      before.map((weight) => weight.map((value) => value * 0.9 ** 3)),
    )
  })

  test.each([
    ['Ftrl', () => api.Ftrl({ learningRate: 0.1, useEma: true })],
    ['AdamW', () => AdamW({ learningRate: 0.1, weightDecay: 0.5 })],
    ['Muon', () => api.Muon({ learningRate: 0.1, weightDecay: 0.5 })],
  ])('%s leaves weights that no loss depends on as they are', async (_name, optimizer) => {
    api.setSeed(3)
    const input = api.Input([3])
    const outputs = [api.Dense(2)(input), api.Dense(4)(input), api.Dense(2)(input)]
    const model = api.Model(input, outputs)
    model.compile({ loss: ['mse', null, 'mse'], optimizer: optimizer() })
    const before = (await model.getWeights()).map(({ data }) => data.slice())
    const target = uniform([6, 2], 0, 1)
    await model.fit(x, [target, target], { batchSize: 2, epochs: 1, ...quiet })
    const after = await model.getWeights()
    expect(after.map(({ data }, i) => data.some((value, j) => value !== before[i]?.[j]))).toEqual([
      ...[true, true, false, false, true, true],
    ])
  })

  test('iterations are updates, of which each takes the steps that are averaged', async () => {
    const optimizer = SGD({ learningRate: 0.1, gradientAccumulationSteps: 2 })
    const model = modelWith(optimizer)
    await model.fit(x, y, { batchSize: 2, epochs: 1, ...quiet })
    expect(optimizer.iterations).toBe(1)
    const loaded = await api.loadModel(await model.save())
    await loaded.fit(x, y, { batchSize: 2, epochs: 1, ...quiet })
    expect(loaded.optimizer?.iterations).toBe(3)
    optimizer.iterations = 4
    expect(optimizer.iterations).toBe(4)
  })

  test('a fixed scale of the loss changes nothing', async () => {
    const plain = await weightsAfter(Adam(0.1))
    expectNear(await weightsAfter(Adam({ learningRate: 0.1, lossScaleFactor: 1024 })), plain)
  })

  test.each([
    { clipnorm: 0.1 },
    { globalClipnorm: 0.1 },
    { clipvalue: 0.01 },
    { weightDecay: 0.1 },
    { gradientAccumulationSteps: 2 },
    { useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 },
  ])('the same with a scale found in training: %o', async (options) => {
    const make = () => Adam({ learningRate: 0.01, ...options })
    expectNear(await weightsAfter(api.LossScaleOptimizer(make())), await weightsAfter(make()))
  })

  test('averages of weights are swapped with them, and taken back', async () => {
    const model = modelWith(SGD({ learningRate: 0.1, useEma: true, emaMomentum: 0.5 }))
    const { optimizer } = model
    if (!optimizer) throw new TypeError('not compiled')
    await model.trainOnBatch(x, y)
    const first = await valuesOf(model)
    await model.trainOnBatch(x, y)
    const second = await valuesOf(model)
    await swapWithAverages(optimizer)
    expectNear(
      await valuesOf(model),
      second.map((weight, i) => weight.map((value, j) => (value + (first[i]?.[j] ?? 0)) / 2)),
    )
    await swapWithAverages(optimizer)
    expectNear(await valuesOf(model), second)
    await overwriteAverages(optimizer)
    await swapWithAverages(optimizer)
    expectNear(await valuesOf(model), second)
  })
})

test('everything is at most three launches, where nothing is on it is one', () => {
  const launches = (optimizer: Optimizer): number => modelWith(optimizer).plan({ training: true }).dispatches
  const one = launches(Adam())
  expect(launches(AdamW())).toBe(one + 1)
  expect(launches(Adam({ clipvalue: 1, weightDecay: 0.1, gradientAccumulationSteps: 2 }))).toBe(one + 1)
  expect(launches(Adam({ useEma: true, emaOverwriteFrequency: 3 }))).toBe(one)
  const everything = { weightDecay: 0.1, useEma: true, gradientAccumulationSteps: 2 }
  expect(launches(Adam({ ...everything, globalClipnorm: 1 }))).toBe(one + 2)
})

test.each<readonly [what: string, attempt: () => unknown, message: string]>([
  [
    'two clippings',
    () => Adam({ clipnorm: 1, globalClipnorm: 1 }),
    'Adam: expected one of clipnorm, clipvalue, globalClipnorm, got clipnorm and globalClipnorm.',
  ],
  [
    'negative decay',
    () => SGD({ weightDecay: -1 }),
    'SGD: expected weightDecay to be a finite number of at least 0, got -1.',
  ],
  [
    'a momentum above 1',
    () => SGD({ emaMomentum: 1.5 }),
    'SGD: expected emaMomentum to be a finite number from 0 to 1, got 1.5.',
  ],
  [
    'an average of one step',
    () => SGD({ gradientAccumulationSteps: 1 }),
    'SGD: expected gradientAccumulationSteps to be an integer of at least 2, got 1.',
  ],
  [
    'averages that are not kept',
    () => swapWithAverages(SGD()),
    'SGD: expected useEma: true, got no averages of the weights.',
  ],
  [
    'an exclusion after training',
    () => {
      const model = modelWith(AdamW())
      model.buildOptimizer()
      model.optimizer?.excludeFromWeightDecay({ varNames: ['bias'] })
    },
    'AdamW.excludeFromWeightDecay: expected to be called before training, got an optimizer that has its state.',
  ],
])('%s', (_what, attempt, message) => expectError(attempt, message))
