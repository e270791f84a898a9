/** A model in a worker trains as one in the page: the same numbers, pauses, signals, streams. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { CompileOptions, LayersModel } from '../../src/index.ts'
import type { RemoteModel } from '../../src/worker/index.ts'
import { failureOf } from '../support/expectError.ts'
import { prepareModel, prepareThreads } from './inThread.ts'

const threads = await prepareThreads()
const { recurra, transfer, wrap } = threads.page
const { setSeed } = recurra
const { x, y, worker, model } = prepareModel(threads)
const quiet = { verbose: 0 } as const
let remote: RemoteModel
beforeEach(() => {
  remote = model()
})

function local(given = {}): LayersModel {
  setSeed(7)
  return (threads.models.recurrent as (given: object) => LayersModel)(given)
}

const weightsOf = async (model: Pick<LayersModel, 'getWeights'>) =>
  (await model.getWeights()).map(({ data }) => [...data])

describe('the same numbers', () => {
  const options = { ...quiet, epochs: 3, batchSize: 4, validationSplit: 0.25 } as const

  /** What a model computes, by all of its methods. */
  async function numbersOf(model: Pick<LayersModel, keyof RemoteModel & keyof LayersModel>) {
    const { history, epoch, params } = await model.fit(x, y, options)
    return {
      fit: { history, epoch, params },
      evaluate: await model.evaluate(x, y, { ...quiet, returnDict: true }),
      predict: (await model.predict(x)).toArray(),
      backend: model.backend,
      ofArrays: (await model.predictOnBatch(x.toArray() as never)).toArray(),
      trainOnBatch: await model.trainOnBatch(x, y),
      testOnBatch: await model.testOnBatch(x, y),
      gradients: Object.entries(await model.gradients(x, y)).map(([path, { data }]) => [path, [...data]]),
      weights: await weightsOf(model),
      parameters: await model.countParams(),
      json: await model.toJSON(),
    }
  }

  test('of a model that the worker makes, and of one that the page sends', async () => {
    const expected = await numbersOf(local())
    // Automatic names count the models of a process.
    const named = (numbers: Awaited<ReturnType<typeof numbersOf>>) =>
      JSON.parse(
        JSON.stringify(numbers).replaceAll(
          /(sequential|lstm|dense|dropout|input_layer)(_cell)?(_\d+)?/g,
          '$1$2',
        ),
      )
    expect(named(await numbersOf(remote as never))).toEqual(named(expected))
    const sent = await wrap(worker, local({ rate: 0 }), { seed: 5 })
    // In a file the learning rate has the digits of a float.
    const stays = await recurra.loadModel(await local({ rate: 0 }).save())
    setSeed(5)
    expect(named(await numbersOf(sent as never))).toEqual(named(await numbersOf(stays)))
    sent.dispose()
  })

  test('of a class with steps of its own, whose state goes there and back', async () => {
    const away = await wrap(worker, { make: 'stepped' }, { backend: 'cpu', seed: 7 })
    setSeed(7)
    const here = (threads.models.stepped as (given: object) => LayersModel)({})
    const fitting = { ...quiet, epochs: 2, batchSize: 4, shuffle: false } as const
    expect((await away.fit(x, y, fitting)).history).toEqual((await here.fit(x, y, fitting)).history)
    expect(await away.evaluate(x, y, quiet)).toEqual(await here.evaluate(x, y, quiet))
    expect(await away.trainOnBatch(x, y)).toEqual(await here.trainOnBatch(x, y))
    expect(await weightsOf(away as never)).toEqual(await weightsOf(here))
    const saved = await here.saveWeights()
    await here.fit(x, y, fitting)
    await away.loadWeights(saved)
    const ending = away.fit(x, y, { ...fitting, callbacks: { onEpochEnd: () => away.pause() } })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const resuming = setInterval(() => away.resume(), 20)
    await ending
    clearInterval(resuming)
    expect(await weightsOf(away as never)).toEqual(await weightsOf(here))
    away.dispose()
  })

  test('a model goes to the worker in the middle of its training, and comes back', async () => {
    const moved = local({ rate: 0 })
    await moved.fit(x, y, options)
    const loaded = await recurra.loadModel(await moved.save())
    const away = await wrap(worker, moved)
    for (const model of [loaded, away]) await model.fit(x, y, { ...quiet, shuffle: false })
    const expected = await weightsOf(loaded)
    expect(await weightsOf(away)).toEqual(expected)
    await moved.loadWeights(await away.saveWeights())
    expect(await weightsOf(moved)).toEqual(expected)
    expect(moved.optimizer?.iterations).toBe(loaded.optimizer?.iterations)
    expect(await weightsOf(await recurra.loadModel(await away.save()))).toEqual(expected)
    await away.setWeights(
      (await loaded.getWeights()).map(({ data, shape }) =>
        recurra.tensor(
          data.map(() => 0),
          shape,
        ),
      ),
    )
    expect((await weightsOf(away)).flat().every((weight) => weight === 0)).toBe(true)
    await away.loadWeights(await loaded.save())
    expect(await weightsOf(away)).toEqual(expected)
    away.dispose()
  })
})

const turn = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('compile', () => {
  const { Adam, ExponentialDecay, LossScaleOptimizer, SGD, losses, metrics } = recurra

  test.each<[string, () => CompileOptions]>([
    ['an optimizer', () => ({ optimizer: Adam({ learningRate: 0.03, clipnorm: 0.5 }), loss: 'mse' })],
    ['a schedule', () => ({ optimizer: SGD(ExponentialDecay(0.1, 2, 0.5)), loss: 'mse' })],
    ['optimizers in each other', () => ({ optimizer: LossScaleOptimizer(SGD(0.01)), loss: 'mse' })],
    ['losses', () => ({ optimizer: 'adam', loss: losses.Huber({ delta: 0.3 }), lossWeights: [2] })],
    [
      'metrics',
      () => ({
        loss: 'mae',
        metrics: [metrics.MeanSquaredError({ name: 'squares' }), metrics.meanAbsoluteError],
        weightedMetrics: ['mse', metrics.RootMeanSquaredError()],
      }),
    ],
    ['a function that both have registered', () => ({ optimizer: 'sgd', loss: threads.halved })],
    ['none of them', () => ({ optimizer: { className: 'SGD', config: { momentum: 0.9 } }, loss: 'mae' })],
  ])('%s', async (_name, options) => {
    const trained = async (model: Pick<RemoteModel, 'compile' | 'fit'> | LayersModel) => {
      // Calls behind it wait for it.
      const compiled = model.compile(options())
      const { history } = await model.fit(x, y, { ...quiet, epochs: 3, batchSize: 5 })
      await compiled
      return history
    }
    const [expected, got] = [await trained(local()), await trained(remote)]
    // Numbers of options have the digits of a float in files.
    expect(Object.keys(got)).toEqual(Object.keys(expected))
    for (const [key, values = []] of Object.entries(expected))
      for (const [i, value] of values.entries()) expect(got[key]?.[i]).toBeCloseTo(value, 5)
  })
})

describe('pause, resume, stop', () => {
  test('a paused fit waits, goes on to the same numbers, and is stopped', async () => {
    let epochs = 0
    const callbacks = {
      onEpochEnd() {
        epochs++
      },
    }
    const fitting = remote.fit(x, y, { ...quiet, epochs: 30, callbacks })
    remote.pause()
    // The worker answers in order: it has paused before it predicts, and may end the step that it is in after that.
    for (let before = -1; before !== epochs; ) {
      before = epochs
      expect((await remote.predict(x)).shape).toEqual([12, 1])
    }
    expect(epochs).toBeLessThan(30)
    remote.resume()
    const { history } = await fitting
    expect(history).toEqual((await local().fit(x, y, { ...quiet, epochs: 30 })).history)

    const endless = remote.fit(x, y, { ...quiet, epochs: 1e6 })
    remote.pause()
    remote.stop()
    expect((await endless).epoch.length).toBeLessThan(1e6)
    const alsoEndless = remote.fit(x, y, { ...quiet, epochs: 1e6 })
    remote.stopTraining = true
    expect((await alsoEndless).epoch.length).toBeLessThan(1e6)
  })
})

describe('signals', () => {
  test('abort ends a call with the reason itself, and the model trains on', async () => {
    for (const reason of [undefined, new TypeError('enough'), 'enough']) {
      const controller = new AbortController()
      const fitting = failureOf(() => remote.fit(x, y, { ...quiet, epochs: 1e6, signal: controller.signal }))
      await turn(5)
      controller.abort(reason)
      expect(await fitting).toBe(controller.signal.reason)
      expect(await failureOf(() => remote.predict(x, { signal: controller.signal }))).toBe(
        controller.signal.reason,
      )
    }
    expect((await remote.fit(x, y, quiet)).epoch).toEqual([0])
    await expect(remote.fit(x, y, { signal: 3 as never })).rejects.toThrow(
      'expected signal to be an AbortSignal',
    )
  })
})

describe('streams', () => {
  test('batches stay in the page until they are asked for, again in each epoch', async () => {
    let opened = 0
    const stream = async function* () {
      opened++
      yield [x, y]
      yield transfer([recurra.tensor(x.data.slice(), x.shape), y.toArray()])
    }
    const { history } = await remote.fit(stream, { ...quiet, epochs: 3, validationData: [x, y] })
    expect([opened, history.val_loss?.length]).toEqual([3, 3])
    expect(history).toEqual(
      (await local().fit(stream, null, { ...quiet, epochs: 3, validationData: [x, y] })).history,
    )
    expect(await remote.evaluate([[x, y]].values(), quiet)).toEqual(await remote.evaluate(x, y, quiet))
  })

  test('one that the page began goes on after the call; others are closed', async () => {
    const closed: string[] = []
    let asked = 0
    const endless = function* (name: string) {
      try {
        for (;;) {
          asked++
          yield [x, y]
        }
      } finally {
        closed.push(name)
      }
    }
    const begun = endless('begun')
    await remote.fit(begun, null, { ...quiet, stepsPerEpoch: 2 })
    expect(closed).toEqual([])
    expect(begun.next().done).toBe(false)
    await remote.fit(() => endless('own'), null, { ...quiet, stepsPerEpoch: 2 })
    expect(closed).toEqual(['own'])
    const before = asked
    const abort = failureOf(() => remote.fit(() => endless('disposed'), null, { ...quiet, epochs: 1e6 }))
    while (asked === before) await turn()
    remote.dispose()
    expect(await abort).toMatchObject({ name: 'AbortError', message: /was disposed while it ran/ })
    while (closed.length < 2) await turn()
    expect(closed).toEqual(['own', 'disposed'])
  })

  test('what a stream or a hook throws comes back as the same object', async () => {
    const error = new RangeError('enough')
    const fails = function* () {
      yield [x, y]
      throw error
    }
    expect(await failureOf(() => remote.fit(fails, null, quiet))).toMatchObject({
      name: 'RecurraError',
      cause: error,
    })
    const onEpochEnd = () => Promise.reject(error)
    expect(await failureOf(() => remote.fit(x, y, { ...quiet, callbacks: { onEpochEnd } }))).toBe(error)
  })
})

test('transfer moves memory; without it data stay', async () => {
  const kept = x.data.slice()
  const given = recurra.tensor(kept, x.shape)
  await remote.predict(given)
  expect(kept.length).toBe(72)
  const expected = (await remote.predict(given)).toArray()
  expect((await remote.predict(transfer(given))).toArray()).toEqual(expected)
  expect([kept.length, given.data.length]).toEqual([0, 0])
  const shared = new Float32Array(new SharedArrayBuffer(x.data.byteLength))
  shared.set(x.data)
  expect((await remote.predict({ data: shared, shape: x.shape } as never)).toArray()).toEqual(expected)
})
