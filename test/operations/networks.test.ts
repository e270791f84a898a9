// Functions of networks: normalizations, losses of entries, attention, CTC. Values against doubles, gradients against differences.
import { ops, type SymbolicTensor } from '../../src/index.ts'
import { B, F, one, range, T, testFunctions, total, two } from '../support/checkFunction.ts'

const meanOf = (n: number, term: (i: number) => number): number => total(n, term) / n
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const softmaxOf = (n: number, term: (i: number) => number): number[] => {
  const sum = total(n, (i) => Math.exp(term(i)))
  return range(n).map((i) => Math.exp(term(i)) / sum)
}
const lse = (n: number, term: (i: number) => number): number => Math.log(total(n, (i) => Math.exp(term(i))))

/** What labels are read from classes over time: without repetitions, then without blanks. */
const read = (path: readonly number[]): string => path.filter((c, t) => c !== path[t - 1] && c !== 0).join()

/** −ln of the probability of labels, over all paths of so many steps. */
function ctc(labels: readonly number[], steps: number, x: (t: number, c: number) => number): number {
  const paths = range(F ** steps).map((i) => range(steps).map((t) => Math.floor(i / F ** t) % F))
  const probabilities = range(steps).map((t) => softmaxOf(F, (c) => x(t, c)))
  const fitting = paths.filter((path) => read(path) === labels.join())
  return -Math.log(
    fitting.reduce((sum, path) => sum + path.reduce((p, c, t) => p * (probabilities[t]?.[c] ?? 0), 1), 0),
  )
}

/** A kernel of 12 entries: the second input, summed over its batch, whose extent is open. */
const kernel = (y: SymbolicTensor | undefined, shape: readonly number[]): SymbolicTensor =>
  ops.reshape(ops.sum(y ?? 0, 0), shape)
const entry = (y: (...at: readonly number[]) => number, i: number): number =>
  total(B, (b) => y(b, Math.floor(i / F), i % F))

testFunctions({
  layerNormalization: {
    fn: (x) => ops.layerNormalization(x, [1, 2, 3, 4], [0, 1, 0, 1], -1, 1e-3),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => {
      const mean = meanOf(F, (i) => x(b, t, i))
      const variance = meanOf(F, (i) => (x(b, t, i) - mean) ** 2)
      return ((x(b, t, f) - mean) / Math.sqrt(variance + 1e-3)) * (f + 1) + (f % 2)
    },
  },
  rmsNormalization: {
    fn: (x) => ops.rmsNormalization(x, [1, 2, 3], 1, 1e-3),
    products: false,
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) =>
      (x(b, t, f) / Math.sqrt(meanOf(T, (i) => x(b, i, f) ** 2) + 1e-3)) * (t + 1),
  },
  batchNormalization: {
    fn: (x) => ops.batchNormalization(x, [0.1, 0.2, 0.3], [1, 2, 3], 1, { offset: [4, 5, 6] }),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => (x(b, t, f) - (t + 1) / 10) / Math.sqrt(t + 1 + 1e-3) + t + 4,
  },
  adaptiveAveragePool: {
    fn: (x) => ops.adaptiveAveragePool(x, 2),
    x: one,
    shape: [B, 2, F],
    exact: ([b = 0, t = 0, f = 0], x) => (x(b, t, f) + x(b, t + 1, f)) / 2,
  },
  adaptiveMaxPool: {
    fn: (x) => ops.adaptiveMaxPool(x, [3], 'channels_first'),
    x: one,
    shape: [B, T, 3],
    exact: ([b = 0, t = 0, f = 0], x) => Math.max(x(b, t, f), x(b, t, f + 1)),
  },
  averagePool: {
    fn: (x) => ops.averagePool(x, 2, { strides: 1, padding: 'same' }),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => (t < T - 1 ? (x(b, t, f) + x(b, t + 1, f)) / 2 : x(b, t, f)),
  },
  maxPool: {
    fn: (x) => ops.maxPool(x, [2], { dataFormat: 'channels_first' }),
    x: one,
    shape: [B, T, 2],
    exact: ([b = 0, t = 0, f = 0], x) => Math.max(x(b, t, 2 * f), x(b, t, 2 * f + 1)),
  },
  conv: {
    fn: (x, y) => ops.conv(x, kernel(y, [3, 4, 1]), { padding: 'same' }),
    x: two,
    shape: [B, T, 1],
    exact: ([b = 0, t = 0], x, y) =>
      total(T, (k) =>
        total(F, (c) => (t + k < 1 || t + k > T ? 0 : x(b, t + k - 1, c) * entry(y, k * F + c))),
      ),
  },
  'conv of groups, dilated, causal': {
    fn: (x, y) => ops.conv(x, kernel(y, [3, 2, 2]), { padding: 'causal', dilationRate: 2 }),
    x: two,
    shape: [B, T, 2],
    // 4 channels in 2 groups of 2, of one filter each.
    exact: ([b = 0, t = 0, f = 0], x, y) =>
      total(3, (k) =>
        total(2, (c) => (t < 4 - 2 * k ? 0 : x(b, t + 2 * k - 4, 2 * f + c) * entry(y, k * 4 + c * 2 + f))),
      ),
  },
  'conv with channels first': {
    fn: (x, y) => ops.conv(x, kernel(y, [2, 3, 2]), { strides: 2, dataFormat: 'channels_first' }),
    x: two,
    shape: [B, 2, 2],
    exact: ([b = 0, f = 0, t = 0], x, y) =>
      total(2, (k) => total(T, (c) => x(b, c, 2 * t + k) * entry(y, k * 6 + c * 2 + f))),
  },
  depthwiseConv: {
    fn: (x, y) => ops.depthwiseConv(ops.getItem(x, [null, null, [0, 3]]), kernel(y, [2, 3, 2])),
    x: two,
    shape: [B, T - 1, 6],
    exact: ([b = 0, t = 0, f = 0], x, y) =>
      total(2, (k) => x(b, t + k, Math.floor(f / 2)) * entry(y, k * 6 + f)),
  },
  separableConv: {
    fn: (x, y) => {
      const pointwise = [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ]
      return ops.separableConv(x, kernel(y, [3, 4, 1]), [pointwise])
    },
    x: two,
    shape: [B, 1, 2],
    exact: ([b = 0, , f = 0], x, y) =>
      total(F, (c) => total(T, (k) => x(b, k, c) * entry(y, k * F + c)) * (2 * c + f + 1)),
  },
  convTranspose: {
    fn: (x, y) => ops.convTranspose(x, kernel(y, [1, 3, 4]), { strides: 2, outputPadding: 1 }),
    x: two,
    shape: [B, 2 * T, 3],
    exact: ([b = 0, t = 0, f = 0], x, y) =>
      t % 2 === 1 ? 0 : total(F, (c) => x(b, t / 2, c) * entry(y, f * F + c)),
  },
  binaryCrossentropy: {
    fn: (x) => ops.binaryCrossentropy([1, 0, 1, 0], ops.sigmoid(x)),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => -Math.log(f % 2 ? 1 - sigmoid(x(b, t, f)) : sigmoid(x(b, t, f))),
  },
  'binaryCrossentropy of logits': {
    fn: (x) => ops.binaryCrossentropy([1, 0, 1, 0], x, true),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => -Math.log(f % 2 ? 1 - sigmoid(x(b, t, f)) : sigmoid(x(b, t, f))),
  },
  categoricalCrossentropy: {
    fn: (x) => ops.categoricalCrossentropy([0, 1, 0, 0], ops.softmax(x)),
    x: one,
    shape: [B, T],
    exact: ([b = 0, t = 0], x) => lse(F, (f) => x(b, t, f)) - x(b, t, 1),
  },
  sparseCategoricalCrossentropy: {
    fn: (x) =>
      ops.sparseCategoricalCrossentropy(
        [
          [0, 1, 2],
          [3, 0, 1],
        ],
        x,
        true,
      ),
    x: one,
    shape: [B, T],
    exact: ([b = 0, t = 0], x) => lse(F, (f) => x(b, t, f)) - x(b, t, b ? ([3, 0, 1][t] ?? 0) : t),
  },
  dotProductAttention: {
    fn: (x, y) => {
      const [q, k] = [ops.expandDims(x, 2), ops.expandDims(y ?? x, 2)]
      return ops.dotProductAttention(q, k, k, { scale: 0.7, isCausal: true })
    },
    x: two,
    shape: [B, T, 1, F],
    exact: ([b = 0, t = 0, , f = 0], x, y) => {
      const shares = softmaxOf(t + 1, (s) => 0.7 * total(F, (i) => x(b, t, i) * y(b, s, i)))
      return total(t + 1, (s) => (shares[s] ?? 0) * y(b, s, f))
    },
  },
  depthToSpace: {
    fn: (x) => ops.spaceToDepth(ops.depthToSpace(ops.expandDims(x, 1), 2), 2),
    x: one,
    shape: [B, 1, T, F],
    exact: ([b = 0, , t = 0, f = 0], x) => x(b, t, f),
  },
  ctcLoss: {
    fn: (x) =>
      ops.ctcLoss(
        [
          [1, 2],
          [3, 0],
        ],
        x,
        [2, 1],
        [3, 2],
      ),
    x: one,
    shape: [B],
    exact: ([b = 0], x) =>
      b === 0 ? ctc([1, 2], 3, (t, c) => x(0, t, c)) : ctc([3], 2, (t, c) => x(1, t, c)),
  },
  'ctcLoss of equal labels': {
    fn: (x) =>
      ops.ctcLoss(
        [
          [2, 2],
          [1, 1],
        ],
        x,
        [2, 2],
        [3, 3],
      ),
    x: one,
    shape: [B],
    exact: ([b = 0], x) => ctc(b === 0 ? [2, 2] : [1, 1], 3, (t, c) => x(b, t, c)),
  },
})
