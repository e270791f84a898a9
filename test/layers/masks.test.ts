// Masks in models: losses and metrics are those of valid time steps, masks end as in Keras's files, and those that do not fit are
// refused.
import { expect, test, vi } from 'vitest'
import {
  Bidirectional,
  ConvLSTM1D,
  Dense,
  Dropout,
  Embedding,
  Flatten,
  Input,
  LSTM,
  loadModel,
  Masking,
  Model,
  Sequential,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { goldenCase } from '../support/golden.ts'
import { uniform } from '../support/values.ts'

const [BATCH, TIME, FEATURES] = [3, 5, 2]
/** How many time steps of each sample are valid, the first ones. */
const LENGTHS = [5, 3, 1]
const isValid = (row: number): boolean => row % TIME < (LENGTHS[Math.floor(row / TIME)] ?? 0)

/** Samples that are padded with zeros at the end. */
function padded(): Tensor {
  const { data, shape } = uniform([BATCH, TIME, FEATURES], 0.1, 1, 1)
  return tensor(
    data.map((value, i) => (isValid(Math.floor(i / FEATURES)) ? value : 0)),
    shape,
  )
}

onEachBackend(() => {
  test('loss and metrics are means over valid time steps, weighted where samples are', async () => {
    setSeed(6)
    const x = padded()
    const y = uniform([BATCH, TIME, 1], -1, 1, 2)
    const sampleWeight = tensor([1, 2, 0.5], [BATCH])
    const model = Sequential([
      Input([TIME, FEATURES]),
      Masking(),
      Dense(3, { activation: 'tanh' }),
      Dropout(0.2),
      Dense(1),
    ])
    model.compile({ loss: 'mse', optimizer: 'sgd', metrics: ['mae'], weightedMetrics: ['mae'] })
    const predicted = await model.predict<Tensor>(x)
    const rows = [...y.data.keys()].filter(isValid)
    const errors = rows.map((row) => (predicted.data[row] ?? 0) - (y.data[row] ?? 0))
    const weights = rows.map((row) => sampleWeight.data[Math.floor(row / TIME)] ?? 0)
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / rows.length
    const weighted = (values: readonly number[]) => mean(values.map((value, i) => value * (weights[i] ?? 0)))
    const values = [await model.evaluate(x, y, { sampleWeight, verbose: 0 })].flat()
    const logs = Object.fromEntries(model.metricsNames.map((name, i) => [name, values[i]]))
    const absolute = errors.map(Math.abs)
    expectClose('loss', [logs.loss ?? 0], [weighted(errors.map((error) => error ** 2))], 1e-5)
    expectClose('mae', [logs.mae ?? 0], [mean(absolute)], 1e-5)
    expectClose('weighted_mae', [logs.weighted_mae ?? 0], [weighted(absolute) / mean(weights)], 1e-5)
  })

  test('zeroOutputForMask, and initial states before the first valid time step', async () => {
    const [x, mask, h, c] = [Input([TIME, FEATURES]), Input([TIME]), Input([2]), Input([2])]
    const layer = LSTM(2, { returnSequences: true })
    const zeros = LSTM(2, { returnSequences: true, zeroOutputForMask: true })
    const model = Model([x, mask, h, c], [layer(x, { mask, initialState: [h, c] }), zeros(x, { mask })])
    const valid = [0, 1, 0, 1, 0]
    const [kept, zeroed] = await model.predict<Tensor[]>([
      uniform([1, TIME, FEATURES], -1, 1, 1),
      tensor(valid, [1, TIME]),
      tensor([1, 1], [1, 2]),
      tensor([1, 1], [1, 2]),
    ])
    const at = (y: Tensor | undefined, t: number) => [...(y?.data.subarray(2 * t, 2 * t + 2) ?? [])]
    expect(at(kept, 0)).toEqual([0, 0])
    expect(at(kept, 2)).toEqual(at(kept, 1))
    expect(at(kept, 1)).not.toEqual([0, 0])
    for (const t of [0, 2, 4]) expect(at(zeroed, t)).toEqual([0, 0])
    expect(at(zeroed, 3)).not.toEqual([0, 0])
  })

  test('a model built here computes as its file does, whose masks end at recurrent layers', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const { modelBytes, x, y } = goldenCase('masked_tagger')
    const loaded = await loadModel(modelBytes)
    const built = Sequential([
      Input({ shape: [7], dtype: 'int32' }),
      Embedding(15, 5, { maskZero: true }),
      Bidirectional(LSTM(4, { returnSequences: true })),
      TimeDistributed(Dense(4, { activation: 'softmax' })),
    ])
    built.compile({ loss: 'sparse_categorical_crossentropy', optimizer: 'adam', metrics: ['accuracy'] })
    built.setWeights(await loaded.getWeights())
    const [ids, tags] = [x, y].map(([array]) => array && tensor(array.data, array.shape))
    const values = await Promise.all(
      [built, loaded].map((model) => model.evaluate(ids as Tensor, tags as Tensor, { verbose: 0 })),
    )
    expect(values[0]).toEqual(values[1])
    const ends = 'the mask of its input ends here'
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringMatching(`Bidirectional .*${ends}`),
      expect.stringMatching(`Bidirectional .*${ends}`),
    ])
    warn.mockRestore()
  })
})

test('a layer that gives time steps another meaning ends a mask, and says so where it is called', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  Sequential([Input([TIME, FEATURES]), Masking(), Dropout(0.1), Flatten({ name: 'flat' }), Dense(1)])
  expect(warn.mock.calls).toEqual([
    ['Flatten "flat": the mask of its input ends here: later layers, losses and metrics see none.'],
  ])
  warn.mockRestore()
})

test('masks that do not fit are refused', () => {
  const [x, mask] = [Input([TIME, FEATURES]), Input([TIME + 1])]
  expect(() => LSTM(2)(x, { mask })).toThrow(
    'expected a mask [batch, timesteps] for [batch, 5, 2], got [batch, 6]',
  )
  expect(() => LSTM(2)(x, { mask: [mask, null] })).toThrow('expected a mask [batch, timesteps]')
  const frames = Masking()(Input([TIME, 3, FEATURES]))
  expect(() => ConvLSTM1D(2, 2)(frames)).toThrow(
    'expected a mask [batch, timesteps] for [batch, 5, 3, 2], got [batch, 5, 3]',
  )
  const inside = Sequential([Input([TIME, 3, FEATURES]), ConvLSTM1D(2, 2)])
  expect(() => inside(frames)).toThrow('expected a mask [batch, timesteps]')
  expect(() => TimeDistributed(LSTM(2))(Input([4, TIME, FEATURES]), { mask: Input([4]) })).toThrow(
    'expected a mask [batch, timesteps]',
  )
  expect(() => Dense(2)(x, { mask: Input([TIME]) })).toThrow('expected no mask')
  expect(() => LSTM(2)(x, { mask: 3 as never })).toThrow('expected symbolic tensors')
})
