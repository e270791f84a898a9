// NumPy's shorthands: values against doubles, gradients against differences.
import { ops, type SymbolicTensor } from '../../src/index.ts'
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
})
