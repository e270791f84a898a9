/** States, flags and parts of models inside models: what a model has inside is as if it lay in the outer one. */
import { expect, test } from 'vitest'
import {
  Bidirectional,
  Dense,
  GRU,
  Input,
  type LayersModel,
  LSTM,
  LSTMCell,
  Model,
  RNN,
  Sequential,
  type SequentialModel,
  type SymbolicTensor,
  setSeed,
  TimeDistributed,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const ROWS = 2
const [x, y] = [uniform([ROWS, 4, 2], -1, 1, 1), uniform([ROWS, 1], -1, 1, 2)]
const shape = [ROWS, 4, 2] as const
const stateful = { stateful: true, returnSequences: true } as const

const layers = () => [
  Bidirectional(GRU(2, stateful)),
  RNN([LSTMCell(2), LSTMCell(3)], stateful),
  LSTM(2, { stateful: true }),
]
const flat = (): LayersModel => Sequential([Input({ batchShape: shape }), ...layers(), Dense(1)])
const nested = (): LayersModel => {
  const input = Input({ batchShape: shape })
  const [both, cells, last] = layers()
  const inner = Sequential([Input({ batchShape: shape }), both as never, Sequential([cells as never])])
  return Model(input, Dense(1)(Sequential([last as never])(inner(input))))
}

onCpuFirst(() => {
  test('states of models, cells and both directions go on as those of their layers do', async () => {
    const traces: unknown[] = []
    for (const build of [flat, nested]) {
      setSeed(3)
      const model = build()
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      expect(model.states.map(({ shape: of }) => of)).toEqual(
        [2, 2, 2, 2, 3, 3, 2, 2].map((units) => [ROWS, units]),
      )
      const first = await model.predict(x)
      const second = await model.predict(x)
      expect(second.data).not.toEqual(first.data)
      const states = await model.getStates()
      model.resetStates()
      expect(await model.predict(x)).toEqual(first)
      expect(await model.predict(x)).toEqual(second)
      // The states of one layer, and those that were read.
      for (const layer of model.layers.slice(1)) layer.resetStates()
      model.resetStates(states)
      expect(await model.getStates()).toEqual(states)
      const third = await model.predict(x)
      expect(third.data).not.toEqual(second.data)
      const { history } = await model.fit(x, y, { ...quiet, epochs: 2, batchSize: ROWS, shuffle: false })
      const after = (await model.getStates()).map(({ data }) => [...data])
      traces.push({ first, second, third, history, after, weights: await weightsOf(model) })
    }
    expect(traces[1]).toEqual(traces[0])
  })

  test('a layer of a model inside is frozen by its flag, from the next compile on', async () => {
    setSeed(3)
    const inner = Sequential([Input([4, 2]), LSTM(2, { name: 'lower' }), Dense(2, { name: 'upper' })])
    const model = Sequential([inner, Dense(1)])
    const lower = inner.getLayer('lower')
    lower.trainable = false
    model.compile({ loss: 'mse', optimizer: 'adam' })
    expect(model.trainableWeights.map(({ path }) => path)).toEqual(
      model.weights.slice(3).map(({ path }) => path),
    )
    const before = await weightsOf(model)
    await model.fit(x, y, quiet)
    const after = await weightsOf(model)
    const frozen = lower.allVariables.reduce((sum, { shape: [a = 1, b = 1] }) => sum + a * b, 0)
    expect(after.slice(0, frozen)).toEqual(before.slice(0, frozen))
    expect(after.slice(frozen)).not.toEqual(before.slice(frozen))
    lower.trainable = true
    model.compile({ loss: 'mse', optimizer: 'adam' })
    await model.fit(x, y, quiet)
    expect((await weightsOf(model)).slice(0, frozen)).not.toEqual(before.slice(0, frozen))
  })

  test('from the input of a model inside to one of its layers, after training', async () => {
    setSeed(3)
    const inner = Sequential([Input([4, 2]), LSTM(2, { name: 'lower' }), Dense(2, { name: 'upper' })])
    const model = Sequential([inner, Dense(1, { name: 'head' })])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    await model.fit(x, y, quiet)
    const part = Model(inner.input as SymbolicTensor, inner.getLayer('lower').output as SymbolicTensor)
    const rest = Model(inner.getLayer('upper').input as SymbolicTensor, inner.output as SymbolicTensor)
    const values = await rest.predict(await part.predict(x))
    expect(values).toEqual(await inner.predict(x))
    const head = Model(model.getLayer('head').input as SymbolicTensor, model.output as SymbolicTensor)
    expect(await head.predict(values)).toEqual(await model.predict(x))
    // The part trains the whole's weights.
    part.compile({ loss: 'mse', optimizer: 'adam' })
    const before = await model.predict(x)
    await part.fit(x, uniform([ROWS, 2], -1, 1, 3), quiet)
    expect(await model.predict(x)).not.toEqual(before)
  })

  test('a model of several layers at each time step, in another such model', async () => {
    setSeed(3)
    const each = Sequential([Input([4, 2]), LSTM(3), Dense(2)])
    const model = Sequential([Input([3, 4, 2]), TimeDistributed(each), Sequential([LSTM(2), Dense(1)])])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    const videos = uniform([ROWS, 3, 4, 2], -1, 1, 4)
    const features = await Model(
      model.input as SymbolicTensor,
      model.layers[0]?.output as SymbolicTensor,
    ).predict(videos)
    const frames = uniform([ROWS * 3, 4, 2], -1, 1, 4)
    expect([...features.data]).toEqual([...(await each.predict(frames)).data])
    const before = await weightsOf(each)
    await model.fit(videos, y, quiet)
    expect(await weightsOf(each)).not.toEqual(before)
    expect(model.weights.map(({ shape: of }) => of)).toEqual([
      [2, 12],
      [3, 12],
      [12],
      [3, 2],
      [2],
      [2, 8],
      [2, 8],
      [8],
      [2, 1],
      [1],
    ])
  })
})

test('a model in a Bidirectional is refused, as in Keras, and so is a stateful layer without a fixed batch', () => {
  const model: SequentialModel = Sequential([LSTM(2)], { name: 'inner' })
  expect(() => Bidirectional(model)).toThrow('expected a recurrent layer, such as LSTM(8), got Model "inner"')
  expect(() => Sequential([Input([4, 2]), Sequential([LSTM(2, { stateful: true })])])).toThrow(
    'expected a fixed batch',
  )
})
