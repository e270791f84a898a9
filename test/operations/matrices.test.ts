// Functions of matrices, statistics, the order of entries and segments: values against doubles, gradients against differences.
import { ops, type SymbolicTensor } from '../../src/index.ts'
import { B, F, most, one, range, T, testFunctions, total, two } from '../support/checkFunction.ts'

const meanOf = (n: number, term: (i: number) => number): number => total(n, term) / n
const sorted = (n: number, term: (i: number) => number): number[] =>
  range(n)
    .map(term)
    .sort((a, b) => a - b)
const square = [[B, T, T]]

testFunctions({
  tril: {
    fn: (x) => ops.tril(x, 1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, i = 0, j = 0], x) => (j - i <= 1 ? x(b, i, j) : 0),
  },
  triu: {
    fn: (x) => ops.triu(x, -1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, i = 0, j = 0], x) => (j - i >= -1 ? x(b, i, j) : 0),
  },
  diagonal: {
    fn: (x) => ops.diagonal(x, 1, 1, 2),
    x: one,
    shape: [B, T],
    exact: ([b = 0, i = 0], x) => x(b, i, i + 1),
  },
  trace: {
    fn: (x) => ops.trace(x, 0, 1, 2),
    x: square,
    shape: [B],
    exact: ([b = 0], x) => total(T, (i) => x(b, i, i)),
  },
  diag: {
    fn: (x) => ops.diag(ops.sum(x, [0, 1]), -1),
    x: one,
    shape: [F + 1, F + 1],
    exact: ([i = 0, j = 0], x) => (i === j + 1 ? total(B, (b) => total(T, (t) => x(b, t, j))) : 0),
  },
  rot90: {
    fn: (x) => ops.rot90(x, 1, [1, 2]),
    x: one,
    shape: [B, F, T],
    exact: ([b = 0, i = 0, j = 0], x) => x(b, j, F - 1 - i),
  },
  'rot90 backwards': {
    fn: (x) => ops.rot90(x, -1, [1, 2]),
    x: one,
    shape: [B, F, T],
    exact: ([b = 0, i = 0, j = 0], x) => x(b, T - 1 - j, i),
  },
  vdot: {
    fn: (x, y) => ops.vdot(x, y as SymbolicTensor),
    x: two,
    shape: [],
    exact: (_, x, y) => total(B, (b) => total(T, (t) => total(F, (f) => x(b, t, f) * y(b, t, f)))),
  },
  inner: {
    fn: (x) => ops.inner(x, [[1, 2, 3, 4]]),
    x: one,
    shape: [B, T, 1],
    exact: ([b = 0, t = 0], x) => total(F, (f) => x(b, t, f) * (f + 1)),
  },
  cross: {
    fn: (x, y) => ops.cross(x, y as SymbolicTensor, { axisa: 1, axisb: 1, axisc: 1 }),
    x: two,
    shape: [B, 3, F],
    exact: ([b = 0, i = 0, f = 0], x, y) =>
      x(b, (i + 1) % 3, f) * y(b, (i + 2) % 3, f) - x(b, (i + 2) % 3, f) * y(b, (i + 1) % 3, f),
  },
  diff: {
    fn: (x) => ops.diff(x, 2, 1),
    x: one,
    shape: [B, 1, F],
    exact: ([b = 0, , f = 0], x) => x(b, 2, f) - 2 * x(b, 1, f) + x(b, 0, f),
  },
  meshgrid: {
    fn: (x) => ops.meshgrid(ops.sum(x, [0, 1]), [1, 2])[0] as SymbolicTensor,
    x: one,
    shape: [2, F],
    exact: ([, f = 0], x) => total(B, (b) => total(T, (t) => x(b, t, f))),
  },
  'meshgrid in the order of the rows': {
    fn: (x) => ops.meshgrid(ops.sum(x, [0, 1]), [1, 2], { indexing: 'ij' })[0] as SymbolicTensor,
    x: one,
    shape: [F, 2],
    exact: ([f = 0], x) => total(B, (b) => total(T, (t) => x(b, t, f))),
  },
  ptp: {
    fn: (x) => ops.ptp(x, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) =>
      Math.max(...range(T).map((t) => x(b, t, f))) - Math.min(...range(T).map((t) => x(b, t, f))),
  },
  average: {
    fn: (x) => ops.average(x, 1, [1, 2, 3]),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => total(T, (t) => (t + 1) * x(b, t, f)) / 6,
  },
  moments: {
    fn: (x) => ops.moments(x, 1)[1] as SymbolicTensor,
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => meanOf(T, (t) => (x(b, t, f) - meanOf(T, (s) => x(b, s, f))) ** 2),
  },
  nanmean: {
    fn: (x) => ops.nanmean(ops.where(ops.less(x, -0.9), Number.NaN, x), 2),
    x: one,
    shape: [B, T],
    exact: ([b = 0, t = 0], x) => {
      const kept = range(F)
        .map((f) => x(b, t, f))
        .filter((value) => value >= -0.9)
      return meanOf(kept.length, (i) => kept[i] ?? 0)
    },
    isStep: true,
  },
  trapezoid: {
    fn: (x) => ops.trapezoid(x, null, 0.5, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => 0.25 * (x(b, 0, f) + 2 * x(b, 1, f) + x(b, 2, f)),
  },
  'trapezoid at places': {
    fn: (x) => ops.trapezoid(x, [0, 1, 4], 1, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => (x(b, 0, f) + x(b, 1, f)) / 2 + (3 * (x(b, 1, f) + x(b, 2, f))) / 2,
  },
  'trapezoid at places of each row': {
    fn: (x, y) => ops.trapezoid(x, y, 1, -1),
    x: two,
    shape: [B, T],
    exact: ([b = 0, t = 0], x, y) =>
      total(F - 1, (f) => ((x(b, t, f) + x(b, t, f + 1)) * (y(b, t, f + 1) - y(b, t, f))) / 2),
  },
  'norm by columns': {
    fn: (x) => ops.norm(x, 1, [1, 2]),
    x: one,
    shape: [B],
    exact: ([b = 0], x) => most(F, (f) => total(T, (t) => Math.abs(x(b, t, f)))),
  },
  'norm by rows': {
    fn: (x) => ops.norm(x, Number.NEGATIVE_INFINITY, [-2, -1], true),
    x: one,
    shape: [B, 1, 1],
    exact: ([b = 0], x) => -most(T, (t) => -total(F, (f) => Math.abs(x(b, t, f)))),
  },
  cdist: {
    fn: (x, y) => ops.cdist(x, y as SymbolicTensor),
    x: two,
    shape: [B, T, T],
    exact: ([b = 0, i = 0, j = 0], x, y) => Math.sqrt(total(F, (f) => (x(b, i, f) - y(b, j, f)) ** 2)),
  },
  sort: {
    fn: (x) => ops.sort(x, 1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => sorted(T, (s) => x(b, s, f))[t] ?? 0,
  },
  argsort: {
    fn: (x) => ops.argsort(x),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => range(F).sort((p, q) => x(b, t, p) - x(b, t, q))[f] ?? 0,
    isStep: true,
  },
  topK: {
    fn: (x) => ops.topK(x, 2)[0] as SymbolicTensor,
    x: one,
    shape: [B, T, 2],
    exact: ([b = 0, t = 0, k = 0], x) => sorted(F, (f) => x(b, t, f))[F - 1 - k] ?? 0,
  },
  median: {
    fn: (x) => ops.median(x, 2),
    x: one,
    shape: [B, T],
    exact: ([b = 0, t = 0], x) => {
      const [, p = 0, q = 0] = sorted(F, (f) => x(b, t, f))
      return (p + q) / 2
    },
  },
  quantile: {
    fn: (x) => ops.quantile(x, [0.25, 1], 1),
    x: one,
    shape: [2, B, F],
    exact: ([i = 0, b = 0, f = 0], x) => {
      const [p = 0, q = 0, r = 0] = sorted(T, (t) => x(b, t, f))
      return i ? r : (p + q) / 2
    },
  },
  sparsemax: {
    fn: (x) => ops.sparsemax(ops.multiply(x, 2)),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => {
      const z = sorted(F, (i) => 2 * x(b, t, i)).reverse()
      const count = range(F).filter((k) => 1 + (k + 1) * (z[k] ?? 0) > total(k + 1, (i) => z[i] ?? 0)).length
      return Math.max(0, 2 * x(b, t, f) - (total(count, (i) => z[i] ?? 0) - 1) / count)
    },
  },
  segmentSum: {
    fn: (x) => ops.segmentSum(x, [2, 0], 3),
    x: one,
    shape: [3, T, F],
    exact: ([s = 0, t = 0, f = 0], x) => (s === 2 ? x(0, t, f) : s === 0 ? x(1, t, f) : 0),
  },
  segmentMax: {
    fn: (x) => ops.segmentMax(x, [0, 0], 1),
    x: one,
    shape: [1, T, F],
    exact: ([, t = 0, f = 0], x) => Math.max(x(0, t, f), x(1, t, f)),
  },
  scatter: {
    fn: (x) =>
      ops.scatter(
        [
          [[0], [2], [2]],
          [[1], [0], [2]],
        ],
        x,
        [3, F],
      ),
    x: one,
    shape: [3, F],
    exact: ([i = 0, f = 0], x) =>
      i === 0 ? x(0, 0, f) + x(1, 1, f) : i === 1 ? x(1, 0, f) : x(0, 1, f) + x(0, 2, f) + x(1, 2, f),
  },
  bincount: {
    fn: (x) => ops.bincount(ops.argmax(x, 1), { minlength: T }),
    x: one,
    shape: [B, T],
    exact: ([b = 0, i = 0], x) =>
      range(F).filter((f) => range(T).every((t) => x(b, t, f) <= x(b, i, f))).length,
    isStep: true,
  },
  'bincount of weights': {
    fn: (x) => ops.bincount(ops.argmax(x, 1), ops.sum(x, 1), T),
    x: one,
    shape: [B, T],
    // The largest magnitudes lie elsewhere.
    products: false,
    exact: ([b = 0, i = 0], x) => {
      const largest = range(F).filter((f) => range(T).every((t) => x(b, t, f) <= x(b, i, f)))
      return largest.reduce((sum, f) => sum + total(T, (t) => x(b, t, f)), 0)
    },
  },
})
