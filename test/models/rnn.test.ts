/** RNN and its cells against the layers that they are: outputs, states, launches, paths of weights. */
import { expect, test } from 'vitest'
import {
  Bidirectional,
  Dense,
  GRU,
  GRUCell,
  Input,
  LSTM,
  LSTMCell,
  Model,
  RNN,
  Sequential,
  SimpleRNN,
  SimpleRNNCell,
  StackedRNNCells,
  setSeed,
  type Tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { expectError } from '../support/expectError.ts'
import { uniform } from '../support/values.ts'

const SHAPE = [4, 3]
const x = uniform([5, ...SHAPE], -1, 1, 1)

const kinds = [
  ['LSTM', () => LSTMCell(4), (options: object) => LSTM(4, options)],
  ['GRU', () => GRUCell(4), (options: object) => GRU(4, options)],
  [
    'GRU, reset before',
    () => GRUCell(4, { resetAfter: false }),
    (options: object) => GRU(4, { resetAfter: false, ...options }),
  ],
  ['SimpleRNN', () => SimpleRNNCell(4), (options: object) => SimpleRNN(4, options)],
] as const

onCpuFirst(() => {
  test.each(kinds)('RNN of a cell of %s is the layer, launch by launch', async (_name, cell, layer) => {
    const options = { returnSequences: true, goBackwards: true, inputShape: SHAPE }
    const [one, other] = [RNN(cell() as ReturnType<typeof GRUCell>, options), layer(options)].map((first) => {
      const model = Sequential([first, Dense(2)])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      return model
    })
    if (!one || !other) throw new TypeError('two models')
    one.setWeights(await other.getWeights())
    const y = uniform([5, 4, 2], -1, 1, 2)
    await one.trainOnBatch(x, y)
    await other.trainOnBatch(x, y)
    expect((await one.predict(x)).data).toEqual((await other.predict(x)).data)
    const kernels = [one, other].map((model) => model.plan({ batchSize: 5, training: true }).kernels)
    expect(kernels[0]).toEqual(kernels[1])
  })

  test('stacked cells are layers on top of each other, from states and to states, nested by cell', async () => {
    setSeed(2)
    const [input, h, c, g] = [Input(SHAPE), Input([4]), Input([4]), Input([3])] as const
    const stack = StackedRNNCells([LSTMCell(4), GRUCell(3)])
    const [output, [h1, c1], g1] = RNN(stack, { returnState: true })(input, {
      initialState: [[h, c], g],
    }) as never as [typeof h, [typeof h, typeof h], typeof h]
    const stacked = Model([input, h, c, g], [output, h1, c1, g1])
    const [below, hBelow, cBelow] = LSTM(4, { returnSequences: true, returnState: true })(input, {
      initialState: [h, c],
    })
    const [above, gAbove] = GRU(3, { returnState: true })(below, { initialState: g })
    const layers = Model([input, h, c, g], [above, hBelow, cBelow, gAbove])
    layers.setWeights(await stacked.getWeights())
    const given = [x, uniform([5, 4], -1, 1, 3), uniform([5, 4], -1, 1, 4), uniform([5, 3], -1, 1, 5)]
    const [got, expected] = [await stacked.predict<Tensor[]>(given), await layers.predict<Tensor[]>(given)]
    expect(got.map(({ shape }) => shape)).toEqual([
      [5, 3],
      [5, 4],
      [5, 4],
      [5, 3],
    ])
    got.forEach((tensor, i) => {
      expectClose(`output ${i}`, tensor.data, expected[i]?.data ?? [], 1e-6)
    })
    expect(
      stacked.weights.map(({ path }) => path.split('/').slice(-3).join('/').replace(/_\d+/g, '')),
    ).toContain('stacked_rnn_cells/gru_cell/recurrent_kernel')
  })

  test('a cell called by itself takes one time step, with the weights that RNN runs it with', async () => {
    setSeed(3)
    const cell = LSTMCell(4)
    const [first, h, c] = [Input([3]), Input([4]), Input([4])]
    const [output, [nextH, nextC]] = cell(first, [h, c])
    const single = Model([first, h, c], [output, nextH as typeof h, nextC as typeof h])
    const sequence = Input([1, 3])
    const whole = Model(sequence, RNN(cell)(sequence))
    expect(whole.weights).toHaveLength(3)
    const row = uniform([2, 3], -1, 1, 6)
    const zeros = uniform([2, 4], 0, 0, 7)
    const [stepped] = await single.predict<Tensor[]>([row, zeros, zeros])
    const ran = await whole.predict(uniform([2, 1, 3], -1, 1, 6))
    expectClose('one time step', stepped?.data, ran.data, 1e-6)
  })

  test('both directions of an RNN have cells of their own, and share launches where there is one', async () => {
    const make = (cells: unknown) => {
      const model = Sequential([Bidirectional(RNN(cells as never), { inputShape: SHAPE })])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      return model
    }
    const single = make(LSTMCell(4))
    expect(
      single.weights.map(({ path }) => path.split('/').slice(-3).join('/').replace(/_\d+/g, '')),
    ).toEqual(
      ['forward_rnn', 'backward_rnn'].flatMap((direction) =>
        ['kernel', 'recurrent_kernel', 'bias'].map((name) => `${direction}/lstm_cell/${name}`),
      ),
    )
    const kernels = single.plan({ batchSize: 5, training: true }).kernels
    expect(kernels.filter((name) => /^lstm/.test(name))).toHaveLength(2)
    const stacked = make([LSTMCell(4), SimpleRNNCell(2)])
    expect((await stacked.predict(x)).shape).toEqual([5, 4])
  })
})

test.each([
  [
    'a layer for a cell',
    () => RNN(LSTM(3) as never),
    'RNN: expected a cell, such as LSTMCell(8), or a list of cells, got LSTM "lstm".',
  ],
  ['no cells', () => RNN([]), 'StackedRNNCells: expected cells to be a list of cells, got [].'],
  [
    'states that are missing',
    () => LSTMCell(3, { name: 'cell' })(Input([2]), []),
    'LSTMCell "cell": expected to be called on an input [batch, features] and the states [h, c], each [batch, 3], got [batch, 2].',
  ],
] as const)('%s is refused', (_what, attempt, message) => expectError(attempt as never, message))
