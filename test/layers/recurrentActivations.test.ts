/**
 * Recurrent layers whose activations are more than a kernel knows, softmax, a layer or a function: each time step is operations of its
 * own, with the numbers of Keras.
 */
import { expect, test } from 'vitest'
import {
  Bidirectional,
  Concatenate,
  ConvLSTM1D,
  ConvLSTM2D,
  Dense,
  Flatten,
  GRU,
  GRUCell,
  Input,
  type Layer,
  type LayersModel,
  LeakyReLU,
  LSTM,
  LSTMCell,
  Masking,
  Model,
  ops,
  RNN,
  Sequential,
  SGD,
  SimpleRNN,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const normalized = (x: SymbolicTensor) => ops.divide(x, ops.add(1e-3, ops.sum(ops.abs(x), -1, true)))

interface Case {
  readonly make: () => Layer
  readonly shape?: readonly number[]
  readonly isMasked?: boolean
  /** The first predictions, and the losses of three steps. */
  readonly predicted: readonly number[]
  readonly loss: readonly number[]
}

const BATCH = 4

/** From Keras 3.16. */
const cases: readonly Case[] = [
  {
    make: () => LSTM(3, { activation: 'softmax' }),
    predicted: [-0.3893104, 0.001156005, -0.3543408, 0.01017913],
    loss: [0.7206081, 0.7007465, 0.6829298],
  },
  {
    make: () => LSTM(3, { recurrentActivation: 'softmax', returnSequences: true }),
    predicted: [-0.4299154, -0.04868663, -0.36593, -0.0757191],
    loss: [0.7545506, 0.7319227, 0.7115642],
  },
  {
    make: () =>
      LSTM(3, {
        activation: 'log_softmax',
        recurrentActivation: 'softmax',
        returnSequences: true,
        returnState: true,
        goBackwards: true,
      }),
    predicted: [-0.1175166, 0.2193545, -0.4458512, -0.07754905],
    loss: [0.460095, 0.390031, 0.3421744],
  },
  {
    make: () => LSTM(3, { activation: normalized, useBias: false }),
    predicted: [-0.5699148, -0.3691472, -0.4732192, -0.5205055],
    loss: [0.9786474, 0.9184588, 0.863809],
  },
  {
    make: () => LSTM(3, { activation: LeakyReLU(0.2) }),
    predicted: [-0.4139156, -0.01586884, -0.3989132, -0.04074448],
    loss: [0.737039, 0.7104838, 0.6869453],
  },
  {
    make: () => GRU(3, { activation: 'softmax' }),
    predicted: [-0.3721349, 0.1106197, -0.4431791, 0.04250374],
    loss: [0.6797379, 0.6496425, 0.6235454],
  },
  {
    make: () => GRU(3, { activation: 'softmax', resetAfter: false, returnSequences: true }),
    predicted: [-0.2688854, 0.1825154, -0.5299632, -0.05070576],
    loss: [0.5920324, 0.5576752, 0.5295848],
  },
  {
    make: () => GRU(3, { recurrentActivation: 'softmax', returnSequences: true, useBias: false }),
    predicted: [-0.5901814, -0.1828318, -0.7631791, -0.8463053],
    loss: [0.920679, 0.8378096, 0.7646045],
  },
  {
    make: () => SimpleRNN(3, { activation: 'softmax', returnSequences: true }),
    predicted: [-0.5488126, -0.124845, -0.2758756, 0.1389706],
    loss: [0.8960101, 0.8257798, 0.7700241],
  },
  {
    make: () =>
      LSTM(3, { activation: 'softmax', returnSequences: true, returnState: true, goBackwards: true }),
    isMasked: true,
    predicted: [-0.221813, 0.0748765, -0.1922355, 0.1304628],
    loss: [0.6840687, 0.6719642, 0.6611147],
  },
  {
    make: () => Bidirectional(GRU(3, { activation: 'softmax', returnSequences: true })),
    isMasked: true,
    predicted: [0.3377327, 0.02990314, 0.5505164, 0.1911078],
    loss: [0.655526, 0.6422631, 0.6300367],
  },
  {
    make: () => Bidirectional(LSTM(3, { activation: 'softmax' })),
    predicted: [0.5666097, 0.2388311, 0.4891214, 0.1965415],
    loss: [0.5372084, 0.5315722, 0.5265558],
  },
  {
    make: () => RNN(LSTMCell(3, { activation: 'softmax' }), { returnSequences: true }),
    predicted: [-0.4275507, -0.06168872, -0.2914236, 0.05681999],
    loss: [0.7748407, 0.7508524, 0.7296348],
  },
  {
    make: () => RNN(GRUCell(3, { recurrentActivation: 'softmax' }), { returnSequences: true }),
    predicted: [-0.1338462, 0.455799, -0.7583197, -0.216841],
    loss: [0.4699628, 0.4108059, 0.36861],
  },
  {
    make: () => ConvLSTM1D(2, 3, { activation: 'softmax', returnSequences: true, padding: 'same' }),
    shape: [3, 6, 2],
    predicted: [-0.730868, -0.2033817, -0.0593881, 0.03451398],
    loss: [0.8998877, 0.8104618, 0.7496624],
  },
  {
    make: () => ConvLSTM2D(2, [3, 2], { recurrentActivation: 'softmax', strides: 2 }),
    shape: [3, 6, 5, 2],
    predicted: [-0.2542314, 0.1008314, -0.2612803, 0.05807503],
    loss: [0.6661803, 0.6418511, 0.6192216],
  },
]

/** Numbers of a shape by their places. */
const numbered = (shape: readonly number[], fn: (index: number) => number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => fn(i)),
    [...shape],
  )

function modelOf({ make, shape = [4, 2], isMasked = false }: Case): LayersModel {
  const input = Input([...shape])
  const layer = make() as unknown as (x: SymbolicTensor) => SymbolicTensor | readonly SymbolicTensor[]
  const outputs = [layer(isMasked ? Masking()(input) : input)].flat().map((output) => Flatten()(output))
  const joined = outputs.length > 1 ? Concatenate()(outputs) : (outputs[0] as SymbolicTensor)
  const model = Model(input, Dense(2)(joined))
  model.setWeights(model.weights.map(({ shape }, k) => numbered(shape, (i) => Math.cos(i * 0.7 + k) * 0.5)))
  model.compile({ optimizer: SGD(0.05), loss: 'mse' })
  return model
}

/** Data of a case; with masks samples end early, begin late, or have no time step. */
function dataOf({ shape = [4, 2], isMasked }: Case): Tensor {
  const data = numbered([BATCH, ...shape], (i) => Math.sin(i * 1.3))
  const sample = data.data.length / BATCH
  const step = sample / (shape[0] ?? 1)
  if (isMasked)
    for (const [start, end] of [
      [sample + 2 * step, 2 * sample],
      [2 * sample, 2 * sample + step],
      [3 * sample],
    ])
      data.data.fill(0, start, end)
  return data
}

/** Cases that are each formula, products of vectors and of frames, masks and both directions. */
const ON_WEBGPU = [2, 6, 8, 10]

onCpuFirst((backend) => {
  test('predictions and training steps are those of Keras', async () => {
    const y = numbered([BATCH, 2], Math.cos)
    for (const [i, given] of cases.entries()) {
      if (backend === 'webgpu' && !ON_WEBGPU.includes(i)) continue
      const [model, x] = [modelOf(given), dataOf(given)]
      const predicted = await model.predict<Tensor>(x, quiet)
      expectClose(`case ${i}, predicted`, predicted.data.slice(0, 4), given.predicted, 1e-5)
      const { history } = await model.fit(x, y, { ...quiet, batchSize: BATCH, epochs: 3, shuffle: false })
      expectClose(`case ${i}, loss`, history.loss, given.loss, 1e-5)
      model.dispose()
    }
  })

  test('states are kept from batch to batch, and dropout drops in training alone', async () => {
    const stateful = Sequential([
      Input([2, 3], { batchSize: 2 }),
      LSTM(3, { activation: 'softmax', stateful: true, name: 'kept' }),
    ])
    const whole = Sequential([Input([4, 3]), LSTM(3, { activation: 'softmax' })])
    whole.setWeights(await stateful.getWeights())
    const x = uniform([2, 4, 3], -1, 1, 3)
    const half = (from: number) =>
      tensor(
        [0, 1].flatMap((row) => [...x.data.slice(row * 12 + from, row * 12 + from + 6)]),
        [2, 2, 3],
      )
    await stateful.predict(half(0), quiet)
    const second = await stateful.predict<Tensor>(half(6), quiet)
    expectClose('second half', second.data, (await whole.predict<Tensor>(x, quiet)).data, 1e-6)
    const losses = []
    for (const rate of [0, 0.5]) {
      setSeed(4)
      const layer = GRU(3, {
        activation: 'softmax',
        dropout: rate,
        recurrentDropout: rate,
        inputShape: [4, 3],
      })
      const model = Sequential([layer])
      model.compile({ optimizer: SGD(0), loss: 'mse' })
      const y = uniform([2, 3], 0, 1, 5)
      const { history } = await model.fit(x, y, { ...quiet, epochs: 2 })
      losses.push([...(history.loss ?? []), Number(await model.evaluate(x, y, quiet))])
    }
    const [[a, b, plain], [c, d, dropped]] = losses as [number[], number[]]
    expect([a, b]).toEqual([plain, plain])
    expect(dropped).toBe(plain)
    expect(new Set([plain, c, d]).size).toBe(3)
  })
})
