/** Models as graphs: several inputs and outputs, layers that are used twice, odd shapes of graphs, much data. */
import { expect, test } from 'vitest'
import {
  Adam,
  Dense,
  Flatten,
  Ftrl,
  type FunctionalModel,
  Input,
  LossScaleOptimizer,
  LSTM,
  Model,
  Reshape,
  Sequential,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [a, b] = [uniform([5, 3], -1, 1, 1), uniform([5, 2, 3], -1, 1, 2)]
const [ya, yb] = [uniform([5, 1], -1, 1, 3), uniform([5, 2], -1, 1, 4)]

function twoByTwo(): FunctionalModel {
  setSeed(5)
  const [left, right] = [Input([3], { name: 'left' }), Input([2, 3], { name: 'right' })]
  const hidden = Dense(2, { activation: 'tanh', name: 'hidden' })(left)
  const read = LSTM(2, { name: 'read' })(right, { initialState: [hidden, hidden] })
  return Model([left, right], [Dense(1, { name: 'one' })(read), Dense(2, { name: 'two' })(hidden)])
}

onEachBackend(() => {
  test('several inputs and outputs, by position and by name', async () => {
    const model = twoByTwo()
    const outputs = await model.predict<Tensor[]>([a, b])
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [5, 1],
      [5, 2],
    ])
    expect(await model.predict<Tensor[]>({ right: b, left: a })).toEqual(outputs)
    expect(await model.predict<Tensor[]>([a, b], { batchSize: 2 })).toEqual(outputs)

    model.compile({ loss: { one: 'mse', two: 'mae' }, optimizer: 'sgd', metrics: { two: ['mse'] } })
    expect(model.metricsNames).toEqual(['loss', 'one_loss', 'two_loss', 'two_mse'])
    const byPosition = [await model.evaluate([a, b], [ya, yb], quiet)].flat()
    const byName = await model.evaluate({ left: a, right: b }, { two: yb, one: ya }, quiet)
    expect(byName).toEqual(byPosition)
    const [total = 0, one = 0, two = 0] = byPosition
    expectClose('the total', [total], [one + two], 1e-6)
    const { history } = await model.fit([a, b], [ya, yb], { ...quiet, validationSplit: 0.4 })
    const names = ['loss', 'one_loss', 'two_loss', 'two_mse']
    expect(Object.keys(history)).toEqual([...names, ...names.map((name) => `val_${name}`)])
  })

  test('the gradients of several outputs are those of the sum of their losses', async () => {
    const model = twoByTwo()
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const gradients = await model.gradients([a, b], [ya, yb])
    const lossOf = async (values: Tensor[]): Promise<number> => {
      model.setWeights(values)
      const [loss = 0] = [await model.evaluate([a, b], [ya, yb], quiet)].flat()
      return loss
    }
    const weights = await model.getWeights()
    const [kernel = tensor([], [0])] = weights
    const h = 1e-2
    const moved = (by: number) => [
      tensor(
        kernel.data.map((w, i) => (i === 0 ? w + by : w)),
        kernel.shape,
      ),
      ...weights.slice(1),
    ]
    const slope = ((await lossOf(moved(h))) - (await lossOf(moved(-h)))) / (2 * h)
    const [first = ''] = Object.keys(gradients)
    // Central differences: h² of the third derivative, and ε·loss/h of rounding.
    expect(gradients[first]?.data[0]).toBeCloseTo(slope, 3)
  })

  test('more samples than a batch are predicted in order, one by one or all at once', async () => {
    setSeed(5)
    const model = Sequential([Dense(2, { inputShape: [3] })])
    const many = uniform([70, 3], -1, 1, 6)
    const whole = await model.predictOnBatch(many)
    expect(whole.shape).toEqual([70, 2])
    for (const batchSize of [1, 32, 69, 70, 500]) {
      expectClose(
        `batches of ${batchSize}`,
        (await model.predict(many, { batchSize })).data,
        whole.data,
        1e-6,
      )
    }
  })

  test('outputs of one layer, or one output twice, are told apart by number', async () => {
    setSeed(5)
    const input = Input([2, 3])
    const [, h, c] = LSTM(2, { returnState: true, name: 'memory' })(input)
    const model = Model(input, [h, c, h])
    model.compile({ loss: 'mse', optimizer: 'sgd', metrics: [['mae'], [], ['mse', 'mse']] })
    const [first, second, third] = await model.predict<Tensor[]>(b)
    expect(third).toEqual(first)
    const names = [
      'memory_loss',
      'memory_loss_1',
      'memory_loss_2',
      'memory_mae',
      'memory_mse',
      'memory_mse_1',
    ]
    expect(model.metricsNames).toEqual(['loss', ...names])
    const values = [await model.evaluate(b, [first as Tensor, yb, second as Tensor], quiet)].flat()
    expectClose('total', values.slice(0, 1), [values.slice(1, 4).reduce((sum, loss) => sum + loss)], 1e-6)
    expect(values[1]).toBe(0)
    expect(values.slice(5)).toEqual([values[3], values[3]])
  })

  test('an input, a hidden layer and what follows it may all be outputs', async () => {
    setSeed(5)
    const input = Input([3])
    const hidden = Dense(2)(input)
    const model = Model(input, [hidden, input, Dense(1)(hidden)])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const outputs = await model.predict<Tensor[]>(a)
    expect(outputs[1]).toEqual(a)
    const { history } = await model.fit(a, [yb, a, ya], quiet)
    expect(Object.values(history).flat().every(Number.isFinite)).toBe(true)
  })

  test('layers without weights, or with frozen ones alone, train nothing', async () => {
    const shapes = Sequential([Reshape([3, 1], { inputShape: [3] }), Flatten(), Reshape([1, 3]), Flatten()])
    shapes.compile({ loss: 'mse', optimizer: 'adam' })
    expect((await shapes.fit(a, a, quiet)).history.loss).toEqual([0])
    expect(await shapes.predict(a)).toEqual(a)
    expect(await shapes.gradients(a, a)).toEqual({})
    const frozen = Sequential([Dense(1, { inputShape: [3], trainable: false })])
    const before = await weightsOf(frozen)
    const around = { useEma: true, weightDecay: 0.1, clipnorm: 1, gradientAccumulationSteps: 2 }
    for (const optimizer of ['adam' as const, Ftrl(), Adam(around), LossScaleOptimizer(Adam(around))]) {
      frozen.compile({ loss: 'mse', optimizer })
      await frozen.fit(a, ya, quiet)
      expect(await weightsOf(frozen)).toEqual(before)
    }
  })

  test('a Sequential takes its shape from the first data it sees, and layers can be taken off', async () => {
    setSeed(5)
    const model = Sequential([Dense(4), Dense(2), Dense(1)])
    model.pop()
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    await model.fit(a, yb, quiet)
    expect(model.countParams()).toBe(4 * 3 + 4 + 4 * 2 + 2)
    model.pop()
    model.add(Dense(3))
    expect((await model.predict(a)).shape).toEqual([5, 3])
  })

  test('a Sequential that refused a layer, or data, takes the next', async () => {
    const model = Sequential()
    expect(() => model.add(LSTM(2, { inputShape: [3] }))).toThrow('expected input')
    model.add(LSTM(2, { inputShape: [2, 3] }))
    expect((await model.predict(b)).shape).toEqual([5, 2])
    const open = Sequential([LSTM(2)])
    await expect(open.predict(a)).rejects.toThrow('expected input')
    expect((await open.predict(b)).shape).toEqual([5, 2])
  })

  test('a layer that serves elsewhere too can be taken off', async () => {
    const [first, last] = [Dense(2), Dense(1)]
    const model = Sequential([Input([3]), first, last])
    const other = Input([3])
    const before = await Model(other, first(other)).predict(a)
    model.pop()
    expect(await model.predict(a)).toEqual(before)
  })
})

test('more data than lie on a device at once are predicted in parts', async () => {
  await chooseBackend('cpu')
  const [rows, features] = [90_000, 200]
  const data = new Float32Array(rows * features)
  for (let row = 0; row < rows; row++) data[row * features] = row % 1000
  const model = Sequential([Dense(1, { inputShape: [features], kernelInitializer: 'ones' })])
  const { data: predicted } = await model.predict(tensor(data, [rows, features]), { batchSize: 4096 })
  expect(predicted.every((value, row) => value === row % 1000)).toBe(true)
})

test('empty lists of metrics are none, of any number of outputs', async () => {
  await chooseBackend('cpu')
  const input = Input([2])
  const model = Model(input, [Dense(1)(input), Dense(2)(input)])
  model.compile({ loss: ['mse', 'mae'], metrics: [], weightedMetrics: [] })
  const { history } = await model.fit(
    uniform([3, 2], -1, 1),
    [uniform([3, 1], -1, 1), uniform([3, 2], -1, 1)],
    quiet,
  )
  expect(Object.keys(history).filter((name) => !/loss$/.test(name))).toEqual([])
  expect(() => model.compile({ loss: ['mse', 'mae'], metrics: ['mae', 'mse', 'mae'] })).toThrow(
    'expected metrics for 2 outputs, got 3',
  )
})
