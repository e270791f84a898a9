// Operations that join, repeat, cut and multiply tensors: values against doubles, gradients against differences.
import { ops, type SymbolicTensor } from '../../src/index.ts'
import { B, F, one, range, T, testFunctions, total, two } from '../support/checkFunction.ts'

testFunctions({
  'a tensor as both operands': {
    fn: (x) => ops.divide(ops.multiply(x, x), ops.add(x, x)),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f) / 2,
  },
  concatenate: {
    fn: (x, y) => ops.concatenate([x, y as SymbolicTensor, x], 1),
    x: two,
    shape: [B, 3 * T, F],
    exact: ([b = 0, t = 0, f = 0], x, y) => (t >= T && t < 2 * T ? y : x)(b, t % T, f),
  },
  'concatenate of nine': {
    fn: (x) =>
      ops.concatenate(
        range(9).map(() => x),
        -1,
      ),
    x: one,
    shape: [B, T, 9 * F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f % F),
  },
  stack: {
    fn: (x, y) => ops.stack([x, y as SymbolicTensor], 1),
    x: two,
    shape: [B, 2, T, F],
    exact: ([b = 0, i = 0, t = 0, f = 0], x, y) => (i ? y : x)(b, t, f),
  },
  split: {
    fn: (x) => ops.split(x, 2, -1)[1] as SymbolicTensor,
    x: one,
    shape: [B, T, 2],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f + 2),
  },
  unstack: {
    fn: (x) => ops.unstack(x, null, 1)[1] as SymbolicTensor,
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => x(b, 1, f),
  },
  repeat: {
    fn: (x) => ops.repeat(x, 2, 1),
    x: one,
    shape: [B, 2 * T, F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, Math.floor(t / 2), f),
  },
  tile: {
    fn: (x) => ops.tile(x, [2, 1, 2]),
    x: one,
    shape: [2 * B, T, 2 * F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b % B, t, f % F),
  },
  stopGradient: {
    fn: (x) => ops.multiply(ops.stopGradient(x), 2),
    x: one,
    shape: [B, T, F],
    exact: (at, x) => 2 * x(...at),
    isStep: true,
  },
  cast: {
    fn: (x) => ops.cast(ops.multiply(x, 3), 'int32'),
    x: one,
    shape: [B, T, F],
    exact: (at, x) => Math.trunc(3 * x(...at)),
    isStep: true,
  },
  'types of what is given and of what comes out': {
    fn: (x) => ops.add(ops.cumsum(ops.multiply(x, 9), 1, 'int32'), ops.fullLike(x, 2.5, 'bool')),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => total(t + 1, (i) => Math.trunc(9 * x(b, i, f))) + 1,
    isStep: true,
  },
  'convertToTensor and prod': {
    fn: (x) => ops.prod(ops.convertToTensor(ops.multiply(x, 9), 'bool'), 1, true, 'float32'),
    x: one,
    shape: [B, 1, F],
    exact: () => 1,
    isStep: true,
  },
  'zerosLike and onesLike': {
    fn: (x) => ops.subtract(ops.zerosLike(x), ops.onesLike(x)),
    x: one,
    shape: [B, T, F],
    exact: () => -1,
    isStep: true,
  },
  matmul: {
    fn: (x, y) => ops.matmul(x, ops.swapaxes(y as SymbolicTensor, 1, 2)),
    x: two,
    shape: [B, T, T],
    exact: ([b = 0, i = 0, j = 0], x, y) => total(F, (f) => x(b, i, f) * y(b, j, f)),
  },
  'matmul by a matrix of numbers': {
    fn: (x) =>
      ops.matmul(x, [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ]),
    x: one,
    shape: [B, T, 2],
    exact: ([b = 0, t = 0, u = 0], x) => total(F, (f) => x(b, t, f) * (1 + 2 * f + u)),
  },
  'matmul that broadcasts': {
    fn: (x, y) => ops.matmul(ops.expandDims(x, 2), ops.expandDims(y as SymbolicTensor, 3)),
    x: two,
    shape: [B, T, 1, 1],
    exact: ([b = 0, t = 0], x, y) => total(F, (f) => x(b, t, f) * y(b, t, f)),
  },
  dot: {
    fn: (x) => ops.dot(x, [1, 2, 3, 4]),
    x: one,
    shape: [B, T],
    exact: ([b = 0, t = 0], x) => total(F, (f) => x(b, t, f) * (1 + f)),
  },
  tensordot: {
    fn: (x, y) =>
      ops.tensordot(x, y as SymbolicTensor, [
        [1, 2],
        [1, 2],
      ]),
    x: two,
    shape: [B, B],
    exact: ([a = 0, b = 0], x, y) => total(T, (t) => total(F, (f) => x(a, t, f) * y(b, t, f))),
  },
  'einsum of a batch': {
    fn: (x, y) => ops.einsum('btf,bsf->bts', x, y as SymbolicTensor),
    x: two,
    shape: [B, T, T],
    exact: ([b = 0, t = 0, s = 0], x, y) => total(F, (f) => x(b, t, f) * y(b, s, f)),
  },
  'einsum that sums and turns': {
    fn: (x) => ops.einsum('...tf->f...', x),
    x: one,
    shape: [F, B],
    exact: ([f = 0, b = 0], x) => total(T, (t) => x(b, t, f)),
  },
  'einsum of three': {
    fn: (x, y) => ops.einsum('btf,btg,g->bf', x, y as SymbolicTensor, [1, -1, 2, 3]),
    x: two,
    shape: [B, F],
    exact: ([b = 0, f = 0], x, y) =>
      total(T, (t) => total(F, (g) => x(b, t, f) * y(b, t, g) * ([1, -1, 2, 3][g] ?? 0))),
  },
  outer: {
    fn: (x) => ops.outer(x, [1, 2]),
    x: one,
    shape: [B * T * F, 2],
    exact: ([row = 0, i = 0], x) => x(Math.floor(row / T / F), Math.floor(row / F) % T, row % F) * (1 + i),
  },
  'kron of other ranks': {
    fn: (x) => ops.kron([1, -2], ops.sum(x, 0)),
    x: one,
    shape: [T, 2 * F],
    exact: ([t = 0, f = 0], x) => (f < F ? 1 : -2) * total(B, (b) => x(b, t, f % F)),
  },
})
