/** ConvLSTM1D, ConvLSTM2D and ConvLSTM3D: shapes and refusals, states, directions, dropout. Keras's numbers are golden cases. */
import { expect, test } from 'vitest'
import {
  type CallableLayer,
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  type ConvLSTMOptions,
  Flatten,
  Input,
  Model,
  Sequential,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { chooseBackend, onCpuFirst } from '../support/backends.ts'
import { uniform } from '../support/values.ts'

const frames = (height = 6, width = 5): SymbolicTensor => Input([4, height, width, 2])

test.each<[string, () => SymbolicTensor, (number | null)[]]>([
  ['valid', () => ConvLSTM2D(3, 3)(frames()), [null, 4, 3, 3]],
  ['same', () => ConvLSTM2D(3, [3, 2], { padding: 'same' })(frames()), [null, 6, 5, 3]],
  ['strides', () => ConvLSTM2D(3, 2, { strides: [2, 1] })(frames()), [null, 3, 4, 3]],
  ['sequences', () => ConvLSTM2D(3, 3, { returnSequences: true })(frames()), [null, 4, 4, 3, 3]],
  ['one axis', () => ConvLSTM1D(3, 3, { dilationRate: 2 })(Input([4, 9, 2])), [null, 5, 3]],
  ['three axes', () => ConvLSTM3D(3, 2, { strides: [1, 2, 1] })(Input([4, 3, 6, 5, 2])), [null, 2, 3, 4, 3]],
])('shape: %s', (_, make, shape) => {
  expect(make().shape).toEqual(shape)
})

test.each<[string, () => unknown, string]>([
  [
    'frames without channels',
    () => ConvLSTM2D(3, 3, { name: 'flat' })(Input([4, 6, 5])),
    'ConvLSTM2D "flat": expected input [batch, time, height, width, channels], got [batch, 4, 6, 5].',
  ],
  [
    'frames for volumes',
    () => ConvLSTM3D(3, 3, { name: 'flat' })(frames()),
    'ConvLSTM3D "flat": expected input [batch, time, depth, height, width, channels], got [batch, 4, 6, 5, 2].',
  ],
  [
    'channels that are not known',
    () => ConvLSTM1D(3, 3, { name: 'open' })(Input([4, 5, null])),
    'ConvLSTM1D "open": expected a known number of channels (axis 3), got [batch, 4, 5, null]. Give it in inputShape.',
  ],
  [
    'a window larger than its input',
    () => ConvLSTM2D(3, 7, { name: 'wide' })(frames()),
    'ConvLSTM2D "wide": expected an input of at least 7 along axis 1, got 6 (input [batch, 6, 5, 2]). Use a smaller window, or padding: \'same\'.',
  ],
  [
    'causal padding',
    () => ConvLSTM1D(3, 3, { name: 'late', padding: 'causal' as 'same' }),
    'ConvLSTM1D "late": expected padding to be one of \'valid\', \'same\', got "causal".',
  ],
  [
    'strides and dilation',
    () => ConvLSTM2D(3, 3, { name: 'both', strides: 2, dilationRate: 2 }),
    'ConvLSTM2D "both": expected strides or dilationRate of 1, got strides 2, 2 and dilationRate 2, 2.',
  ],
  [
    'an open batch of a stateful layer',
    () => ConvLSTM2D(3, 3, { name: 'kept', stateful: true })(frames()),
    'ConvLSTM2D "kept": expected a fixed batch size for stateful: true, got [batch, 4, 6, 5, 2]. Give batchShape: [batch, time, height, width, channels] to the first layer, or batchSize to Input.',
  ],
  [
    'states of another shape',
    () => ConvLSTM2D(3, 3, { name: 'fed' })(frames(), { initialState: Input([4, 3, 2]) }),
    'ConvLSTM2D "fed": expected initialState as [h, c], each [batch, ...space, 3], got [batch, 4, 3, 2].',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})

const x = uniform([2, 4, 6, 5, 2], -1, 1, 1)

onCpuFirst(() => {
  test('the last of the sequence is the state, in both directions', async () => {
    for (const goBackwards of [false, true]) {
      const input = frames()
      const [sequence, h] = ConvLSTM2D(3, [3, 2], { returnSequences: true, returnState: true, goBackwards })(
        input,
      )
      const [all, last] = (await Model(input, [sequence, h]).predict<Tensor[]>(x)) as [Tensor, Tensor]
      const size = 4 * 4 * 3
      for (const sample of [0, 1]) {
        const end = (sample + 1) * 4 * size
        expect(all.data.slice(end - size, end)).toEqual(last.data.slice(sample * size, (sample + 1) * size))
      }
    }
  })

  test('stateful: two halves of a sequence end as the whole', async () => {
    const make = (time: number, stateful: boolean) => {
      setSeed(4)
      return Sequential([ConvLSTM2D(3, 3, { batchShape: [2, time, 6, 5, 2], stateful, padding: 'same' })])
    }
    const half = (from: number): Tensor => {
      const values = Array.from(
        { length: 240 },
        (_, i) => x.data[Math.floor(i / 120) * 240 + from * 60 + (i % 120)] ?? 0,
      )
      return tensor(values, [2, 2, 6, 5, 2])
    }
    const whole = await make(4, false).predict(x)
    const parts = make(2, true)
    await parts.predict(half(0))
    const last = await parts.predict(half(2))
    last.data.forEach((value, i) => {
      expect(value).toBeCloseTo(whole.data[i] ?? Number.NaN, 5)
    })
  })
})

test('on a slice it is ConvLSTM2D', async () => {
  const make = (layer: CallableLayer, shape: readonly number[]) => {
    setSeed(4)
    return Sequential([Input(shape), layer]).predict(uniform([2, ...shape], -1, 1, 1))
  }
  const options = { padding: 'same', strides: [2, 1], goBackwards: true } as const
  const plane = await make(ConvLSTM2D(3, [3, 2], options), [4, 6, 5, 2])
  const slice = await make(ConvLSTM3D(3, [1, 3, 2], { ...options, strides: [1, 2, 1] }), [4, 1, 6, 5, 2])
  expect(slice.data).toEqual(plane.data)
})

test.each<ConvLSTMOptions>([{ dropout: 0.4 }, { recurrentDropout: 0.4 }])(
  '%j, the same draws on both backends',
  async (options) => {
    const train = async (): Promise<number[]> => {
      setSeed(3)
      const model = Sequential([ConvLSTM2D(2, 2, { inputShape: [4, 6, 5, 2], ...options }), Flatten()])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      const y = uniform([2, 5 * 4 * 2], -1, 1, 2)
      const { history } = await model.fit(x, y, { epochs: 3, shuffle: false, verbose: 0 })
      return history.loss ?? []
    }
    await chooseBackend('cpu')
    const cpu = await train()
    expect(new Set(cpu).size).toBe(3)
    await chooseBackend('webgpu')
    const gpu = await train()
    gpu.forEach((loss, epoch) => {
      expect(loss).toBeCloseTo(cpu[epoch] ?? 0, 5)
    })
  },
)
