/** A cell of one's own that writes LSTM's formulas is LSTM, in every way that RNN runs cells. */
import { expect, test } from 'vitest'
import {
  Bidirectional,
  type CallableLayer,
  Dense,
  Input,
  LSTM,
  LSTMCell,
  Masking,
  Model,
  RNN,
  Sequential,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { LayerLSTMCell, OwnLSTMCell } from '../support/ownCells.ts'
import { expectSameTraining } from '../support/sameTraining.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const [rows, time, features, units] = [4, 5, 3, 2]
const x = uniform([rows, time, features], -1, 1, 1)
/** The same, where time steps of the third and the fourth sample are not valid: at the start, within, at the end. */
const gaps = tensor(
  x.data.map((value, i) => {
    const [row, t] = [Math.floor(i / (time * features)), Math.floor(i / features) % time]
    return (row === 2 && t < 2) || (row === 3 && t !== 1 && t !== 3) ? 0 : value
  }),
  [rows, time, features],
)

type Options = Readonly<Record<string, unknown>>
type Make = (options?: Options) => CallableLayer

const builtIn: Make = (options) => LSTM(units, { unitForgetBias: false, ...options })
const written: Make = (options) => RNN(new OwnLSTMCell(units), options)
const ofLayer: Make = (options) => RNN(new LayerLSTMCell(units), options)

/** Ways to run a recurrent layer. */
const ways: Readonly<Record<string, (make: Make) => readonly (CallableLayer | SymbolicTensor)[]>> = {
  plain: (make) => [Input([time, features]), make()],
  'going back, all outputs': (make) => [
    Input([time, features]),
    make({ returnSequences: true, goBackwards: true }),
  ],
  masked: (make) => [Input([time, features]), Masking(), make()],
  'masked, all outputs': (make) => [Input([time, features]), Masking(), make({ returnSequences: true })],
  'masked, going back, zeros': (make) => [
    Input([time, features]),
    Masking(),
    make({ returnSequences: true, goBackwards: true, zeroOutputForMask: true }),
  ],
  stateful: (make) => [Input({ batchShape: [2, time, features] }), make({ stateful: true })],
  'both ways, masked': (make) => [
    Input([time, features]),
    Masking(),
    Bidirectional(make({ returnSequences: true })),
  ],
  'both ways, the last': (make) => [Input([time, features]), Bidirectional(make())],
  'of each time step': (make) => [Input([2, time, features]), TimeDistributed(make())],
  'open time': (make) => [Input([null, features]), make()],
}

onCpuFirst(() => {
  const cells = Object.entries({ 'a cell': written, 'a layer with a stateSize': ofLayer })
  const runs = cells.flatMap(([kind, cell]) =>
    Object.entries(ways).map(([name, layers]) => [kind, name, cell, layers] as const),
  )
  test.each(sampled(runs, 18))('%s that writes LSTM is LSTM: %s', async (_kind, name, cell, layers) => {
    setSeed(1)
    const make = (each: Make) => Sequential([...layers(each), Dense(1)])
    const [own, built] = [make(cell), make(builtIn)]
    const data = name.includes('masked')
      ? gaps
      : name === 'of each time step'
        ? uniform([rows, 2, time, features], -1, 1, 2)
        : x
    const batchSize = 2
    own.setWeights(await built.getWeights())
    const [a, b] = [
      await own.predict(data, { ...quiet, batchSize }),
      await built.predict(data, { ...quiet, batchSize }),
    ]
    expect(a.shape).toEqual(b.shape)
    expectClose('outputs', a.data, b.data, 1e-6)
    if (name !== 'stateful') {
      await expectSameTraining(own, built, { x: data, y: uniform(a.shape, -1, 1, 3), batchSize })
      return
    }
    const y = uniform(a.shape, -1, 1, 3)
    for (const model of [own, built]) model.compile({ optimizer: 'sgd', loss: 'mse' })
    const [one, other] = [
      await own.fit(data, y, { ...quiet, batchSize, epochs: 3, shuffle: false }),
      await built.fit(data, y, { ...quiet, batchSize, epochs: 3, shuffle: false }),
    ]
    expectClose('losses', one.history.loss, other.history.loss ?? [], 1e-6)
    const [states, expected] = [await own.getStates(), await built.getStates()]
    states.forEach((state, i) => {
      expectClose(`state ${i}`, state.data, expected[i]?.data ?? [], 1e-6)
    })
    expect(states).toHaveLength(2)
    own.resetStates()
    built.resetStates()
    expectClose(
      'anew',
      (await own.predict(data, { ...quiet, batchSize })).data,
      (await built.predict(data, { ...quiet, batchSize })).data,
      1e-6,
    )
  })
})

onCpuFirst(() => {
  test('states go in and come out, also beside a mask', async () => {
    setSeed(2)
    const own: readonly unknown[] = [
      RNN(new OwnLSTMCell(units), { returnState: true }),
      RNN(new LayerLSTMCell(units), { returnState: true }),
      RNN(LSTMCell(units, { unitForgetBias: false }), { returnState: true }),
    ]
    const run = async (layer: unknown, weights?: readonly Tensor[]) => {
      const [input, h, c, mask] = [Input([time, features]), Input([units]), Input([units]), Input([time])]
      const call = layer as ReturnType<typeof LSTM>
      const plain = call(input, { initialState: [h, c] }) as unknown as SymbolicTensor[]
      const masked = call(input, { initialState: [h, c], mask }) as unknown as SymbolicTensor[]
      const model = Model([input, h, c, mask], [...plain, ...masked])
      if (weights) model.setWeights(weights)
      const given = [x, uniform([rows, units], -1, 1, 4), uniform([rows, units], -1, 1, 5)]
      const valid = tensor([
        [1, 1, 1, 1, 1],
        [0, 1, 0, 1, 1],
        [1, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
      ])
      return [await model.predict<Tensor[]>([...given, valid], quiet), await model.getWeights()] as const
    }
    const [expected, weights] = await run(LSTM(units, { returnState: true, unitForgetBias: false }))
    for (const layer of own) {
      const [got] = await run(layer, weights)
      expect(got).toHaveLength(6)
      got.forEach(({ data }, i) => {
        expectClose(`output ${i}`, data, expected[i]?.data ?? [], 1e-6)
      })
    }
  })
})
