// Recurrent layers over padded sequences compute what they compute of the sequences themselves: every cell, stacks of cells, both
// directions, frames, states from batch to batch, and in mixed precision.
import { expect, test } from 'vitest'
import {
  Bidirectional,
  type CallableLayer,
  ConvLSTM1D,
  ConvLSTM2D,
  config,
  Dense,
  GRU,
  GRUCell,
  Input,
  type LayersModel,
  LSTM,
  LSTMCell,
  Masking,
  Model,
  RNN,
  Sequential,
  SimpleRNN,
  StackedRNNCells,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { sampledOnGpu } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const [BATCH, TIME] = [3, 5]
/** How many time steps of each sample are valid, the first ones. */
const LENGTHS = [5, 3, 1]
const valid = tensor(
  Array.from({ length: BATCH * TIME }, (_, row) =>
    Number(row % TIME < (LENGTHS[Math.floor(row / TIME)] ?? 0)),
  ),
  [BATCH, TIME],
)

/** A sample's first time steps. */
const cut = ({ data, shape }: Tensor, sample: number, length: number): Tensor => {
  const [batch = 1, , ...step] = shape
  const size = data.length / batch
  const width = size / (shape[1] ?? 1)
  return tensor(data.slice(sample * size, sample * size + length * width), [1, length, ...step])
}

type Make = (options: object) => CallableLayer
const layers: readonly [name: string, step: readonly number[], make: Make][] = [
  ['LSTM', [2], (options) => LSTM(4, options) as CallableLayer],
  [
    'LSTM that starts from the end',
    [2],
    (options) => LSTM(4, { goBackwards: true, ...options }) as CallableLayer,
  ],
  ['GRU', [2], (options) => GRU(4, options) as CallableLayer],
  ['GRU with the reset before', [2], (options) => GRU(4, { resetAfter: false, ...options }) as CallableLayer],
  ['SimpleRNN', [2], (options) => SimpleRNN(4, options) as CallableLayer],
  ['RNN of a cell', [2], (options) => RNN(GRUCell(3), options) as CallableLayer],
  [
    'RNN of cells',
    [2],
    (options) => RNN(StackedRNNCells([LSTMCell(3), GRUCell(4)]), options) as CallableLayer,
  ],
  ['Bidirectional LSTM', [2], (options) => Bidirectional(LSTM(3, options)) as CallableLayer],
  [
    'Bidirectional GRU',
    [2],
    (options) => Bidirectional(GRU(3, options), { mergeMode: 'ave' }) as CallableLayer,
  ],
  ['ConvLSTM1D', [4, 1], (options) => ConvLSTM1D(2, 3, options) as CallableLayer],
  ['ConvLSTM2D', [3, 4, 1], (options) => ConvLSTM2D(2, 2, options) as CallableLayer],
]

onCpuFirst((backend) => {
  test.each(sampledOnGpu(backend, layers, 4))(
    '%s of padded samples is that of the samples themselves',
    async (_name, step, make) => {
      setSeed(5)
      // What pads is not 0, so that the mask alone leaves it out.
      const x = uniform([BATCH, TIME, ...step], -1, 1, 1)
      for (const returnSequences of [false, true]) {
        const [input, mask] = [Input([TIME, ...step]), Input([TIME])]
        const masked = Model([input, mask], make({ returnSequences })(input, { mask }))
        const predicted = await masked.predict<Tensor>([x, valid])
        const size = predicted.data.length / BATCH
        for (const [sample, length] of LENGTHS.entries()) {
          const alone = Sequential([Input([length, ...step]), make({ returnSequences })])
          alone.setWeights(await masked.getWeights())
          const { data } = await alone.predict<Tensor>(cut(x, sample, length))
          // A layer that starts from the end gives what pads first.
          const isTurned =
            returnSequences && Reflect.get(masked.layers.at(-1)?.config ?? {}, 'goBackwards') === true
          const start = sample * size + (isTurned ? size - data.length : 0)
          expectClose(`sample ${sample}`, predicted.data.slice(start, start + data.length), data, 1e-5)
        }
      }
    },
  )

  test('states go from batch to batch past what pads', async () => {
    setSeed(5)
    const make = (time: number, stateful: boolean) =>
      Sequential([Input({ batchShape: [2, time, 2] }), Masking(), LSTM(3, { stateful })])
    const x = uniform([2, 4, 2], 0.1, 1, 1)
    const whole = make(4, false)
    const parts = make(3, true)
    parts.setWeights(await whole.getWeights())
    const expected = await whole.predict<Tensor>(x, { batchSize: 2 })
    let last: Tensor | undefined
    for (const start of [0, 2]) {
      // Two time steps of each sample, and one that pads.
      const part = Array.from({ length: 2 * 3 * 2 }, (_, i) => {
        const [sample, t] = [Math.floor(i / 6), Math.floor(i / 2) % 3]
        return t === 2 ? 0 : (x.data[(sample * 4 + start + t) * 2 + (i % 2)] ?? 0)
      })
      last = await parts.predict<Tensor>(tensor(part, [2, 3, 2]), { batchSize: 2 })
    }
    expectClose('states', last?.data, expected.data, 1e-5)
  })
})

onCpuFirst(() => {
  test('in mixed precision a masked model trains to the numbers of float32', async () => {
    const trained = async (policy: 'float32' | 'mixed_float16') => {
      config.setDtypePolicy(policy)
      try {
        setSeed(6)
        const x = uniform([BATCH, TIME, 2], 0.1, 1, 1)
        const padded = tensor(
          x.data.map((value, i) => value * (valid.data[Math.floor(i / 2)] ?? 0)),
          x.shape,
        )
        const model: LayersModel = Sequential([
          Input([TIME, 2]),
          Masking(),
          Dense(4),
          Bidirectional(GRU(8)),
          Dense(1),
        ])
        model.compile({ loss: 'mse', optimizer: 'sgd' })
        const y = uniform([BATCH, 1], -1, 1, 2)
        const { history } = await model.fit(padded, y, { epochs: 5, shuffle: false, verbose: 0 })
        return history.loss ?? []
      } finally {
        config.setDtypePolicy('float32')
      }
    }
    const [exact, mixed] = [await trained('float32'), await trained('mixed_float16')]
    expect(exact.at(-1)).toBeLessThan(exact[0] ?? 0)
    expectClose('losses', mixed, exact, 0.02)
  })
})
