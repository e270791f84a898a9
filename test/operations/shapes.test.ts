// Operations that give entries another shape or order, or take parts: values against doubles, gradients against differences.
import { ops } from '../../src/index.ts'
import { B, F, most, one, T, testFunctions, total } from '../support/checkFunction.ts'

const meanOf = (n: number, term: (i: number) => number): number => total(n, term) / n

testFunctions({
  reshape: {
    fn: (x) => ops.reshape(x, [-1, 2, 6]),
    x: one,
    shape: [B, 2, 6],
    exact: ([b = 0, i = 0, j = 0], x) => x(b, Math.floor((6 * i + j) / F), (6 * i + j) % F),
  },
  'expandDims and squeeze': {
    fn: (x) => ops.squeeze(ops.expandDims(x, [1, -1]), 1),
    x: one,
    shape: [B, T, F, 1],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f),
  },
  transpose: {
    fn: (x) => ops.transpose(x, [0, 2, 1]),
    x: one,
    shape: [B, F, T],
    exact: ([b = 0, f = 0, t = 0], x) => x(b, t, f),
  },
  'swapaxes and moveaxis': {
    fn: (x) => ops.moveaxis(ops.swapaxes(x, 1, 2), 2, 1),
    x: one,
    shape: [B, T, F],
    exact: (at, x) => x(...at),
  },
  broadcastTo: {
    fn: (x) => ops.broadcastTo(ops.expandDims(ops.mean(x, 1), 1), [null, 5, F]),
    x: one,
    shape: [B, 5, F],
    exact: ([b = 0, , f = 0], x) => meanOf(T, (t) => x(b, t, f)),
  },
  'getItem of the last': {
    fn: (x) => ops.getItem(x, [null, -1]),
    x: one,
    shape: [B, F],
    exact: ([b = 0, f = 0], x) => x(b, T - 1, f),
  },
  'getItem of slices': {
    fn: (x) => ops.getItem(x, [null, [1], [null, null, -2]]),
    x: one,
    shape: [B, T - 1, 2],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t + 1, F - 1 - 2 * f),
  },
  slice: {
    fn: (x) => ops.slice(x, [0, 1, 2], [-1, 2, -1]),
    x: one,
    shape: [B, 2, 2],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t + 1, f + 2),
  },
  flip: {
    fn: (x) => ops.flip(x, 1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, T - 1 - t, f),
  },
  roll: {
    fn: (x) => ops.roll(x, 4, 1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, (t + T - 1) % T, f),
  },
  'pad for all axes': {
    fn: (x) => ops.pad(ops.sum(x, 0), [1, 2]),
    x: one,
    shape: [T + 3, F + 3],
    exact: ([t = 0, f = 0], x) =>
      t < 1 || t > T || f < 1 || f > F ? 0 : total(B, (b) => x(b, t - 1, f - 1)),
  },
  'pad by a mirror on the last entry': {
    fn: (x) =>
      ops.pad(
        x,
        [
          [0, 0],
          [2, 1],
          [0, 3],
        ],
        'reflect',
      ),
    x: one,
    shape: [B, T + 3, F + 3],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, [2, 1, 0, 1, 2, 1][t] ?? 0, [0, 1, 2, 3, 2, 1, 0][f] ?? 0),
  },
  'pad by a mirror behind the last entry': {
    fn: (x) =>
      ops.pad(
        x,
        [
          [0, 0],
          [2, 1],
          [0, 4],
        ],
        'symmetric',
      ),
    x: one,
    shape: [B, T + 3, F + 4],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, [1, 0, 0, 1, 2, 2][t] ?? 0, [0, 1, 2, 3, 3, 2, 1, 0][f] ?? 0),
  },
  'reshape to a row': {
    fn: (x) => ops.reshape(x, -1),
    x: one,
    shape: [B * T * F],
    exact: ([i = 0], x) => x(Math.floor(i / T / F), Math.floor(i / F) % T, i % F),
  },
  pad: {
    fn: (x) =>
      ops.pad(
        x,
        [
          [0, 0],
          [1, 2],
          [0, 1],
        ],
        'constant',
        9,
      ),
    x: one,
    shape: [B, T + 3, F + 1],
    exact: ([b = 0, t = 0, f = 0], x) => (t > 0 && t <= T && f < F ? x(b, t - 1, f) : 9),
  },
  'take by a list': {
    fn: (x) => ops.take(x, [2, 0, -1, 2], 1),
    x: one,
    shape: [B, 4, F],
    exact: ([b = 0, i = 0, f = 0], x) => x(b, [2, 0, 2, 2][i] ?? 0, f),
  },
  'take of one': {
    fn: (x) => ops.take(x, -2, -1),
    x: one,
    shape: [B, T],
    exact: ([b = 0, t = 0], x) => x(b, t, F - 2),
  },
  takeAlongAxis: {
    fn: (x) => ops.takeAlongAxis(x, ops.expandDims(ops.argmax(x, 1), 1), 1),
    x: one,
    shape: [B, 1, F],
    exact: ([b = 0, , f = 0], x) => most(T, (t) => x(b, t, f)),
  },
  oneHot: {
    fn: (x) => ops.oneHot(ops.argmax(x, 1), T),
    x: one,
    shape: [B, F, T],
    exact: ([b = 0, f = 0, t = 0], x) => Number(x(b, t, f) === most(T, (k) => x(b, k, f))),
    isStep: true,
  },
})
