// Operations that reduce axes or work along one: values against doubles, gradients against differences.
import { ops } from '../../src/index.ts'
import { B, F, most, one, range, T, testFunctions, total } from '../support/checkFunction.ts'

const meanOf = (n: number, term: (i: number) => number): number => total(n, term) / n
const varianceOf = (n: number, term: (i: number) => number): number =>
  meanOf(n, (i) => (term(i) - meanOf(n, term)) ** 2)

testFunctions({
  'sum over an axis': {
    fn: (x) => ops.sum(x, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => total(T, (t) => x(b, t, f)),
  },
  'sum of all': {
    fn: (x) => ops.sum(x, [1, 2]),
    x: one,
    shape: [B],
    exact: ([b = 0], x) => total(T, (t) => total(F, (f) => x(b, t, f))),
  },
  'sum of the batch': {
    fn: (x) => ops.sum(x, [0, 2], true),
    x: one,
    shape: [1, T, 1],
    exact: ([, t = 0], x) => total(B, (b) => total(F, (f) => x(b, t, f))),
  },
  'mean with keepdims': {
    fn: (x) => ops.mean(x, -1, true),
    x: one,
    shape: [B, T, 1],
    exact: ([b = 0, t = 0], x) => meanOf(F, (f) => x(b, t, f)),
  },
  max: {
    fn: (x) => ops.max(x, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => most(T, (t) => x(b, t, f)),
  },
  min: {
    fn: (x) => ops.min(x, -1),
    x: one,
    shape: [B, T],
    exact: ([b = 0, t = 0], x) => -most(F, (f) => -x(b, t, f)),
  },
  prod: {
    fn: (x) => ops.prod(x, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => range(T).reduce((p, t) => p * x(b, t, f), 1),
  },
  var: {
    fn: (x) => ops.var(x, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => varianceOf(T, (t) => x(b, t, f)),
  },
  std: {
    fn: (x) => ops.std(x, 2),
    x: one,
    shape: [B, T],
    exact: ([b = 0, t = 0], x) => Math.sqrt(varianceOf(F, (f) => x(b, t, f))),
  },
  logsumexp: {
    fn: (x) => ops.logsumexp(x, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => Math.log(total(T, (t) => Math.exp(x(b, t, f)))),
  },
  norm: {
    fn: (x) => ops.norm(x, null, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => Math.hypot(...range(T).map((t) => x(b, t, f))),
  },
  any: {
    fn: (x) => ops.any(ops.greater(x, 0.5), 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => Number(most(T, (t) => x(b, t, f)) > 0.5),
    isStep: true,
  },
  all: {
    fn: (x) => ops.all(ops.less(x, 0.5), 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => Number(most(T, (t) => x(b, t, f)) < 0.5),
    isStep: true,
  },
  argmax: {
    fn: (x) => ops.argmax(x, 1),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => range(T).findIndex((t) => x(b, t, f) === most(T, (k) => x(b, k, f))),
    isStep: true,
  },
  cumsum: {
    fn: (x) => ops.cumsum(x, 1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => total(t + 1, (k) => x(b, k, f)),
  },
  softmax: {
    fn: (x) => ops.softmax(x, 1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => Math.exp(x(b, t, f)) / total(T, (k) => Math.exp(x(b, k, f))),
  },
  logSoftmax: {
    fn: (x) => ops.logSoftmax(x),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f) - Math.log(total(F, (k) => Math.exp(x(b, t, k)))),
  },
  'softmax over two axes': {
    fn: (x) => ops.softmax(x, [1, 2]),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) =>
      Math.exp(x(b, t, f)) / total(T, (k) => total(F, (j) => Math.exp(x(b, k, j)))),
    products: false,
  },
  'logSoftmax over two axes': {
    fn: (x) => ops.logSoftmax(x, [1, -1]),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) =>
      x(b, t, f) - Math.log(total(T, (k) => total(F, (j) => Math.exp(x(b, k, j))))),
    products: false,
  },
  normalize: {
    fn: (x) => ops.normalize(x, 1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f) / Math.hypot(...range(T).map((k) => x(b, k, f))),
  },
  'normalize over two axes': {
    fn: (x) => ops.normalize(x, [1, 2]),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) =>
      x(b, t, f) / Math.sqrt(total(T, (k) => total(F, (j) => x(b, k, j) ** 2))),
  },
  clip: {
    fn: (x) => ops.clip(x, -0.25, 0.5),
    x: one,
    shape: [B, T, F],
    exact: (at, x) => Math.min(Math.max(x(...at), -0.25), 0.5),
    isStep: true,
  },
  'gelu by tanh': {
    fn: (x) => ops.gelu(x),
    x: one,
    shape: [B, T, F],
    exact: (at, x) => {
      const v = x(...at)
      return 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)))
    },
  },
  elu: {
    fn: (x) => ops.elu(x, 0.5),
    x: one,
    shape: [B, T, F],
    exact: (at, x) => (x(...at) > 0 ? x(...at) : 0.5 * Math.expm1(x(...at))),
  },
  leakyRelu: {
    fn: (x) => ops.leakyRelu(ops.add(x, 2)),
    x: one,
    shape: [B, T, F],
    exact: (at, x) => x(...at) + 2,
  },
})
