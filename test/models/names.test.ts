/** Losses, metrics and optimizers by names whose code is loaded with a model's first call. The process has loaded none yet. */
import { unzipSync } from 'fflate'
import { beforeAll, expect, test } from 'vitest'
import { AUC, Dense, Sequential, type SequentialModel, setBackend, setSeed } from '../../src/index.ts'
import type { Family } from '../../src/training/identifiers.ts'
import { lossFamily } from '../../src/training/lossByName.ts'
import { metricFamily } from '../../src/training/metricByName.ts'
import { optimizerFamily } from '../../src/training/optimizerByName.ts'
import { quiet } from '../support/models.ts'

const x = [
  [0, 1],
  [1, 1],
  [2, 0],
]
const y = [[0], [1], [1]]
const options = { optimizer: 'sgd', loss: 'mse' } as const

beforeAll(async () => {
  await setBackend('cpu')
})

function build(): SequentialModel {
  setSeed(1)
  return Sequential([Dense(1, { inputShape: [2], activation: 'sigmoid' })])
}

test('a name is compiled at once, and loaded by the first call', async () => {
  const model = build()
  model.compile({ ...options, metrics: ['auc', 'mae'] })
  expect(model.optimizer?.className).toBe('SGD')
  model.summary({ printFn: () => undefined })
  expect(() => model.metricsNames).toThrow("Give objects, Nadam() for 'nadam'.")
  expect(() => model.plan()).toThrow('expected losses, metrics and optimizer at hand')
  // What comes later counts, also while names are loaded.
  const evaluated = model.evaluate(x, y, quiet)
  model.compile({ ...options, metrics: [AUC({ name: 'area' })] })
  await evaluated
  expect(model.metricsNames).toEqual(['loss', 'area'])

  const named = build()
  named.compile({ ...options, metrics: ['auc', 'mae'] })
  const { history } = await named.fit(x, y, { ...quiet, epochs: 2, shuffle: false })
  expect(Object.keys(history)).toEqual(['auc', 'loss', 'mae'])
  const made = build()
  made.compile({ ...options, metrics: [AUC(), 'mae'] })
  expect(history).toEqual((await made.fit(x, y, { ...quiet, epochs: 2, shuffle: false })).history)
})

test('flags of layers count as compile finds them, also where names are loaded after it', async () => {
  const model = build()
  model.compile({ ...options, metrics: ['Recall'] })
  expect(() => model.metricsNames).toThrow('names that the first call loads')
  model.trainable = false
  const [before] = await model.getWeights()
  await model.trainOnBatch(x, y)
  const [after] = await model.getWeights()
  expect(after?.data).not.toEqual(before?.data)
})

test('a Sequential that is built by its first data loads names, too', async () => {
  const model = Sequential([Dense(1)])
  model.compile({ ...options, metrics: ['Precision'] })
  await model.fit(x, y, quiet)
  expect(model.metricsNames).toEqual(['loss', 'Precision'])
})

test('a plan without the code of regularizers and constraints says so', async () => {
  const model = Sequential([Dense(1, { inputShape: [2], kernelRegularizer: 'l2' })])
  model.compile(options)
  expect(() => model.plan({ training: true })).toThrow(
    'got some that the first call loads. Train or evaluate first.',
  )
  await model.evaluate(x, y, quiet)
  expect(model.plan({ training: true }).dispatches).toBeGreaterThan(0)
})

test('a compile that is refused leaves the one before it', async () => {
  const model = build()
  model.compile(options)
  const before = model.compileOptions
  expect(() => model.compile({ ...options, loss: ['mse', 'mse'] })).toThrow(
    'compile: expected loss for one output',
  )
  expect(model.compileOptions).toBe(before)
  const [{ 'config.json': config }] = [unzipSync(await model.save())]
  expect(JSON.parse(new TextDecoder().decode(config)).compile_config.loss).toBe('mse')
})

test('unknown names are refused at once, also beside names that are loaded later', () => {
  const model = build()
  expect(() => model.compile({ ...options, metrics: ['recall', 'preccision' as 'precision'] })).toThrow(
    'compile, metrics: expected a metric',
  )
  expect(() => model.compile({ ...options, optimizer: 'adan' as 'adam' })).toThrow("Did you mean 'adam'?")
})

test.each([
  ['losses', lossFamily],
  ['metrics', metricFamily],
  ['optimizers', optimizerFamily],
])(
  'the code of %s that is loaded later has the names that were promised',
  async (_what, family: Family<object>) => {
    const names = [...family.later.keys()]
    for (const name of names) await family.loadingOf(name, 'test')?.()
    expect(names.filter((name) => family.loadingOf(name, 'test'))).toEqual([])
  },
)
