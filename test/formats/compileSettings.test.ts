/** Compile settings and optimizer state of files that do not fit the model that is in them. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { expect, test, vi } from 'vitest'
import { toKeras } from '../../src/formats.ts'
import { Dense, Input, LSTM, loadModel, type OptimizerName, Sequential, tensor } from '../../src/index.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [x, y] = [uniform([4, 5, 3], -1, 1), uniform([4, 2], -1, 1)]

test('a model whose layers were frozen after compile loads, and says that its optimizer starts anew', async () => {
  const model = Sequential([LSTM(3, { inputShape: [5, 3] }), Dense(2)])
  model.compile({ optimizer: 'adam', loss: 'mse' })
  await model.fit(x, y, quiet)
  model.layers[0]!.trainable = false
  const bytes = await model.save()
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const loaded = await loadModel(bytes)
  expect(warn.mock.calls.flat()).toEqual([
    'loadModel: the optimizer Adam starts anew: expected 4 slots, got 10. Compile after a change of trainable to save its state.',
  ])
  warn.mockRestore()
  expect((await loaded.predict(x)).data).toEqual((await model.predict(x)).data)
  expect(loaded.optimizer?.iterations).toBe(0)
  const before = await weightsOf(loaded)
  await loaded.fit(x, y, quiet)
  const after = await weightsOf(loaded)
  expect(after.slice(0, 3)).toEqual(before.slice(0, 3))
  expect(after.at(-1)).not.toEqual(before.at(-1))
})

test('a model that was compiled and never called has its compile settings in files and in code', async () => {
  const build = (optimizer: OptimizerName) => {
    const model = Sequential([Input([2]), Dense(3)])
    model.compile({ optimizer, loss: 'mse', metrics: ['mae'] })
    return model
  }
  // Their code is loaded when it is first asked for: each is asked for once.
  const loaded = await loadModel(await build('ftrl').save())
  expect(loaded.optimizer?.className).toBe('Ftrl')
  expect(await toKeras(build('adadelta'))).toContain(
    "model.compile(optimizer='adadelta', loss='mse', metrics=['mae'])",
  )

  const trained = build('nadam')
  await trained.fit(tensor([1, 2], [1, 2]), tensor([1, 2, 3], [1, 3]), quiet)
  const bytes = await trained.saveWeights()
  const model = build('nadam')
  await model.loadWeights(bytes)
  expect(model.optimizer?.iterations).toBe(1)
})

test('a file with compile settings that contradict each other is loaded without them', async () => {
  const model = Sequential([Input([2]), Dense(3)])
  model.compile({ loss: 'mse', metrics: ['mae'] })
  const entries = unzipSync(await model.save())
  const config = strFromU8(entries['config.json'] as Uint8Array)
  const ofIndices = config.replace('"loss": "mse"', '"loss": "sparse_categorical_crossentropy"')
  expect(ofIndices).not.toBe(config)
  const bytes = zipSync({ ...entries, 'config.json': strToU8(ofIndices) }, { level: 0 })
  await expect(loadModel(bytes)).rejects.toThrow(
    /^loadModel, Model ".*"\.compile, metrics: .* Load with \{ compile: false \}, and compile anew\.$/,
  )
  const loaded = await loadModel(bytes, { compile: false })
  expect(await weightsOf(loaded)).toEqual(await weightsOf(model))
})
