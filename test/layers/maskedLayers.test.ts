// Layers that compute by masks, against their definitions in doubles. A time step is valid where the ReLU of some feature is not 0;
// what is not valid still holds numbers, the bias of a Dense layer.
import { expect, test, vi } from 'vitest'
import {
  BatchNormalization,
  type CallableLayer,
  Dense,
  Flatten,
  GlobalAveragePooling1D,
  Input,
  Masking,
  Maximum,
  Minimum,
  Model,
  Multiply,
  ReLU,
  Sequential,
  Softmax,
  type SymbolicTensor,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { biased, checkLayer, type Grid, product } from '../support/checkLayer.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

const [TIME, FEATURES] = [5, 2]

const masked = (x: SymbolicTensor): SymbolicTensor => Masking()(ReLU()(x))
const relu = ({ data, shape }: Grid): Grid => ({ data: data.map((value) => Math.max(value, 0)), shape })
/** Whether each time step of an input of `masked` is valid. */
const validOf = ({ data }: Grid): boolean[] =>
  Array.from({ length: data.length / FEATURES }, (_, row) =>
    data.slice(row * FEATURES, (row + 1) * FEATURES).some((value) => value > 0),
  )
const none: Grid = { data: [], shape: [] }

/** Ends a mask, so that losses do not see it. */
const flat = (x: SymbolicTensor): SymbolicTensor => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  const y = Flatten()(x)
  warn.mockRestore()
  return y
}
const flatGrid = ({ data, shape: [batch = 1] }: Grid): Grid => ({ data, shape: [batch, data.length / batch] })

test('GlobalAveragePooling1D: the mean of valid time steps', async () => {
  await checkLayer(
    () => {
      const dense = Dense(3)
      return (x) => GlobalAveragePooling1D()(dense(masked(x)))
    },
    [TIME, FEATURES],
    (x, kernel = none, bias) => {
      const valid = validOf(x)
      const { data } = biased(product(relu(x), kernel), bias)
      const means = Array.from({ length: 2 * 3 }, (_, i) => {
        const rows = valid.flatMap((isValid, row) =>
          isValid && Math.floor(row / TIME) === Math.floor(i / 3) ? row : [],
        )
        return rows.reduce((sum, row) => sum + (data[row * 3 + (i % 3)] ?? 0), 0) / rows.length
      })
      return { data: means, shape: [2, 3] }
    },
  )
})

test.each<[string, () => CallableLayer, (a: number, b: number) => number, neither: 'zero' | 'first']>([
  ['Multiply', Multiply, (a, b) => a * b, 'zero'],
  ['Maximum', Maximum, Math.max, 'first'],
  ['Minimum', Minimum, Math.min, 'first'],
])('%s: what is not valid takes no part', async (_name, merge, f, neither) => {
  await checkLayer(
    () => {
      const [other, a, b] = [Dense(FEATURES, { useBias: false }), Dense(FEATURES), Dense(FEATURES)]
      return (x) => flat(merge()([a(masked(x)), b(masked(other(x)))]))
    },
    [TIME, FEATURES],
    (x, ...weights) => {
      const [other = none, aKernel = none, aBias, bKernel = none, bBias] = weights
      const second = product(x, other)
      const [aValid, bValid] = [validOf(x), validOf(second)]
      const a = biased(product(relu(x), aKernel), aBias)
      const b = biased(product(relu(second), bKernel), bBias)
      const data = a.data.map((p, i) => {
        const [q, row] = [b.data[i] ?? 0, Math.floor(i / FEATURES)]
        if (aValid[row] && bValid[row]) return f(p, q)
        if (aValid[row]) return p
        if (bValid[row]) return q
        return neither === 'zero' ? 0 : p
      })
      return flatGrid({ data, shape: x.shape })
    },
  )
})

test('Softmax: over what its mask has', async () => {
  await checkLayer(
    () => {
      const dense = Dense(4)
      return (x) => flat(Softmax()(dense(x), { mask: ReLU()(x) }))
    },
    [4],
    (x, kernel = none, bias) => {
      const scores = biased(product(x, kernel), bias).data
      const powers = scores.map((score, i) => ((x.data[i] ?? 0) > 0 ? Math.exp(score) : 0))
      const sums = [0, 4].map((start) => powers.slice(start, start + 4).reduce((a, b) => a + b))
      return { data: powers.map((power, i) => power / (sums[Math.floor(i / 4)] || 1)), shape: x.shape }
    },
  )
})

onEachBackend(() => {
  test.each([
    ['Multiply', Multiply],
    ['Maximum', Maximum],
    ['Minimum', Minimum],
  ])('%s: an input that is aligned to one of more axes has no mask', async (_name, merge) => {
    const predict = async (mask: typeof masked) => {
      const [x, wide] = [Input([TIME, FEATURES]), Input([2, 1, FEATURES])]
      const model = Model([x, wide], merge()([wide, mask(x)]))
      const given = [uniform([2, TIME, FEATURES], -1, 1, 1), uniform([2, 2, 1, FEATURES], -1, 1, 2)]
      return [...(await model.predict<Tensor>(given)).data]
    }
    expect(await predict(masked)).toEqual(await predict((x) => ReLU()(x)))
  })

  test('Softmax over other axes, and of what has nothing valid', async () => {
    const [x, mask] = [Input([2, 3]), Input([2, 3])]
    const model = Model([x, mask], Softmax(1)(x, { mask }))
    const zeros = tensor(new Float32Array(6), [1, 2, 3])
    const valid = tensor([1, 0, 0.5, -2, 1, 0], [1, 2, 3])
    const { data } = await model.predict<Tensor>([zeros, valid])
    expect([...data]).toEqual([0.5, 0, 1, 0.5, 1, 0])
    expect((await model.predict<Tensor>([zeros, zeros])).data.some(Boolean)).toBe(false)
  })

  test.each(['of the batch', 'of each time step'] as const)(
    'BatchNormalization: moments %s',
    async (kind) => {
      const [batch, momentum, epsilon] = [4, 0.9, 1e-3]
      const x = uniform([batch, TIME, FEATURES], 0.5, 2, 1)
      for (const row of [1, 4, 5, 13, 19]) x.data.fill(0, row * FEATURES, (row + 1) * FEATURES)
      // Time steps that are not valid hold numbers too.
      const bias = [3, -2]
      const own = BatchNormalization({ momentum, epsilon })
      const each = kind === 'of each time step'
      const normalization = each ? TimeDistributed(own) : own
      const warn = vi.spyOn(console, 'warn').mockReturnValue()
      const shifted = Dense(FEATURES, { trainable: false })
      const model = Sequential([Input([TIME, FEATURES]), Masking(), shifted, normalization, Flatten()])
      warn.mockRestore()
      const identity = [
        [1, 0],
        [0, 1],
      ]
      const isShift = (path: string): boolean => path.startsWith(shifted.path)
      model.setWeights(
        (await model.getWeights()).map((weight, i) => {
          const path = model.weights[i]?.path ?? ''
          return isShift(path) ? (path.endsWith('kernel') ? identity : bias) : weight
        }),
      )
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      const y = uniform([batch, TIME * FEATURES], -1, 1, 2)
      const normalized = new Float64Array(x.data.length)
      const moving = { mean: [0, 0], variance: [1, 1] }
      const rowsOf = (t: number): number[] => Array.from({ length: batch }, (_, b) => b * TIME + t)
      const groups = each
        ? Array.from({ length: TIME }, (_, t) => rowsOf(t))
        : [[...Array(batch * TIME).keys()]]
      for (const rows of groups) {
        for (let c = 0; c < FEATURES; c++) {
          const at = (row: number): number => (x.data[row * FEATURES + c] ?? 0) + (bias[c] ?? 0)
          const valid = rows.filter((row) => x.data[row * FEATURES] !== 0)
          const mean = valid.reduce((sum, row) => sum + at(row), 0) / valid.length
          const variance = valid.reduce((sum, row) => sum + (at(row) - mean) ** 2, 0) / valid.length
          for (const row of rows)
            normalized[row * FEATURES + c] = (at(row) - mean) / Math.sqrt(variance + epsilon)
          const step = (old = 0, now = 0): number => old * momentum + now * (1 - momentum)
          moving.mean[c] = step(moving.mean[c], mean)
          moving.variance[c] = step(moving.variance[c], variance)
        }
      }
      const expected =
        normalized.reduce((sum, value, i) => sum + (value - (y.data[i] ?? 0)) ** 2, 0) / normalized.length
      const loss = [await model.trainOnBatch(x, y)].flat()[0] ?? 0
      expectClose('loss', [loss], [expected], 1e-5)
      const statistics = (await model.getWeights()).filter((_, i) =>
        /moving/.test(model.weights[i]?.path ?? ''),
      )
      expectClose('moving mean', statistics[0]?.data, moving.mean, 1e-5)
      expectClose('moving variance', statistics[1]?.data, moving.variance, 1e-5)
    },
  )
})

test('masks that these layers cannot compute by are refused', () => {
  const frames = Masking()(Input([TIME, 3, FEATURES]))
  const steps = Input([TIME])
  expect(() => BatchNormalization()(Input([TIME, 3, FEATURES]), { mask: steps })).toThrow(
    'expected a mask of all axes of [batch, 5, 3, 2] but the last, got one of 2 axes',
  )
  expect(() => BatchNormalization()(frames)).not.toThrow()
  expect(() => Softmax()(Masking()(Input([TIME, FEATURES])))).toThrow(
    "expected a mask of all axes of [batch, 5, 2], or with extents of 1, got one of 2 axes. Use Activation('softmax')",
  )
  expect(() =>
    TimeDistributed(GlobalAveragePooling1D())(Input([4, TIME, FEATURES]), { mask: Input([4]) }),
  ).toThrow('expected a mask [batch, timesteps], got one of 1 axes')
})
