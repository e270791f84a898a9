/** Callbacks of fit: when they are called and with what, that they are awaited, and what they may change meanwhile. */
import { expect, test } from 'vitest'
import {
  Adam,
  type CallbackHooks,
  Dense,
  Sequential,
  type SequentialModel,
  SGD,
  setSeed,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { rowsOf, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const x = uniform([8, 3], -1, 1, 1)
const y = uniform([8, 1], -1, 1, 2)
const firstHalf = [rowsOf(x, 0, 4), rowsOf(y, 0, 4)] as const
const secondHalf = [rowsOf(x, 4, 8), rowsOf(y, 4, 8)] as const
const options = { verbose: 0, batchSize: 4, shuffle: false } as const

function line(): SequentialModel {
  setSeed(7)
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}

/** Writes down its calls; the hooks take a while, as saving a file would. */
function listener(calls: string[]): CallbackHooks {
  const note = (call: string) => async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    calls.push(call)
  }
  const numbered = (call: string) => (index: number) => note(`${call} ${index}`)()
  return {
    onTrainBegin: note('train begins'),
    onTrainEnd: note('train ends'),
    onEpochBegin: numbered('epoch begins'),
    onEpochEnd: numbered('epoch ends'),
    onTrainBatchBegin: numbered('batch begins'),
    onTrainBatchEnd: numbered('batch ends'),
    onTestBegin: note('test begins'),
    onTestEnd: note('test ends'),
  }
}

onEachBackend(() => {
  test('hooks are called in Keras’s order, each after the one before it is done', async () => {
    const calls: string[] = []
    await line().fit(x, y, { ...options, epochs: 2, callbacks: listener(calls), validationSplit: 0.5 })
    const epoch = (index: number): string[] => [
      `epoch begins ${index}`,
      'batch begins 0',
      'batch ends 0',
      'test begins',
      'test ends',
      `epoch ends ${index}`,
    ]
    expect(calls).toEqual(['train begins', ...epoch(0), ...epoch(1), 'train ends'])
  })

  test('logs are the running means of the epoch, then the epoch’s and those of validation', async () => {
    const batches: number[] = []
    const epochs: Readonly<Record<string, number>>[] = []
    const model = line()
    model.compile({ loss: 'mse', optimizer: SGD(0) })
    const { history } = await model.fit(x, y, {
      ...options,
      validationData: [x, y],
      callbacks: {
        onBatchEnd: (_batch, { loss = Number.NaN }) => batches.push(loss),
        onEpochEnd: (_epoch, logs) => epochs.push(logs),
      },
    })
    const [first, all] = [await model.testOnBatch(...firstHalf), await model.evaluate(x, y, { verbose: 0 })]
    expectClose('running means', batches, [first, all].flat(), 1e-6)
    expect(epochs).toEqual([{ loss: history.loss?.[0], val_loss: history.val_loss?.[0] }])
  })

  test('stopTraining ends the fit after the epoch, or after the batch where a batch set it', async () => {
    const model = line()
    const stop = () => {
      model.stopTraining = true
    }
    const afterEpoch = await model.fit(x, y, {
      ...options,
      epochs: 9,
      callbacks: { onEpochEnd: (epoch) => epoch === 1 && stop() },
    })
    expect(afterEpoch.epoch).toEqual([0, 1])
    const batches: number[] = []
    const afterBatch = await model.fit(x, y, {
      ...options,
      batchSize: 2,
      epochs: 9,
      callbacks: { onBatchEnd: (batch) => batches.push(batch) && batch === 2 && stop() },
    })
    expect(batches).toEqual([0, 1, 2])
    expect(afterBatch.history.loss).toHaveLength(1)
    expect((await model.fit(x, y, { ...options, epochs: 2 })).epoch).toEqual([0, 1])
  })

  test('a learning rate that a callback sets counts from the next step on', async () => {
    const byCallback = line()
    const { optimizer } = byCallback
    await byCallback.fit(x, y, {
      ...options,
      epochs: 2,
      callbacks: {
        onEpochBegin: (epoch) => {
          if (optimizer) optimizer.learningRate = epoch === 0 ? 0.1 : 0.025
        },
      },
    })
    const byHand = line()
    for (const rate of [0.1, 0.025]) {
      byHand.compile({ loss: 'mse', optimizer: SGD(rate) })
      await byHand.fit(x, y, options)
    }
    expect(await weightsOf(byCallback)).toEqual(await weightsOf(byHand))
  })

  test.each(['onEpochEnd', 'onTrainBatchEnd'] as const)(
    '%s may read weights, predict, evaluate and train',
    async (hook) => {
      const plain = line()
      const expected = await plain.fit(x, y, { ...options, epochs: 3 })
      const model = line()
      const seen: number[][] = []
      const { history } = await model.fit(x, y, {
        ...options,
        epochs: 3,
        callbacks: {
          [hook]: async () => {
            await model.predict(x)
            await model.evaluate(x, y, { verbose: 0, batchSize: 3 })
            await model.testOnBatch(...secondHalf)
            await model.gradients(...secondHalf)
            seen.push(await weightsOf(model))
          },
        },
      })
      expect(history).toEqual(expected.history)
      expect(await weightsOf(model)).toEqual(await weightsOf(plain))
      expect(seen.at(-1)).toEqual(await weightsOf(plain))
    },
  )

  test.each(['onEpochEnd', 'onTrainBatchEnd'] as const)('%s may take a step of its own', async (hook) => {
    const model = line()
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    await model.fit(x, y, {
      ...options,
      batchSize: 8,
      epochs: 2,
      callbacks: { [hook]: () => model.trainOnBatch(...firstHalf) },
    })
    const steps = line()
    steps.compile({ loss: 'mse', optimizer: Adam(0.01) })
    for (const batch of [[x, y], firstHalf, [x, y], firstHalf] as const) await steps.trainOnBatch(...batch)
    expect(await weightsOf(model)).toEqual(await weightsOf(steps))
  })

  test.each(['onEpochBegin', 'onEpochEnd', 'onTrainBatchBegin'] as const)(
    'weights that %s sets are trained from',
    async (hook) => {
      const start = await line().getWeights()
      const model = line()
      let calls = 0
      await model.fit(x, y, {
        ...options,
        batchSize: 8,
        epochs: 2,
        callbacks: {
          [hook]: () => {
            if (calls++ === (hook === 'onEpochEnd' ? 0 : 1)) model.setWeights(start)
          },
        },
      })
      const once = line()
      await once.fit(x, y, { ...options, batchSize: 8 })
      expect(await weightsOf(model)).toEqual(await weightsOf(once))
    },
  )

  test('a callback that throws ends the fit with its error, and the model goes on', async () => {
    const model = line()
    const broken = { onEpochEnd: () => Promise.reject(new Error('disk full')) }
    await expect(model.fit(x, y, { ...options, epochs: 2, callbacks: broken })).rejects.toThrow('disk full')
    const once = line()
    await once.fit(x, y, options)
    expect(await weightsOf(model)).toEqual(await weightsOf(once))
    await model.fit(x, y, options)
  })

  test('weights that are read while fit runs are of a step; those after it are the last', async () => {
    const plain = line()
    await plain.fit(x, y, { ...options, epochs: 40 })
    const model = line()
    const fit = model.fit(x, y, { ...options, epochs: 40 })
    const meanwhile = await weightsOf(model)
    await fit
    expect(meanwhile.every(Number.isFinite)).toBe(true)
    expect(await weightsOf(model)).toEqual(await weightsOf(plain))
  })
})
