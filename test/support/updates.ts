// The updates of optimizers with inputs that they take, see operations.ts.

import * as ops from '../../src/ops/index.ts'
import { tensor } from '../../src/util/tensor.ts'
import { type Entry, entry } from './operationEntry.ts'
import { uniform } from './values.ts'

/** Fifty-five workgroups of 64 threads, and some. */
const x = [59, 60]
const positive = uniform(x, 0.5, 1)
const weights = { gradients: x, parameters: x }
const epsilon = 1e-3

/** Two weights in flat memory, in ten chunks. */
const flat = [9600]
const table = ops.chunkTable([
  { offset: 0, size: 9000, decay: 0.5 },
  { offset: 9024, size: 500, decay: 0 },
])
const chunks = tensor(table.values, table.shape)

/** A matrix and a vector in flat memory, in nine chunks. */
const sums = ops.factoredChunks([
  { shape: [100, 60], offset: 0, r: 0, c: 0 },
  { shape: [3000], offset: 6016, r: 0, c: 0 },
])
const factored = tensor(sums.values, sums.shape)
/** Four matrices of one shape in flat memory, and a vector, in thirteen chunks. */
const mixed = ops.muonChunks(
  [0, 1, 2, 3].map((i) => ({ shape: [19, 121], offset: 2304 * i })),
  [{ size: 100, offset: 9216, velocity: 64 }],
)
const mixedChunks = tensor(mixed.chunks.values, mixed.chunks.shape)
const [group] = mixed.groups
const groupChunks = tensor(group?.chunks.values ?? [], group?.chunks.shape ?? [])

const decaying = { decay: -0.8, epsilon: 1e-3 }

export const updates: Readonly<Record<string, Entry>> = {
  adamUpdate: entry(ops.adamUpdate, {
    inputs: { ...weights, m: x, v: positive },
    attrs: { beta1: 0.9, beta2: 0.999, epsilon },
    roundings: 16,
  }),
  sgdUpdate: entry(ops.sgdUpdate, {
    inputs: { ...weights, velocity: x },
    attrs: { momentum: 0.9, nesterov: true },
  }),
  adadeltaUpdate: entry(ops.adadeltaUpdate, {
    inputs: { ...weights, squares: positive, changes: positive },
    attrs: { rho: 0.9, epsilon },
    roundings: 16,
  }),
  adagradUpdate: entry(ops.adagradUpdate, {
    inputs: { ...weights, accumulator: positive },
    attrs: { epsilon },
    roundings: 16,
  }),
  adamaxUpdate: entry(ops.adamaxUpdate, {
    inputs: { ...weights, m: x, norm: positive },
    attrs: { beta1: 0.9, beta2: 0.999, epsilon },
    roundings: 16,
  }),
  ftrlUpdate: entry(ops.ftrlUpdate, {
    inputs: { ...weights, accumulator: positive, linear: x },
    attrs: { power: 0.5, l1: 0.1, l2: 0.1, shrinkage: 0, beta: 0 },
    roundings: 64,
  }),
  lionUpdate: entry(ops.lionUpdate, {
    inputs: { ...weights, m: x },
    attrs: { beta1: 0.9, beta2: 0.99 },
  }),
  nadamUpdate: entry(ops.nadamUpdate, {
    inputs: { ...weights, m: x, v: positive },
    attrs: { beta1: 0.9, beta2: 0.999, epsilon },
    roundings: 16,
  }),
  rmspropUpdate: entry(ops.rmspropUpdate, {
    inputs: { ...weights, velocity: positive, sum: x, average: x },
    attrs: { rho: 0.9, momentum: 0.9, epsilon: 2 },
    roundings: 16,
  }),
  gradientSquares: entry(ops.gradientSquares, {
    inputs: { chunks, gradients: flat, accumulated: flat },
    attrs: { steps: 1, factor: 0.5 },
    roundings: 32,
  }),
  prepareUpdate: entry(ops.prepareUpdate, {
    inputs: {
      chunks,
      squares: uniform([chunks.shape[0] ?? 0], 1, 2),
      gradients: flat,
      parameters: flat,
      accumulated: flat,
    },
    attrs: { steps: 1, factor: 0.5, clip: 'norm', limit: 0.5 },
    roundings: 16,
  }),
  updateGate: entry(ops.updateGate, { inputs: {}, attrs: { update: 3, factor: 0.5 } }),
  averageWeights: entry(ops.averageWeights, {
    inputs: { parameters: x, averages: x },
    attrs: { momentum: 0.9, frequency: 2 },
  }),
  adafactorRows: entry(ops.adafactorRows, {
    inputs: { chunks: factored, gradients: [9024], parameters: [9024], rows: uniform([128], 0.5, 1) },
    attrs: { ...decaying, sums: sums.partials },
    roundings: 32,
  }),
  adafactorSquares: entry(ops.adafactorSquares, {
    inputs: {
      chunks: factored,
      gradients: [9024],
      velocity: uniform([9024], 0.5, 1),
      rows: uniform([128], 0.5, 1),
      columns: uniform([64], 0.5, 1),
      partials: uniform([sums.partials], 0.5, 1),
    },
    attrs: decaying,
    roundings: 64,
  }),
  adafactor: entry(ops.adafactor, {
    inputs: {
      chunks: factored,
      gradients: [9024],
      parameters: [9024],
      velocity: uniform([9024], 0.5, 1),
      columns: uniform([64], 0.5, 1),
      partials: uniform([sums.partials], 0.5, 1),
      squares: uniform([factored.shape[0] ?? 0], 0.5, 1),
    },
    attrs: { ...decaying, least: 1e-3, threshold: 1 },
    roundings: 64,
  }),
  lambMoments: entry(ops.lambMoments, {
    inputs: { chunks, gradients: flat, parameters: flat, m: flat, v: uniform(flat, 0.5, 1) },
    attrs: { beta1: 0.9, beta2: 0.999, epsilon },
    roundings: 64,
  }),
  lamb: entry(ops.lamb, {
    inputs: {
      chunks,
      m: flat,
      v: uniform(flat, 0.5, 1),
      squares: uniform([chunks.shape[0] ?? 0, 2], 0.5, 1),
      parameters: flat,
    },
    attrs: { beta1: 0.9, beta2: 0.999, epsilon },
    roundings: 64,
  }),
  muonMoments: entry(ops.muonMoments, {
    inputs: {
      chunks: mixedChunks,
      gradients: [9344],
      parameters: [9344],
      m: [9344],
      v: uniform([192], 0.5, 1),
    },
    attrs: {
      ...{ beta1: 0.9, beta2: 0.999, epsilon, momentum: 0.9, nesterov: true, ratio: 1 },
      ...{ matrices: mixed.matrices, size: mixed.size },
    },
    roundings: 64,
  }),
  muonScale: entry(ops.muonScale, {
    inputs: { chunks: groupChunks, x: [4, 19, 121], squares: uniform([13], 0.5, 1) },
    attrs: {},
    roundings: 16,
  }),
  muonStep: entry(ops.muonStep, {
    inputs: { chunks: groupChunks, x: [4, 19, 121], parameters: [9344] },
    attrs: { length: 0.5 },
    roundings: 16,
  }),
}
