/** Every operation with inputs that it takes, of which tests of all operations are made. */
import type { Graph, Value } from '../../src/graph/graph.ts'
import * as ops from '../../src/ops/index.ts'
import { SCALING_SIZE, SKIPPED_WORDS, scalingState } from '../../src/ops/lossScaleState.ts'
import { tensor } from '../../src/util/tensor.ts'
import { expressions } from './expressions.ts'
import { imageOperations } from './imageOperations.ts'
import { historyWith } from './lagHistory.ts'
import { measuring } from './measuringOperations.ts'
import { type Entry, entry, summed } from './operationEntry.ts'
import { recurrences } from './recurrences.ts'
import { updates } from './updates.ts'
import { classes, probabilities, uniform } from './values.ts'

/** toF16 with its f16, two to a word, in an arena of floats, where they can be compared. */
const f16AsWords = Object.assign(
  (graph: Graph, { x, words }: Readonly<Record<'x' | 'words', Value>>) => {
    const { y } = ops.toF16(graph, { x }, {})
    graph.placeAt(y, { arena: 'words', offset: 2 * (words.place?.offset ?? 0) })
    return {}
  },
  { operation: ops.toF16.operation },
)

/** Fifty-five workgroups of 64 threads, and some. */
const x = [59, 60]
const row = [60]
/** Eight workgroups of 64 threads and some where a thread has a row, and where a workgroup has one more than 7 · 7 · 7. */
const rows = [460, 2]
const epsilon = 1e-3
const window = { strides: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 2 } as const
const pooled = { window: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1], mean: true } as const

const words = (length: number, at: (i: number) => number): Uint32Array =>
  Uint32Array.from({ length }, (_, i) => at(i))

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }

/** A table under Adam, whose rows lag behind by up to 40 updates. */
const lagging = (table: readonly [rows: number, columns: number]) => ({
  table,
  m: uniform(table, -0.1, 0.1, 3),
  v: uniform(table, 0.1, 1, 4),
  history: historyWith(
    table[0],
    50,
    (update) => 0.01 / update,
    (row) => 50 - (row % 41),
  ),
})

export const entries: Readonly<Record<string, Entry>> = {
  ...recurrences,
  ...expressions,
  ...measuring,
  ...imageOperations,
  activation: entry(ops.activation, { inputs: { x: [22_100] }, attrs: { code: 1 } }),
  activationGradient: entry(ops.activationGradient, {
    inputs: { saved: [22_100], dy: [22_100] },
    attrs: { code: 1 },
  }),
  rectifier: entry(ops.rectifier, { inputs: { x: [22_100] }, attrs: { alpha: 0.1, limit: 0.5 } }),
  rectifierGradient: entry(ops.rectifierGradient, {
    inputs: { x: [22_100], dy: [22_100] },
    attrs: { alpha: 0.1, limit: 0.5 },
  }),
  moments: entry(ops.moments, { inputs: { x }, attrs: {}, roundings: 64 }),
  batchNormalization: entry(ops.batchNormalization, {
    inputs: { x, mean: row, variance: uniform(row, 0.5, 1), gamma: row, beta: row },
    attrs: { epsilon, ofBatch: true },
  }),
  batchNormalizationSums: entry(ops.batchNormalizationSums, {
    inputs: { x, mean: row, variance: uniform(row, 0.5, 1), dy: x },
    attrs: { epsilon, ofBatch: true },
    roundings: 64,
  }),
  batchNormalizationGradient: entry(ops.batchNormalizationGradient, {
    inputs: { x, mean: row, variance: uniform(row, 0.5, 1), dy: x, dGamma: row, dBeta: row },
    attrs: { epsilon, ofBatch: true },
    roundings: 16,
  }),
  joinColumns: entry(ops.joinColumns, { inputs: { a: x, b: x, c: x, d: x, e: row, f: row }, attrs: {} }),
  joinStates: entry(ops.joinStates, {
    inputs: { a: [64, 60], b: [64, 60], c: [64, 60], d: [64, 60] },
    attrs: {},
  }),
  splitColumns: entry(ops.splitColumns, { inputs: { x, z: x }, attrs: { first: 7, zFirst: 30 } }),
  copyColumns: entry(ops.copyColumns, { inputs: { x }, attrs: { first: 3, start: 1, count: 5, width: 61 } }),
  concat: entry(ops.concat, { inputs: { a: x, b: x }, attrs: {} }),
  split: entry(ops.split, { inputs: { x }, attrs: { widths: [23, 37] }, read: ['a', 'b'] }),
  convolution: entry(ops.convolution, {
    inputs: { x: [2, 16, 16, 68], kernel: [3, 3, 34, 8], bias: [8] },
    attrs: { ...window, activation: 1 },
    roundings: 64,
  }),
  convolutionInputGradient: entry(ops.convolutionInputGradient, {
    inputs: { dy: [2, 16, 16, 68], kernel: [3, 3, 4, 68] },
    attrs: { ...window, input: [2, 16, 16, 8] },
    ...summed,
  }),
  convolutionKernelGradient: entry(ops.convolutionKernelGradient, {
    inputs: { x: [2, 20, 20, 16], dy: [2, 20, 20, 8] },
    attrs: { ...window, window: [3, 3, 8, 8] },
    ...summed,
  }),
  dropout: entry(ops.dropout, { inputs: { x }, attrs: { rate: 0.3, seed: 5, stream: 1 } }),
  addAll: entry(ops.addAll, { inputs: { a: x, b: x, c: x, d: x, e: x, f: x, g: x }, attrs: {} }),
  additiveScores: entry(ops.additiveScores, {
    inputs: { q: [4, 30, 5], k: [4, 30, 5], scale: [5] },
    attrs: {},
    roundings: 32,
  }),
  additiveScoresGradient: entry(ops.additiveScoresGradient, {
    inputs: { own: [4, 60, 15], other: [4, 6, 15], scale: [15], dy: [4, 60, 6] },
    attrs: { isKey: false },
    roundings: 32,
  }),
  affine: entry(ops.affine, { inputs: { x }, attrs: { scale: 2, shift: 3 } }),
  binary: entry(ops.binary, { inputs: { a: x, b: row }, attrs: { fn: 'subtract' } }),
  maximumGradient: entry(ops.maximumGradient, {
    inputs: { a: x, b: row, dy: x },
    attrs: { isMinimum: false },
  }),
  l2Normalize: entry(ops.l2Normalize, {
    inputs: { x: [3600, 3] },
    attrs: { axis: 1, most: 1e7 },
    roundings: 16,
  }),
  l2NormalizeGradient: entry(ops.l2NormalizeGradient, {
    inputs: { x: [3600, 3], dy: [3600, 3] },
    attrs: { axis: 1, most: 1e7 },
    roundings: 256,
  }),
  idMask: entry(ops.idMask, { inputs: { ids: words(3600, (i) => i % 3) }, attrs: { isFloat: false } }),
  toFloat: entry(ops.toFloat, { inputs: { ids: words(3600, (i) => i % 7) }, attrs: {} }),
  checkIds: entry(ops.checkIds, {
    inputs: {
      ids: words(3600, (i) => i % 41),
      permutation: words(60, (i) => 59 - i),
      record: new Uint32Array(5),
    },
    attrs: { isFloat: false, batch: 60, rows: 40, layer: 3 },
  }),
  sortIds: entry(ops.sortIds, {
    inputs: { ids: words(3600, (i) => (7 * i) % 53) },
    attrs: { isFloat: false, block: 128 },
    roundings: 0,
  }),
  mergeIds: entry(ops.mergeIds, {
    inputs: { ids: words(3600, (i) => (7 * i) % 53), sorted: words(3600, (i) => i) },
    attrs: { isFloat: false, block: 1 },
    roundings: 0,
  }),
  embedding: entry(ops.embedding, {
    inputs: { ids: classes([60, 10], 11), table: [11, 6] },
    attrs: { isFloat: true },
    roundings: 0,
  }),
  embeddingSums: entry(ops.embeddingSums, {
    inputs: { ids: words(3600, (i) => i >> 6), order: words(3600, (i) => i), dy: [3600, 33] },
    attrs: { isFloat: false, rows: 50 },
    roundings: 64,
  }),
  embeddingGradient: entry(ops.embeddingGradient, {
    inputs: { ids: words(300, (i) => i >> 1), order: words(300, (i) => i), sums: [300, 13] },
    attrs: { isFloat: false, rows: 500 },
  }),
  sgdRows: entry(ops.sgdRows, {
    inputs: {
      ids: words(300, (i) => i >> 1),
      order: words(300, (i) => i),
      sums: [300, 13],
      table: [500, 13],
    },
    attrs: { isFloat: false, rows: 500 },
  }),
  adamLookup: entry(ops.adamLookup, {
    inputs: { ids: words(300, (i) => (7 * i) % 53), ...lagging([50, 13]) },
    attrs: { isFloat: false, ...adam },
  }),
  adamRows: entry(ops.adamRows, {
    inputs: {
      ids: words(300, (i) => i >> 1),
      order: words(300, (i) => i),
      sums: [300, 13],
      ...lagging([500, 13]),
    },
    attrs: { isFloat: false, rows: 500, ...adam },
    roundings: 32,
  }),
  adamCatchUp: entry(ops.adamCatchUp, { inputs: lagging([500, 13]), attrs: adam }),
  gather: entry(ops.gather, {
    inputs: {
      data: words(1472, (i) => 7 * i),
      sources: Uint32Array.of(0, 0, 0, 0, 64, 0, 0, 0, 1408, 0, 0, 0),
      permutation: Uint32Array.of(9, 2, 7, 0, 4, 1, 3, 8, 6, 5),
    },
    attrs: {
      rows: 4,
      first: 0,
      fields: [
        { length: 3, offset: 0 },
        { length: 130, offset: 64 },
        { length: 1, offset: 640 },
      ],
      size: 704,
    },
    roundings: 0,
  }),
  emit: entry(ops.emit, { inputs: { x, results: [7200] }, attrs: {}, steps: [{ start: 59 }] }),
  assign: entry(ops.assign, { inputs: { x, destination: x }, attrs: {} }),
  toF16: entry(f16AsWords, { inputs: { x: [8800], words: [4400] }, attrs: {}, roundings: 0 }),
  layerNormalization: entry(ops.layerNormalization, {
    inputs: { x: [3600, 3], gamma: [3], beta: [3] },
    attrs: { epsilon },
    roundings: 64,
  }),
  layerNormalizationGradient: entry(ops.layerNormalizationGradient, {
    inputs: { x: [3600, 3], gamma: [3], dy: [3600, 3] },
    attrs: { epsilon },
    roundings: 256,
  }),
  elementwiseLoss: entry(ops.elementwiseLoss, {
    inputs: { predictions: [3600, 2], targets: [3600, 2], weights: [3600] },
    attrs: { code: 0 },
  }),
  rareElementwiseLoss: entry(ops.rareElementwiseLoss, {
    inputs: { predictions: [3600, 2], targets: [3600, 2], weights: [3600] },
    attrs: { code: 0 },
    roundings: 16,
  }),
  categoricalCrossentropy: entry(ops.categoricalCrossentropy, {
    inputs: { predictions: probabilities([3600, 2]), targets: classes([3600], 2) },
    attrs: { sparse: true, fromLogits: false },
    roundings: 16,
  }),
  overflow: entry(ops.overflow, { inputs: { x: [17_000] }, attrs: {} }),
  lossScale: entry(ops.lossScale, {
    inputs: {
      flags: [64],
      scaling: tensor(scalingState(8, 0, 5), [SCALING_SIZE]),
      skipped: new Uint32Array(SKIPPED_WORDS),
    },
    attrs: { growthSteps: 3 },
  }),
  matmul: entry(ops.matmul, {
    inputs: { a: [130, 300], b: [300, 140], bias: [140] },
    attrs: { activation: 1 },
    read: ['y', 'columnSums'],
    ...summed,
  }),
  masking: entry(ops.masking, { inputs: { x: classes([3600, 2], 2) }, attrs: { value: 1 } }),
  maskedOutput: entry(ops.maskedOutput, {
    inputs: { x: [59, 60, 2], mask: classes([59, 60], 2) },
    attrs: { leading: true, reverse: true, directions: 2 },
  }),
  maskWeights: entry(ops.maskWeights, {
    inputs: { mask: classes([59, 60], 2), weights: [59, 60, 2] },
    attrs: {},
    roundings: 16,
  }),
  maskedSoftmax: entry(ops.maskedSoftmax, {
    inputs: { x: [9, 4, 13, 3], keys: [9, 3] },
    attrs: { causal: true },
    roundings: 16,
  }),
  // With its gradient, which is no export.
  mergeDirections: entry(ops.mergeDirections, { inputs: { x }, attrs: { fn: 'multiply' }, by: ['x'] }),
  ...updates,
  pooling: entry(ops.pooling, { inputs: { x: [2, 30, 30, 2] }, attrs: pooled, roundings: 16 }),
  poolingGradient: entry(ops.poolingGradient, {
    inputs: { x: [2, 30, 30, 2], dy: [2, 30, 30, 2] },
    attrs: pooled,
    roundings: 16,
  }),
  upsample: entry(ops.upsample, { inputs: { x: [2, 9, 9, 2] }, attrs: { factors: [3, 2], linear: true } }),
  upsampleGradient: entry(ops.upsampleGradient, {
    inputs: { dy: [2, 28, 27, 2] },
    attrs: { factors: [2, 3], linear: true },
    roundings: 16,
  }),
  sum: entry(ops.sum, { inputs: { x: [2, ...x] }, attrs: { axis: 0 } }),
  repeat: entry(ops.repeat, { inputs: { x }, attrs: { axis: 0, n: 2 } }),
  reverse: entry(ops.reverse, { inputs: { x }, attrs: { axis: 1 } }),
  softmax: entry(ops.softmax, { inputs: { x: rows }, attrs: {}, roundings: 16 }),
  softmaxGradient: entry(ops.softmaxGradient, {
    inputs: { y: rows, dy: rows },
    attrs: {},
    roundings: 16,
  }),
  transpose: entry(ops.transpose, { inputs: { x }, attrs: { permutation: [1, 0] } }),
}
