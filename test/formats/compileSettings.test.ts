/** Compile settings and optimizer state of files that do not fit the model that is in them. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { expect, test, vi } from 'vitest'
import { compileConfigOf } from '../../src/formats/config/compileConfig.ts'
import { toKeras } from '../../src/formats.ts'
import {
  type CompileOptions,
  Dense,
  Dice,
  Input,
  KLDivergence,
  type LossName,
  LSTM,
  loadModel,
  Model,
  type OptimizerName,
  Sequential,
  tensor,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
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
    /^loadModel, Model ".*"\.compile, metrics: .* Or load with \{ compile: false \}, and compile anew\.$/,
  )
  const loaded = await loadModel(bytes, { compile: false })
  expect(await weightsOf(loaded)).toEqual(await weightsOf(model))
})

test('losses and metrics are in files by names that Keras 3 finds, whatever they are called here', async () => {
  const model = Sequential([Input([2]), Dense(3, { activation: 'softmax' })])
  const written = (loss: LossName, metrics: NonNullable<CompileOptions['metrics']> | null) => {
    model.compile({ loss, metrics })
    return JSON.parse(JSON.stringify(compileConfigOf(model, 'the test')))
  }
  const known = ['acc', 'mse', 'MAE', 'binary_accuracy', 'KLDivergence', 'log_cosh_error'] as const
  expect(written('KLD' as LossName, known)).toMatchObject({ loss: 'KLD', metrics: known })
  expect(written('cce', null).loss).toBe('categorical_crossentropy')
  expect(written('huber_loss', null).loss).toBe('huber')
  const reference = (config: string) => ({ class_name: 'function', config })
  expect(written('categorical_generalized_cross_entropy', null).loss).toMatchObject(
    reference('categorical_generalized_cross_entropy'),
  )
  const others = ['huber', 'logcosh', 'kld', 'binaryaccuracy', KLDivergence, Dice] as NonNullable<
    CompileOptions['metrics']
  >
  const before = written('mse', others)
  expect(before.metrics).toMatchObject([
    { class_name: 'MeanMetricWrapper', config: { fn: reference('huber'), name: 'huber' } },
    { class_name: 'MeanMetricWrapper', config: { fn: reference('log_cosh'), name: 'logcosh' } },
    { class_name: 'MeanMetricWrapper', config: { fn: reference('kl_divergence'), name: 'kld' } },
    { class_name: 'BinaryAccuracy', config: { name: 'binaryaccuracy' } },
    { class_name: 'KLDivergence', config: {} },
    { class_name: 'MeanMetricWrapper', config: { fn: reference('dice'), name: 'dice' } },
  ])
  const names = ['loss', 'huber', 'logcosh', 'kld', 'binaryaccuracy', 'kl_divergence', 'dice']
  const files = { 'model.keras': await model.save(), 'model.h5': await model.save(null, { format: 'h5' }) }
  for (const bytes of Object.values(files)) {
    const loaded = await loadModel(bytes)
    const values = [tensor([1, 2], [1, 2]), tensor([0, 1, 0], [1, 3])] as const
    const [got, wanted] = [await loaded.evaluate(...values, quiet), await model.evaluate(...values, quiet)]
    // A loss as a metric is one kernel here, and its function of several operations when it is read: each rounds once.
    expectClose('numbers', [got].flat(), [wanted].flat(), 1e-6)
    expect(model.metricsNames).toEqual(names)
    expect(loaded.metricsNames).toEqual(names)
  }
})

test('numbers of several outputs come in the order of Keras: losses, then metrics by name', async () => {
  const input = Input([2])
  const model = Model(input, [Dense(1, { name: 'b' })(input), Dense(1, { name: 'a' })(input)])
  model.compile({ loss: 'mse', metrics: { b: ['mse', 'mae'], a: ['mape'] } })
  const names = ['loss', 'b_loss', 'a_loss', 'a_mape', 'b_mae', 'b_mse']
  const one = tensor([1], [1, 1])
  const list = await model.evaluate(tensor([1, 2], [1, 2]), [one, one], quiet)
  const byName = await model.evaluate(tensor([1, 2], [1, 2]), [one, one], { ...quiet, returnDict: true })
  expect(model.metricsNames).toEqual(names)
  expect(list).toEqual(names.map((name) => byName[name]))
})

test('how Keras executes steps is what it was in the file, and no option', async () => {
  const model = Sequential([Input([2]), Dense(3)])
  model.compile({ optimizer: 'sgd', loss: 'mse' })
  const usual = { run_eagerly: false, steps_per_execution: 1, jit_compile: false }
  const settingsOf = (bytes: Uint8Array) =>
    JSON.parse(strFromU8(unzipSync(bytes)['config.json'] as Uint8Array)).compile_config
  const bytes = await model.save()
  expect(settingsOf(bytes)).toMatchObject(usual)
  const files = unzipSync(bytes)
  const config = JSON.parse(strFromU8(files['config.json'] as Uint8Array))
  const changed = { run_eagerly: false, steps_per_execution: 7, jit_compile: true }
  const others = { ...config, compile_config: { ...config.compile_config, ...changed } }
  const theirs = zipSync({ ...files, 'config.json': strToU8(JSON.stringify(others)) })
  const loaded = await loadModel(theirs)
  expect(settingsOf(await loaded.save())).toMatchObject(changed)
  await loaded.fit(uniform([4, 2], -1, 1), uniform([4, 3], -1, 1), quiet)
  const again = await loadModel(await loaded.save())
  expect(settingsOf(await again.save())).toMatchObject(changed)
  expect(Object.keys(again.compileOptions ?? {})).not.toContain('stepsPerExecution')
  // Another compile says all anew, as in Keras.
  again.compile({ optimizer: 'sgd', loss: 'mse' })
  expect(settingsOf(await again.save())).toMatchObject(usual)
})
