// Batch normalization by columns as src/ops/batchNormalization.ts means it, with the activation behind it, and its gradient.

import { activate, isActivated } from './activation'
import { BatchNormalization, BatchNormalizationGradient, BatchNormalizationSums, Moments } from './calls.gen'
import { loadFirst, multiplyAdd, storeFirst } from './vector'

/** Fewer numbers than this are computed in doubles, in TypeScript: they take no time, and where they nearly cancel the digits count. */
const FEW = 4096

/** Rows whose sums are added up before they are added to those of all: so sums of many rows keep their digits. */
const BLOCK = 64

/** Bytes of a row in working memory, whole vectors. */
export function rowBytes(columns: i32): i32 {
  return ((columns + 3) & ~3) * 4
}

/** Adds a row to another, and empties it. */
function moveTo(totals: usize, partials: usize, bytes: i32): void {
  for (let at: usize = 0; at < <usize>bytes; at += 16) {
    v128.store(totals + at, f32x4.add(v128.load(totals + at), v128.load(partials + at)))
    v128.store(partials + at, f32x4.splat(0.0))
  }
}

/** factors / √(variance + epsilon) of each column; without factors 1. */
export function scalesOf(scales: usize, columns: i32, variance: usize, epsilon: f32, factors: usize): void {
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4
    const factor = factors ? loadFirst(factors + at, columns - c) : f32x4.splat(1.0)
    const squares = f32x4.add(loadFirst(variance + at, columns - c), f32x4.splat(epsilon))
    v128.store(scales + at, f32x4.div(factor, f32x4.sqrt(squares)))
  }
}

export function batchNormalizationCovers(call: BatchNormalization): bool {
  return isActivated(call.ACTIVATION)
}

/** A factor for each column. */
export function batchNormalizationScratch(call: BatchNormalization): i32 {
  return rowBytes(call.columns)
}

export function batchNormalization(call: BatchNormalization): void {
  const columns = call.columns
  const scales = call.scratch
  const zero = f32x4.splat(0.0)
  scalesOf(scales, columns, call.variance, call.epsilon, call.hasGamma ? call.gamma : 0)
  const code = call.ACTIVATION
  const row = <usize>columns * 4
  const end = call.x + <usize>call.size * 4
  let y = call.y
  for (let x = call.x; x < end; x += row) {
    for (let c = 0; c < columns; c += 4) {
      const at = <usize>c * 4
      const count = columns - c
      const beta = call.hasBeta ? loadFirst(call.beta + at, count) : zero
      const centered = f32x4.sub(loadFirst(x + at, count), loadFirst(call.mean + at, count))
      storeFirst(y + at, activate(code, multiplyAdd(centered, v128.load(scales + at), beta)), count)
    }
    y += row
  }
}

export function momentsCovers(call: Moments): bool {
  return call.rows * call.columns >= FEW
}

/** Sums of all rows, those of a block, and centers. */
export function momentsScratch(call: Moments): i32 {
  return 3 * rowBytes(call.columns)
}

export function moments(call: Moments): void {
  const columns = call.columns
  const bytes = rowBytes(columns)
  const sums = call.scratch
  const centers = sums + 2 * <usize>bytes
  memory.fill(centers, 0, bytes)
  // Differences from the first row are summed, so that the mean of a column of equal values is exact; with weights those from a mean.
  if (call.hasWeights) {
    sumRows(call, centers, false)
    addShares(centers, sums, call.rows, bytes)
  } else memory.copy(centers, call.x, columns * 4)
  sumRows(call, centers, false)
  addShares(centers, sums, call.rows, bytes)
  memory.copy(call.mean, centers, columns * 4)
  sumRows(call, centers, true)
  const count = f32x4.splat(<f32>call.rows)
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4
    storeFirst(call.variance + at, f32x4.div(v128.load(sums + at), count), columns - c)
  }
}

/** Adds sums of rows, divided by their number, to a row. */
function addShares(to: usize, sums: usize, rows: i32, bytes: i32): void {
  const count = f32x4.splat(<f32>rows)
  for (let at: usize = 0; at < <usize>bytes; at += 16)
    v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.div(v128.load(sums + at), count)))
}

/** Sums the weighted differences of rows from `centers`, or their squares. Rows of weight 0 do not count, whatever they hold. */
function sumRows(call: Moments, centers: usize, squares: bool): void {
  const columns = call.columns
  const bytes = rowBytes(columns)
  const sums = call.scratch
  const partials = sums + <usize>bytes
  memory.fill(sums, 0, 2 * bytes)
  let x = call.x
  for (let row = 0; row < call.rows; row++) {
    const weight: f32 = call.hasWeights ? load<f32>(call.weights + <usize>row * 4) : 1
    if (weight !== 0) {
      const factor = f32x4.splat(weight)
      for (let c = 0; c < columns; c += 4) {
        const at = <usize>c * 4
        const difference = f32x4.sub(loadFirst(x + at, columns - c), v128.load(centers + at))
        const term = squares ? f32x4.mul(difference, difference) : difference
        v128.store(partials + at, multiplyAdd(term, factor, v128.load(partials + at)))
      }
    }
    x += <usize>columns * 4
    if (row % BLOCK === BLOCK - 1) moveTo(sums, partials, bytes)
  }
  moveTo(sums, partials, bytes)
}

export function batchNormalizationSumsCovers(call: BatchNormalizationSums): bool {
  return call.rows * call.columns >= FEW
}

/** Sums of all rows and of a block, of two kinds. */
export function batchNormalizationSumsScratch(call: BatchNormalizationSums): i32 {
  return 4 * rowBytes(call.columns)
}

export function batchNormalizationSums(call: BatchNormalizationSums): void {
  const columns = call.columns
  const bytes = rowBytes(columns)
  const sums = call.scratch
  const partials = sums + 2 * <usize>bytes
  memory.fill(sums, 0, 4 * bytes)
  let x = call.x
  let dy = call.dy
  for (let row = 0; row < call.rows; row++) {
    for (let c = 0; c < columns; c += 4) {
      const at = <usize>c * 4
      const count = columns - c
      const d = loadFirst(dy + at, count)
      const centered = f32x4.sub(loadFirst(x + at, count), loadFirst(call.mean + at, count))
      const ofGamma = partials + at
      v128.store(ofGamma, multiplyAdd(d, centered, v128.load(ofGamma)))
      const ofBeta = ofGamma + <usize>bytes
      v128.store(ofBeta, f32x4.add(v128.load(ofBeta), d))
    }
    x += <usize>columns * 4
    dy += <usize>columns * 4
    if (row % BLOCK === BLOCK - 1) moveTo(sums, partials, 2 * bytes)
  }
  moveTo(sums, partials, 2 * bytes)
  scalesOf(partials, columns, call.variance, call.epsilon, 0)
  for (let c = 0; c < columns; c += 4) {
    const at = <usize>c * 4
    const count = columns - c
    storeFirst(call.dGamma + at, f32x4.mul(v128.load(sums + at), v128.load(partials + at)), count)
    storeFirst(call.dBeta + at, v128.load(sums + <usize>bytes + at), count)
  }
}

export function batchNormalizationGradientCovers(call: BatchNormalizationGradient): bool {
  return call.size >= FEW
}

/** Factors of each column: of the normalized, and of the whole. */
export function batchNormalizationGradientScratch(call: BatchNormalizationGradient): i32 {
  return 2 * rowBytes(call.columns)
}

export function batchNormalizationGradient(call: BatchNormalizationGradient): void {
  const columns = call.columns
  const scales = call.scratch
  const factors = scales + <usize>rowBytes(columns)
  scalesOf(scales, columns, call.variance, call.epsilon, 0)
  scalesOf(factors, columns, call.variance, call.epsilon, call.hasGamma ? call.gamma : 0)
  const part = f32x4.splat(call.ofBatch ? <f32>columns / <f32>call.size : 0)
  const row = <usize>columns * 4
  const end = call.x + <usize>call.size * 4
  let dy = call.dy
  let dx = call.dx
  for (let x = call.x; x < end; x += row) {
    for (let c = 0; c < columns; c += 4) {
      const at = <usize>c * 4
      const count = columns - c
      const centered = f32x4.sub(loadFirst(x + at, count), loadFirst(call.mean + at, count))
      const normalized = f32x4.mul(centered, v128.load(scales + at))
      const ofSums = multiplyAdd(
        normalized,
        loadFirst(call.dGamma + at, count),
        loadFirst(call.dBeta + at, count),
      )
      const left = f32x4.sub(loadFirst(dy + at, count), f32x4.mul(ofSums, part))
      storeFirst(dx + at, f32x4.mul(v128.load(factors + at), left), count)
    }
    dy += row
    dx += row
  }
}
