// NumPy's shorthands: values against doubles, gradients against differences.
import { expect, test } from 'vitest'
import { Input, ops, type SymbolicTensor } from '../../src/index.ts'
import { B, F, one, range, T, testFunctions, total, two } from '../support/checkFunction.ts'

const sumOver = (x: (...at: readonly number[]) => number, t: number, f: number): number =>
  total(B, (b) => x(b, t, f))
/** 0 made to NaN below a limit, without a gradient there. */
const holes = (x: SymbolicTensor): SymbolicTensor => ops.where(ops.less(x, 0), Number.NaN, x)
const placeOf = (values: readonly number[], best: (...values: readonly number[]) => number): number => {
  const there = values.filter((value) => value >= 0)
  return there.length === 0 ? -1 : values.indexOf(best(...there))
}

testFunctions({
  fullLike: { fn: (x) => ops.fullLike(x, 3), x: one, shape: [B, T, F], exact: () => 3, isStep: true },
  emptyLike: { fn: (x) => ops.emptyLike(x), x: one, shape: [B, T, F], exact: () => 0, isStep: true },
  columnStack: {
    fn: (x) => ops.columnStack([ops.sum(x, [0, 1]), ops.transpose(ops.sum(x, 0))]),
    x: one,
    shape: [F, 1 + T],
    exact: ([f = 0, t = 0], x) => (t === 0 ? total(T, (k) => sumOver(x, k, f)) : sumOver(x, t - 1, f)),
  },
  dstack: {
    fn: (x) => ops.dstack([ops.sum(x, 0), ops.sum(x, 0)]),
    x: one,
    shape: [T, F, 2],
    exact: ([t = 0, f = 0], x) => sumOver(x, t, f),
  },
  hsplit: {
    fn: (x) => ops.hsplit(x, [1])[1] as SymbolicTensor,
    x: one,
    shape: [B, T - 1, F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t + 1, f),
  },
  vsplit: {
    fn: (x) => ops.vsplit(ops.sum(x, 0), T)[1] as SymbolicTensor,
    x: one,
    shape: [1, F],
    exact: ([, f = 0], x) => sumOver(x, 1, f),
  },
  dsplit: {
    fn: (x) => ops.dsplit(x, 2)[1] as SymbolicTensor,
    x: one,
    shape: [B, T, F / 2],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f + F / 2),
  },
  kron: {
    fn: (x, y) => ops.kron(ops.sum(x, 0), ops.sum(y as SymbolicTensor, 0)),
    x: two,
    shape: [T * T, F * F],
    exact: ([i = 0, j = 0], x, y) =>
      sumOver(x, Math.floor(i / T), Math.floor(j / F)) * sumOver(y, i % T, j % F),
  },
  nanargmax: {
    fn: (x) => ops.nanargmax(holes(x), 1),
    x: one,
    shape: [B, F],
    isStep: true,
    exact: ([b = 0, f = 0], x) =>
      placeOf(
        range(T).map((t) => x(b, t, f)),
        Math.max,
      ),
  },
  nanargmin: {
    fn: (x) => ops.nanargmin(holes(x), 1),
    x: one,
    shape: [B, F],
    isStep: true,
    exact: ([b = 0, f = 0], x) =>
      placeOf(
        range(T).map((t) => x(b, t, f)),
        Math.min,
      ),
  },
  vander: {
    fn: (x) => ops.vander(ops.add(ops.sum(ops.abs(x), [0, 1]), 1), 3),
    x: one,
    products: false,
    shape: [F, 3],
    exact: ([f = 0, n = 0], x) => (1 + total(B, (b) => total(T, (t) => Math.abs(x(b, t, f))))) ** (2 - n),
  },
  extractSequences: {
    fn: (x) => ops.extractSequences(x, 2, 2),
    x: one,
    shape: [B, T, F / 2, 2],
    exact: ([b = 0, t = 0, i = 0, k = 0], x) => x(b, t, 2 * i + k),
  },
  arraySplit: {
    fn: (x) => ops.arraySplit(x, 3, 2)[0] as SymbolicTensor,
    x: one,
    shape: [B, T, 2],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f),
  },
  'arraySplit, its last part': {
    fn: (x) => ops.arraySplit(x, 3, -1)[2] as SymbolicTensor,
    x: one,
    shape: [B, T, 1],
    exact: ([b = 0, t = 0], x) => x(b, t, 3),
  },
  matrixPower: {
    fn: (x) => ops.matrixPower(ops.getItem(x, [null, null, [0, T]]), 3),
    x: one,
    shape: [B, T, T],
    exact: ([b = 0, i = 0, j = 0], x) =>
      total(T, (k) => total(T, (l) => x(b, i, k) * x(b, k, l) * x(b, l, j))),
  },
  'matrixPower of 0': {
    fn: (x) => ops.matrixPower(ops.getItem(x, [null, null, [0, T]]), 0),
    x: one,
    shape: [B, T, T],
    isStep: true,
    exact: ([, i = 0, j = 0]) => Number(i === j),
  },
  sliceUpdate: {
    fn: (x, y) => ops.sliceUpdate(x, [0, 1, 1], ops.getItem(y ?? x, [null, [0, 1], [0, 2]])),
    x: two,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x, y) => (t === 1 && (f === 1 || f === 2) ? y(b, 0, f - 1) : x(b, t, f)),
  },
  unravelIndex: {
    fn: (x) => ops.stack([...ops.unravelIndex(ops.floor(ops.multiply(ops.abs(x), 12)), [3, 4])]),
    x: one,
    shape: [2, B, T, F],
    isStep: true,
    exact: ([axis = 0, b = 0, t = 0, f = 0], x) => {
      const index = Math.floor(Math.abs(x(b, t, f)) * 12)
      return axis === 0 ? Math.floor(index / 4) : index % 4
    },
  },
})

test('a geometric progression ends at its ends', () => {
  expect(ops.geomspace(1, 1000, 4).toArray()).toEqual([1, 10, 100, 1000].map((x) => expect.closeTo(x, 4)))
  expect(ops.geomspace(-8, -1, 3, false).toArray()).toEqual([-8, -4, -2].map((x) => expect.closeTo(x, 5)))
  expect(() => ops.geomspace(-1, 1)).toThrow(
    'ops.geomspace: expected start and stop of one sign, got -1 and 1.',
  )
  expect(ops.ndim(ops.zeros([2, 3]))).toBe(2)
})

test('convolutions and parts say what does not fit', () => {
  const x = Input([5, 4])
  const image = Input([5, 5, 4])
  const says = (call: () => unknown, text: string): void => expect(call).toThrow(text)
  says(
    () => ops.conv(x, ops.ones([2, 3, 6])),
    'ops.conv: expected 3 channels, or a multiple along axis 2 for a kernel [2, 3, 6], got 4.',
  )
  says(() => ops.conv(x, ops.ones([2, 2, 3])), 'ops.conv: expected filters that 2 groups divide, got 3.')
  says(
    () => ops.conv(image, ops.ones([2, 4, 3])),
    'ops.conv: expected a kernel [extent, extent, channels, filters], got [2, 4, 3].',
  )
  says(
    () => ops.conv(image, ops.ones([2, 2, 4, 3]), { padding: 'causal' }),
    "ops.conv: expected padding 'valid' or 'same' over more than one axis, got 'causal'.",
  )
  says(
    () => ops.conv(x, ops.ones([7, 4, 3])),
    'ops.conv: expected an input of at least 7 along axis 1, got 5',
  )
  says(
    () => ops.depthwiseConv(x, ops.ones([2, 2, 2])),
    'ops.depthwiseConv: expected 2 channels along axis 2 for a kernel [2, 2, 2], got 4.',
  )
  says(
    () => ops.convTranspose(x, ops.ones([2, 3, 4]), { strides: 2, padding: 'same', outputPadding: 2 }),
    'ops.convTranspose: expected outputPadding below the strides, 2, got 2.',
  )
  says(
    () => ops.maxPool(Input([4]), 2),
    'ops.maxPool: expected one to three axes between batch and channels, got [batch, 4].',
  )
  says(() => ops.matrixPower(x, 2), 'ops.matrixPower: expected square matrices, got 5 rows of 4.')
  says(
    () => ops.sliceUpdate(x, [0, 4, 0], ops.ones([1, 2, 2])),
    'ops.sliceUpdate: expected updates that lie within [batch, 5, 4], whole along axes of open extent, got [1, 2, 2] at [0, 4, 0].',
  )
})
