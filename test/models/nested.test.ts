/** Models as layers: a model with others inside does what the same layers do without, by the same steps. */
import { expect, test } from 'vitest'
import {
  BatchNormalization,
  Dense,
  Dropout,
  Input,
  type LayersModel,
  LSTM,
  Masking,
  Model,
  Sequential,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const ROWS = 5
const x = uniform([ROWS, 3, 2], -1, 1, 1)
const y = uniform([ROWS, 1], -1, 1, 2)

/** Three layers in a row, one of which has moving means and one of which draws. */
const hidden = () => [
  LSTM(3, { returnSequences: true, dropout: 0.3, seed: 1 }),
  BatchNormalization(),
  Dropout(0.4, { seed: 2 }),
]
const ends = () => [LSTM(2), Dense(1)]

const flat = (): LayersModel => Sequential([Input([3, 2]), ...hidden(), ...ends()])
/** The same layers, some of them in a model of their own. */
const nests: Readonly<Record<string, () => LayersModel>> = {
  'a Sequential in a Sequential': () =>
    Sequential([Input([3, 2]), Sequential([Input([3, 2]), ...hidden()]), ...ends()]),
  'a Sequential that takes its shape from the outer one': () =>
    Sequential([Input([3, 2]), Sequential(hidden()), ...ends()]),
  'a Sequential that begins with a model': () =>
    Sequential([Sequential([Input([3, 2]), ...hidden()]), Sequential(ends())]),
  'a functional model in a Sequential': () => {
    const input = Input([3, 2])
    const [lstm, norm, drop] = hidden()
    const inner = Model(input, drop!(norm!(lstm!(input))))
    return Sequential([inner, ...ends()])
  },
  'models in a functional model, twice deep': () => {
    const input = Input([3, 2])
    const inner = Sequential([Input([3, 2]), ...hidden()])
    const outer = Sequential([inner, LSTM(2)])
    return Model(input, Dense(1)(outer(input)))
  },
}

const weights = uniform([200], -1, 1, 3).data

/** Everything that a training shows: predictions, gradients, history, weights, statistics. */
async function trace(model: LayersModel): Promise<unknown> {
  let used = 0
  model.setWeights(
    model.weights.map(({ shape }) => {
      const size = shape.reduce((product, extent) => product * extent, 1)
      used += size
      return tensor(weights.slice(used - size, used).map(Math.abs), shape)
    }),
  )
  setSeed(3)
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
  const { dispatches, kernels } = model.plan({ batchSize: ROWS })
  const before = [...(await model.predict(x)).data]
  const gradients = Object.values(await model.gradients(x, y)).map(({ data }) => [...data])
  const { history } = await model.fit(x, y, { ...quiet, epochs: 3, batchSize: 2 })
  const after = await model.evaluate(x, y, quiet)
  return { dispatches, kernels, before, gradients, history, after, weights: await weightsOf(model) }
}

onCpuFirst(() => {
  test('a model in a model is trained as its layers are, to the same bits by the same launches', async () => {
    const expected = await trace(flat())
    for (const [name, build] of Object.entries(nests)) expect(await trace(build()), name).toEqual(expected)
  })

  test('several inputs and outputs, and weights that calls share', async () => {
    setSeed(3)
    const [a, b] = [Input([2]), Input([3])]
    const [first, second] = [Dense(2, { activation: 'tanh' }), Dense(2)]
    const inner = Model([a, b], [first(a), second(b)], { name: 'inner' })
    const [p, q, r] = [Input([2]), Input([3]), Input([2])]
    const [one, two] = inner([p, q])
    const [three] = inner([r, q])
    const outer = Model([p, q, r], [one, two, three])
    expect(inner.layers.map(({ name }) => name)).toEqual(inner.layers.map(({ name }) => name))
    expect(outer.getLayer('inner')).toBe(inner)
    expect(outer.getLayer({ name: 'inner' })).toBe(inner)
    expect(outer.getLayer({ index: 0 })).toBe(outer.layers[0])
    expect(outer.countParams()).toBe(inner.countParams())
    const [u, v, w] = [uniform([4, 2], -1, 1, 1), uniform([4, 3], -1, 1, 2), uniform([4, 2], -1, 1, 3)]
    const got = await outer.predict<Tensor[]>([u, v, w])
    const [expectedOne, expectedTwo] = await inner.predict<Tensor[]>([u, v])
    const [expectedThree] = await inner.predict<Tensor[]>([w, v])
    expect(got).toEqual([expectedOne, expectedTwo, expectedThree])
  })

  test('a model and the one around it train the same weights', async () => {
    setSeed(3)
    const inner = Sequential([Input([3, 2]), LSTM(3), Dense(1)])
    const outer = Sequential([inner, Dense(1)])
    for (const model of [inner, outer]) model.compile({ loss: 'mse', optimizer: 'adam' })
    const before = await weightsOf(inner)
    await outer.fit(x, y, quiet)
    const between = await weightsOf(inner)
    expect(between).not.toEqual(before)
    expect((await weightsOf(outer)).slice(0, between.length)).toEqual(between)
    await inner.fit(x, y, quiet)
    expect((await weightsOf(outer)).slice(0, between.length)).toEqual(await weightsOf(inner))
    expect(await weightsOf(inner)).not.toEqual(between)
  })

  test('a model at each time step', async () => {
    const each = (): LayersModel =>
      Sequential([
        Input([3, 2]),
        TimeDistributed(Dense(4, { activation: 'tanh' })),
        TimeDistributed(BatchNormalization()),
        LSTM(2),
        Dense(1),
      ])
    const inOne = (): LayersModel =>
      Sequential([
        Input([3, 2]),
        TimeDistributed(Sequential([Dense(4, { activation: 'tanh' }), BatchNormalization()])),
        LSTM(2),
        Dense(1),
      ])
    const traces = await Promise.all(
      [each, inOne].map(async (build) => {
        setSeed(3)
        const model = build()
        model.compile({ loss: 'mse', optimizer: 'adam' })
        await model.fit(x, y, { ...quiet, epochs: 2 })
        return weightsOf(model)
      }),
    )
    expectClose('weights', traces[1] ?? [], traces[0] ?? [], 1e-5)
  })

  test('masks go through a model inside, to its layers and out of it', async () => {
    const masked = uniform([2, 3, 2], -1, 1, 4)
    masked.data.fill(0, 2, 6)
    const outputs: Tensor[] = []
    for (const build of [
      () => Sequential([Input([3, 2]), Masking(), Dense(3), Dropout(0.1), LSTM(2)]),
      () =>
        Sequential([
          Input([3, 2]),
          Sequential([Masking()]),
          Sequential([Dense(3), Dropout(0.1)]),
          Sequential([LSTM(2)]),
        ]),
    ]) {
      setSeed(3)
      const model = build()
      model.setWeights(model.weights.map(({ shape }, i) => uniform(shape, -1, 1, i)))
      outputs.push(await model.predict(masked))
    }
    expect(outputs[1]).toEqual(outputs[0])
    const plain = Sequential([Input([3, 2]), Dense(3), LSTM(2)])
    plain.setWeights(plain.weights.map(({ shape }, i) => uniform(shape, -1, 1, i)))
    expect(await plain.predict(masked)).not.toEqual(outputs[0])
  })

  test('each call of a model draws anew', async () => {
    setSeed(3)
    const input = Input([50])
    const noise = Sequential([Dropout(0.5)])
    const model = Model(input, [noise(input), noise(input)])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const [ones, targets] = [uniform([2, 50], 1, 1, 1), uniform([2, 50], -1, 1, 2)]
    const { history } = await model.fit(ones, [targets, targets], quiet)
    const [first, second] = Object.entries(history).filter(([name]) => name !== 'loss')
    expect(first?.[1]).not.toEqual(second?.[1])
  })

  test('a part of a trained model has its weights', async () => {
    setSeed(3)
    const model = Sequential([
      Input([3, 2]),
      LSTM(3, { name: 'encoder' }),
      Dense(2),
      Dense(1, { name: 'head' }),
    ])
    model.compile({ loss: 'mse', optimizer: 'adam' })
    await model.fit(x, y, quiet)
    const encoder = Model(model.input, model.getLayer('encoder').output)
    const rest = Model(model.getLayer('encoder').output, model.output)
    const middle = Model(model.getLayer('encoder').output, model.getLayer('head').input)
    expect(await rest.predict(await encoder.predict(x))).toEqual(await model.predict(x))
    const head = Model(middle.output, model.getLayer('head')(middle.output as never))
    const states = await encoder.predict(x)
    expect(await head.predict(await middle.predict(states))).toEqual(await model.predict(x))
    expect(rest.weights.map(({ path }) => path)).toEqual(model.weights.slice(3).map(({ path }) => path))
  })

  test('a frozen model keeps its weights and its moving means, the rest is trained', async () => {
    setSeed(3)
    const inner = Sequential([Input([3, 2]), LSTM(3), BatchNormalization()])
    const model = Sequential([inner, Dense(1)])
    inner.trainable = false
    model.compile({ loss: 'mse', optimizer: 'adam' })
    expect(model.trainableWeights.map(({ path }) => path)).toEqual(
      model.weights.slice(-2).map(({ path }) => path),
    )
    const before = await weightsOf(inner)
    const whole = await weightsOf(model)
    await model.fit(x, y, quiet)
    expect(await weightsOf(inner)).toEqual(before)
    expect(await weightsOf(model)).not.toEqual(whole)
    inner.trainable = true
    await model.fit(x, y, quiet)
    expect(await weightsOf(inner)).toEqual(before)
    model.compile({ loss: 'mse', optimizer: 'adam' })
    await model.fit(x, y, quiet)
    expect(await weightsOf(inner)).not.toEqual(before)
  })

  test('states of a model inside go on from batch to batch, until they are reset', async () => {
    setSeed(3)
    const inner = Sequential([LSTM(2, { stateful: true, batchShape: [ROWS, 3, 2] })])
    const model = Sequential([Input({ batchShape: [ROWS, 3, 2] }), inner])
    const first = await model.predict(x)
    expect((await model.predict(x)).data).not.toEqual(first.data)
    model.resetStates()
    expect(await model.predict(x)).toEqual(first)
  })
})
