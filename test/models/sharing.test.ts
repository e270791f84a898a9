/** Layers that models share, calls that are made at once, and models that move from one backend to another. */
import { expect, test } from 'vitest'
import { Adam, Dense, Input, LSTM, Model, Sequential, SGD, setSeed, type Tensor } from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [a, b] = [uniform([5, 3], -1, 1, 1), uniform([5, 2, 3], -1, 1, 2)]
const [ya, yb] = [uniform([5, 1], -1, 1, 3), uniform([5, 2], -1, 1, 4)]

onEachBackend(() => {
  test('a layer that is used twice has one set of weights, whose gradient is the sum', async () => {
    setSeed(5)
    const [left, right] = [Input([3]), Input([3])]
    const shared = Dense(1, { name: 'shared' })
    const model = Model([left, right], [shared(left), shared(right)])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const single = Sequential([Dense(1, { inputShape: [3] })])
    single.compile({ loss: 'mse', optimizer: 'sgd' })
    single.setWeights(await model.getWeights())
    const other = uniform([5, 3], -1, 1, 7)
    expect(model.countParams()).toBe(4)
    const flat = async (values: Promise<Record<string, Tensor>>) =>
      Object.values(await values).flatMap(({ data }) => [...data])
    const sum = await flat(model.gradients([a, other], [ya, ya]))
    const [one, two] = [await flat(single.gradients(a, ya)), await flat(single.gradients(other, ya))]
    expectClose(
      'gradient',
      sum,
      one.map((value, i) => value + (two[i] ?? 0)),
      1e-6,
    )
  })

  test('models that share a layer see each other’s training', async () => {
    setSeed(5)
    const input = Input([3])
    const shared = Dense(2, { name: 'shared' })(input)
    const [first, second] = [Model(input, Dense(1)(shared)), Model(input, Dense(2)(shared))]
    first.compile({ loss: 'mse', optimizer: 'adam' })
    second.compile({ loss: 'mse', optimizer: 'adam' })
    const before = await second.predict(a)
    await first.fit(a, ya, { ...quiet, epochs: 3 })
    expect((await second.getWeights())[0]).toEqual((await first.getWeights())[0])
    const between = await second.predict(a)
    expect(between.data).not.toEqual(before.data)
    const ofFirst = (await first.getWeights())[0]
    await second.fit(a, yb, { ...quiet, epochs: 3 })
    const ofSecond = (await second.getWeights())[0]
    expect(ofSecond).not.toEqual(ofFirst)
    expect((await first.getWeights())[0]).toEqual(ofSecond)
    // What the second trained is there when the first, which had trained it before, is gone.
    first.dispose()
    await second.predict(a)
    expect((await second.getWeights())[0]).toEqual(ofSecond)
  })

  test('a model that is disposed leaves shared layers to the others, as they were trained', async () => {
    setSeed(5)
    const input = Input([3])
    const shared = Dense(2)(input)
    const [first, second] = [Model(input, Dense(1)(shared)), Model(input, shared)]
    first.compile({ loss: 'mse', optimizer: Adam(0.1) })
    const before = await second.predict(a)
    await first.fit(a, ya, quiet)
    const [kernel, bias] = await first.getWeights()
    first.dispose()
    const after = await second.predict(a)
    expect(after.data).not.toEqual(before.data)
    const expected = Array.from(after.data, (_, i) =>
      [0, 1, 2].reduce(
        (sum, k) => sum + (a.data[3 * Math.floor(i / 2) + k] ?? 0) * (kernel?.data[2 * k + (i % 2)] ?? 0),
        bias?.data[i % 2] ?? 0,
      ),
    )
    expectClose('predictions by the trained layer', after.data, expected, 1e-6)
  })

  test('calls that are made at once do not disturb each other', async () => {
    setSeed(5)
    const model = Sequential([Dense(1, { inputShape: [3] })])
    // Weights stay as they are, so that it does not matter which call comes first.
    model.compile({ loss: 'mse', optimizer: SGD(0) })
    const other = uniform([5, 3], -1, 1, 8)
    const calls = [
      () => model.predict(a).then(({ data }) => [...data]),
      () => model.predict(other, { batchSize: 2 }).then(({ data }) => [...data]),
      () => model.evaluate(a, ya, { ...quiet, batchSize: 3 }).then((losses) => [losses].flat()),
      () => model.testOnBatch(other, ya).then((losses) => [losses].flat()),
      () =>
        model.fit(other, ya, { ...quiet, epochs: 9, batchSize: 2 }).then(({ history }) => history.loss ?? []),
    ]
    const inTurn: (readonly number[])[] = []
    for (const call of calls) inTurn.push(await call())
    const atOnce = await Promise.all(calls.map((call) => call()))
    // Epochs draw batches of their own, whose losses are added in another order.
    for (const [i, values] of atOnce.entries()) expectClose(`call ${i}`, values, inTurn[i] ?? [], 1e-6)
  })

  test('models that share a layer may be trained at once, and each trains it', async () => {
    const train = async (which: readonly (0 | 1)[]) => {
      setSeed(5)
      const input = Input([3])
      const shared = Dense(2)(input)
      const models = [Model(input, Dense(1)(shared)), Model(input, Dense(1)(shared))] as const
      for (const model of models) model.compile({ loss: 'mse', optimizer: 'sgd' })
      const losses = await Promise.all(
        which.map(async (i) => (await models[i].fit(a, ya, { ...quiet, epochs: 20 })).history.loss ?? []),
      )
      const kernels = await Promise.all(models.map(async (model) => (await model.getWeights())[0]?.data))
      expect(kernels[0]).toEqual(kernels[1])
      return { losses, kernel: kernels[0] }
    }
    const [first, second, both] = [await train([0]), await train([1]), await train([0, 1])]
    for (const alone of [first, second]) expect(both.kernel).not.toEqual(alone.kernel)
    for (const loss of both.losses) expect(loss.at(-1)).toBeLessThan(loss[0] ?? 0)
  })
})

test('weights and the optimizer’s state move to another backend between fits', async () => {
  const train = async (backends: readonly ('cpu' | 'webgpu')[]) => {
    setSeed(5)
    const model = Sequential([LSTM(2, { inputShape: [2, 3] }), Dense(1)])
    model.compile({ loss: 'mse', optimizer: Adam(0.05) })
    const losses: number[] = []
    for (const backend of backends) {
      await chooseBackend(backend)
      const { history } = await model.fit(b, ya, { ...quiet, epochs: 2, batchSize: 3 })
      losses.push(...(history.loss ?? []))
    }
    return { losses, weights: await weightsOf(model), iterations: model.optimizer?.iterations }
  }
  const still = await train(['cpu', 'cpu', 'cpu'])
  const moving = await train(['cpu', 'webgpu', 'cpu'])
  expect(moving.iterations).toBe(12)
  expectClose('losses', moving.losses, still.losses, 1e-5)
  expectClose('weights', moving.weights, still.weights, 1e-4)
})

test('what a GPU trained is read and predicted from on the CPU', async () => {
  await chooseBackend('webgpu')
  const model = Sequential([Dense(2, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  await model.fit(a, yb, quiet)
  const onGpu = await model.predict(a)
  await chooseBackend('cpu')
  expectClose('prediction', (await model.predict(a)).data, onGpu.data, 5e-6)
})
