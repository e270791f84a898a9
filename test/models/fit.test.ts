/** model.fit: what becomes of samples, epochs, validation, seeds and the history. */
import { expect, test } from 'vitest'
import {
  Adam,
  type Data,
  Dense,
  Dropout,
  type History,
  Input,
  LSTM,
  Sequential,
  type SequentialModel,
  setSeed,
} from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, rowsOf, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const x = uniform([10, 3], -1, 1, 1)
const y = uniform([10, 1], -1, 1, 2)

/** A model that starts the same every time. */
function line(seed = 7): SequentialModel {
  setSeed(seed)
  const model = Sequential([Input([3], { name: 'numbers' }), Dense(1, { name: 'answer' })])
  model.compile({ loss: 'mse', optimizer: 'sgd', metrics: ['mae'] })
  return model
}

/** The history of `fit` on a fresh model, and its weights. */
async function outcome(train: (model: SequentialModel) => Promise<Pick<History, 'history'>>) {
  const model = line()
  const { history } = await train(model)
  return { history, weights: await weightsOf(model) }
}

onEachBackend(() => {
  test('the history holds a value an epoch of all that is measured, in order of names', async () => {
    const model = line()
    const { history, epoch, params } = await model.fit(x, y, {
      ...quiet,
      epochs: 3,
      batchSize: 4,
      validationSplit: 0.2,
    })
    expect(Object.keys(history)).toEqual(['loss', 'mae', 'val_loss', 'val_mae'])
    expect(Object.values(history).map((values) => values?.length)).toEqual([3, 3, 3, 3])
    expect(epoch).toEqual([0, 1, 2])
    expect(params).toEqual({ verbose: 0, epochs: 3, steps: 2 })
  })

  test('the loss of an epoch is the mean over its samples, a smaller last batch included', async () => {
    const model = line()
    model.compile({ loss: 'mse', optimizer: Adam(0), metrics: ['mae'] })
    const { history } = await model.fit(x, y, { ...quiet, batchSize: 4, shuffle: false })
    const [loss = 0, mae = 0] = [await model.evaluate(x, y, quiet)].flat()
    expectClose('loss', history.loss ?? [], [loss], 1e-6)
    expectClose('mae', history.mae ?? [], [mae], 1e-6)
  })

  test('a batch that does not divide trains as the step it is', async () => {
    const whole = await outcome((model) => model.fit(x, y, { ...quiet, batchSize: 4, shuffle: false }))
    const steps = line()
    for (const [from, to] of [
      [0, 4],
      [4, 8],
      [8, 10],
    ] as const) {
      await steps.trainOnBatch(rowsOf(x, from, to), rowsOf(y, from, to))
    }
    expect(whole.weights).toEqual(await weightsOf(steps))
  })

  test('validationSplit takes the last share, before shuffling', async () => {
    const split = await outcome((model) =>
      model.fit(x, y, { ...quiet, epochs: 2, batchSize: 3, validationSplit: 0.3 }),
    )
    const apart = await outcome((model) =>
      model.fit(rowsOf(x, 0, 7), rowsOf(y, 0, 7), {
        ...quiet,
        epochs: 2,
        batchSize: 3,
        validationData: [rowsOf(x, 7, 10), rowsOf(y, 7, 10)],
      }),
    )
    expect(split).toEqual(apart)
  })

  test('validation leaves training as it is, and tells what evaluate tells', async () => {
    const model = line()
    const validation = [rowsOf(x, 5, 10), rowsOf(y, 5, 10)] as const
    const options = { ...quiet, epochs: 2, batchSize: 4 }
    const { history } = await model.fit(x, y, { ...options, validationData: validation })
    const [loss, mae] = [await model.evaluate(...validation, { ...quiet, batchSize: 4 })].flat()
    expect([history.val_loss?.[1], history.val_mae?.[1]]).toEqual([loss, mae])
    expect(await weightsOf(model)).toEqual((await outcome((other) => other.fit(x, y, options))).weights)
  })

  test('validationFreq and initialEpoch count from the first epoch of all', async () => {
    const model = line()
    const options = { ...quiet, epochs: 5, initialEpoch: 2, validationFreq: 2, validationSplit: 0.5 }
    const { history, epoch } = await model.fit(x, y, options)
    expect(epoch).toEqual([2, 3, 4])
    expect(history.loss).toHaveLength(3)
    expect(history.val_loss).toHaveLength(1)
  })

  test('one seed gives the same shuffles every time, another seed others', async () => {
    const train = (model: SequentialModel) => model.fit(x, y, { ...quiet, epochs: 3, batchSize: 2 })
    const first = await outcome(train)
    expect(await outcome(train)).toEqual(first)
    const ordered = await outcome((model) =>
      model.fit(x, y, { ...quiet, epochs: 3, batchSize: 2, shuffle: false }),
    )
    expect(ordered.weights).not.toEqual(first.weights)
    const model = line()
    setSeed(8)
    await train(model)
    expect(await weightsOf(model)).not.toEqual(first.weights)
  })

  test('epochs that wait for callbacks shuffle as those that run ahead', async () => {
    const options = { ...quiet, epochs: 4, batchSize: 3 }
    const ahead = await outcome((model) => model.fit(x, y, options))
    const epochs = { onEpochEnd: () => undefined }
    const batches = { onTrainBatchEnd: () => undefined }
    expect(await outcome((model) => model.fit(x, y, { ...options, callbacks: epochs }))).toEqual(ahead)
    expect(await outcome((model) => model.fit(x, y, { ...options, callbacks: [batches] }))).toEqual(ahead)
  })

  test('more steps than are planned at once, over several epochs', async () => {
    const rows = 140
    const [many, targets] = [uniform([rows, 3], -1, 1, 3), uniform([rows, 1], -1, 1, 4)]
    const model = line()
    await model.fit(many, targets, { ...quiet, epochs: 2, batchSize: 1, shuffle: false })
    const steps = line()
    await steps.fit(many, targets, { ...quiet, batchSize: 1, shuffle: false })
    await steps.fit(many, targets, { ...quiet, batchSize: 1, shuffle: false })
    expect(await weightsOf(model)).toEqual(await weightsOf(steps))
  })

  test('data come as nested arrays, tensors, lists and objects by name', async () => {
    const forms: readonly (readonly [Data, Data])[] = [
      [x.toArray<number[][]>(), y.toArray<number[][]>()],
      [x, [...y.data]],
      [[x], [y]],
      [{ numbers: x }, { answer: y }],
    ]
    const expected = await outcome((model) => model.fit(x, y, quiet))
    for (const [inputs, targets] of forms) {
      expect(await outcome((model) => model.fit(inputs, targets, quiet))).toEqual(expected)
    }
  })
})

test('the CPU and WebGPU draw the same weights, shuffles and dropout masks', async () => {
  const sequences = uniform([11, 4, 3], -1, 1, 5)
  const targets = uniform([11, 2], -1, 1, 6)
  const histories: number[][] = []
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    setSeed(42)
    const model = Sequential([LSTM(5, { inputShape: [4, 3], dropout: 0.3 }), Dropout(0.4), Dense(2)])
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    const { history } = await model.fit(sequences, targets, { ...quiet, epochs: 6, batchSize: 4 })
    histories.push(history.loss ?? [])
  }
  const [cpu = [], webgpu = []] = histories
  expect(cpu).toHaveLength(6)
  // A mask or an order that differed would show in the first digits.
  expectClose('losses', webgpu, cpu, 1e-5)
})
