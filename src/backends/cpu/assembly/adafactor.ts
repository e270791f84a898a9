// Adafactor's update as src/ops/adafactor.ts means it. Chunks of a matrix lie one behind the other in the table.
//
// Inner loops count down and move their addresses: engines compute what a chunk's numbers say again in each turn where it does not
// change from turn to turn, which takes ten times as long.

import { Adafactor, AdafactorRows, AdafactorSquares } from './calls.gen'
import { rateOf, unscalingOf, updatesOf } from './scaling'
import { firstLanes, loadFirst, raiseAll, storeFirst, subtractFirst, sumOfLanes } from './vector'

/** Bytes of a chunk in the table, twelve numbers, and of what lies in front of the sums of its columns. */
const CHUNK: usize = 48
const HEAD: usize = 8
/** `PLACE_ALIGNMENT` of src/graph/graph.ts. */
const UNIT: usize = 64
/** Columns whose means are there at once. */
const STRIP: i32 = 1024

// The numbers of a chunk; places in bytes.
function number(chunk: usize, at: usize): i32 {
  return <i32>load<f32>(chunk + (at << 2))
}
function place(chunk: usize, at: usize): usize {
  return (UNIT * <usize>load<f32>(chunk + (at << 2))) << 2
}
/** Which chunk of its weight it is. */
function ownNumber(chunk: usize, w: i32): i32 {
  return w - number(chunk, 8)
}
function matrixOf(chunk: usize, w: i32): i32 {
  return ownNumber(chunk, w) / number(chunk, 10)
}
/** The row of its weight with which it begins. */
function firstRow(chunk: usize, w: i32): i32 {
  return matrixOf(chunk, w) * number(chunk, 4) + (ownNumber(chunk, w) % number(chunk, 10)) * number(chunk, 1)
}
/** Bytes between the sums of two chunks. */
function strideOf(chunk: usize): usize {
  return HEAD + (number(chunk, 4) > 0 ? (<usize>number(chunk, 3)) << 2 : 0)
}
function offsetOf(chunk: usize, w: i32): usize {
  return place(chunk, 0) + ((<usize>(firstRow(chunk, w) * number(chunk, 3))) << 2)
}
function isFirstOfMatrix(chunk: usize, w: i32): bool {
  return ownNumber(chunk, w) % number(chunk, 10) === 0
}

/** A number to be raised, and three beside it. */
const RAISED = memory.data(16, 16)

/** The share of this step in means of squares. */
function newShare(isScaled: i32, scaling: usize, decay: f32, given: f32): f32 {
  if (!isScaled) return given
  // tᵈ, where d is not above zero.
  v128.store(RAISED, f32x4.splat(updatesOf(scaling)))
  raiseAll(RAISED, 4, decay)
  return load<f32>(RAISED)
}

/** Four of this step's means of the columns of a matrix. */
function columnMeans(sums: usize, stride: usize, blocks: i32, height: v128, left: i32): v128 {
  let all = f32x4.splat(0)
  for (let block = blocks; block > 0; block--) {
    all = f32x4.add(all, loadFirst(sums, left))
    sums += stride
  }
  return f32x4.div(all, height)
}

function toward(mean: v128, value: v128, share: v128, rest: v128): v128 {
  return f32x4.add(f32x4.mul(rest, mean), f32x4.mul(share, value))
}

export function adafactorRows(call: AdafactorRows): void {
  const unscale = unscalingOf(call.SCALED, call.scaling)
  if (unscale === 0) return
  const share = newShare(call.SCALED, call.scaling, call.decay, call.stepScalars.first)
  const factor = f32x4.splat(unscale)
  const epsilon = f32x4.splat(call.epsilon)
  for (let w = 0; w < call.count; w++) {
    const chunk = call.chunks + CHUNK * <usize>w
    const columns = number(chunk, 3)
    const isMatrix = number(chunk, 4) > 0
    const sums = call.partials + place(chunk, 7) + <usize>ownNumber(chunk, w) * strideOf(chunk)
    const offset = offsetOf(chunk, w)
    const rows = number(chunk, 2)
    if (isMatrix) memory.fill(sums + HEAD, 0, (<usize>columns) << 2)
    let squares = f32x4.splat(0)
    let means: f32 = 0
    for (let row = 0; row < rows; row++) {
      const start = offset + ((<usize>(row * columns)) << 2)
      let weights = call.parameters + start
      for (let left = columns; left > 0; left -= 4) {
        const four = loadFirst(weights, left)
        squares = f32x4.add(squares, f32x4.mul(four, four))
        weights += 16
      }
      if (!isMatrix) continue
      let sum = f32x4.splat(0)
      let gradients = call.gradients + start
      let column = sums + HEAD
      for (let left = columns; left > 0; left -= 4) {
        const g = f32x4.mul(factor, loadFirst(gradients, left))
        const square = firstLanes(f32x4.add(f32x4.mul(g, g), epsilon), left)
        sum = f32x4.add(sum, square)
        storeFirst(column, f32x4.add(loadFirst(column, left), square), left)
        gradients += 16
        column += 16
      }
      const r = call.rows + place(chunk, 5) + ((<usize>(firstRow(chunk, w) + row)) << 2)
      const mean: f32 = (<f32>1 - share) * load<f32>(r) + (share * sumOfLanes(sum)) / <f32>columns
      store<f32>(r, mean)
      means += mean
    }
    if (isMatrix) store<f32>(sums, means)
    store<f32>(sums, sumOfLanes(squares), 4)
  }
}

export function adafactorSquaresScratch(_call: AdafactorSquares): usize {
  return (<usize>STRIP) << 2
}

export function adafactorSquares(call: AdafactorSquares): void {
  const unscale = unscalingOf(call.SCALED, call.scaling)
  if (unscale === 0) return
  const share = newShare(call.SCALED, call.scaling, call.decay, call.stepScalars.first)
  for (let w = 0; w < call.count; w++) {
    const chunk = call.chunks + CHUNK * <usize>w
    if (number(chunk, 4) === 0) squaresOfVector(call, chunk, w, share)
    else if (isFirstOfMatrix(chunk, w)) squaresOfMatrix(call, chunk, w, share)
  }
}

function squaresOfVector(call: AdafactorSquares, chunk: usize, w: i32, share: f32): void {
  const unscale = f32x4.splat(unscalingOf(call.SCALED, call.scaling))
  const epsilon = f32x4.splat(call.epsilon)
  const shares = f32x4.splat(share)
  const rest = f32x4.splat(1 - share)
  let gradients = call.gradients + offsetOf(chunk, w)
  let velocity = call.velocity + offsetOf(chunk, w)
  let sum = f32x4.splat(0)
  for (let left = number(chunk, 3); left > 0; left -= 4) {
    const g = f32x4.mul(unscale, loadFirst(gradients, left))
    const square = f32x4.mul(g, g)
    const v = toward(loadFirst(velocity, left), f32x4.add(square, epsilon), shares, rest)
    storeFirst(velocity, v, left)
    sum = f32x4.add(sum, firstLanes(f32x4.div(square, v), left))
    gradients += 16
    velocity += 16
  }
  store<f32>(call.squares + ((<usize>w) << 2), sumOfLanes(sum))
}

/** All chunks of a matrix, strip by strip of its columns, so that the means of a column are computed once. */
function squaresOfMatrix(call: AdafactorSquares, chunk: usize, w: i32, share: f32): void {
  const unscale = f32x4.splat(unscalingOf(call.SCALED, call.scaling))
  const shares = f32x4.splat(share)
  const rest = f32x4.splat(1 - share)
  const columns = number(chunk, 3)
  const blocks = number(chunk, 10)
  const height = f32x4.splat(<f32>number(chunk, 4))
  const stride = strideOf(chunk)
  const partials = call.partials + place(chunk, 7) + <usize>ownNumber(chunk, w) * stride
  const inverse = <f32>1 / <f32>number(chunk, 4)
  let meanOfRows: f32 = 0
  for (let block = 0; block < blocks; block++)
    meanOfRows += load<f32>(partials + <usize>block * stride) * inverse
  const c = call.columns + place(chunk, 6) + ((<usize>(matrixOf(chunk, w) * columns)) << 2)
  for (let start = 0; start < columns; start += STRIP) {
    const width = min(STRIP, columns - start)
    const skip = (<usize>start) << 2
    let sums = partials + HEAD + skip
    let old = c + skip
    let scratch = call.scratch
    for (let left = width; left > 0; left -= 4) {
      const now = columnMeans(sums, stride, blocks, height, left)
      v128.store(scratch, toward(loadFirst(old, left), now, shares, rest))
      sums += 16
      old += 16
      scratch += 16
    }
    for (let block = 0; block < blocks; block++) {
      const own = chunk + CHUNK * <usize>block
      const result = call.squares + ((<usize>(w + block)) << 2)
      const row = firstRow(own, w + block)
      let sum = f32x4.splat(0)
      for (let i = 0; i < number(own, 2); i++) {
        const r = load<f32>(call.rows + place(own, 5) + ((<usize>(row + i)) << 2))
        const ratio = f32x4.splat(r / meanOfRows)
        const offset = offsetOf(own, w + block) + ((<usize>(i * columns)) << 2) + skip
        let gradients = call.gradients + offset
        let velocity = call.velocity + offset
        let mean = call.scratch
        for (let left = width; left > 0; left -= 4) {
          const g = f32x4.mul(unscale, loadFirst(gradients, left))
          const v = f32x4.mul(ratio, v128.load(mean))
          storeFirst(velocity, v, left)
          sum = f32x4.add(sum, firstLanes(f32x4.div(f32x4.mul(g, g), v), left))
          gradients += 16
          velocity += 16
          mean += 16
        }
      }
      store<f32>(result, sumOfLanes(sum) + (start > 0 ? load<f32>(result) : 0))
    }
  }
}

export function adafactor(call: Adafactor): void {
  const unscale = unscalingOf(call.SCALED, call.scaling)
  if (unscale === 0) return
  const share = newShare(call.SCALED, call.scaling, call.decay, call.stepScalars.first)
  let rate = rateOf(call.SCALED, call.scaling, call.stepScalars.rate)
  if (call.SCALED) rate = min(rate, <f32>(1 / Math.sqrt(updatesOf(call.scaling))))
  // Of the weight whose chunks come one behind the other.
  let factor = f32x4.splat(0)
  for (let w = 0; w < call.count; w++) {
    const chunk = call.chunks + CHUNK * <usize>w
    if (ownNumber(chunk, w) === 0) factor = f32x4.splat(unscale * rate * stepOf(call, chunk, w))
    const offset = offsetOf(chunk, w)
    let gradients = call.gradients + offset
    let velocity = call.velocity + offset
    let parameters = call.parameters + offset
    for (let left = number(chunk, 2) * number(chunk, 3); left > 0; left -= 4) {
      const root = f32x4.sqrt(loadFirst(velocity, left))
      subtractFirst(parameters, f32x4.div(f32x4.mul(factor, loadFirst(gradients, left)), root), left)
      gradients += 16
      velocity += 16
      parameters += 16
    }
    if (number(chunk, 4) > 0 && isFirstOfMatrix(chunk, w)) storeColumns(call, chunk, w, share)
  }
}

/** How long a step of a weight is: in proportion to the weight, and no longer than the threshold lets it be. */
function stepOf(call: Adafactor, chunk: usize, w: i32): f32 {
  let ofSteps: f64 = 0
  let ofWeights: f64 = 0
  const stride = strideOf(chunk)
  const sums = call.partials + place(chunk, 7)
  for (let i = 0; i < number(chunk, 9); i++) {
    ofSteps += load<f32>(call.squares + ((<usize>(w + i)) << 2))
    ofWeights += load<f32>(sums + <usize>i * stride, 4)
  }
  const size = <f64>load<f32>(chunk, 44)
  // What is no number stays.
  const excess = Math.sqrt(ofSteps / size) / call.threshold
  const length = Math.sqrt(ofWeights / size)
  return <f32>((length < call.least ? call.least : length) / (excess < 1 ? 1 : excess))
}

function storeColumns(call: Adafactor, chunk: usize, w: i32, share: f32): void {
  const columns = number(chunk, 3)
  const stride = strideOf(chunk)
  const blocks = number(chunk, 10)
  const height = f32x4.splat(<f32>number(chunk, 4))
  let sums = call.partials + place(chunk, 7) + <usize>ownNumber(chunk, w) * stride + HEAD
  let c = call.columns + place(chunk, 6) + ((<usize>(matrixOf(chunk, w) * columns)) << 2)
  for (let left = columns; left > 0; left -= 4) {
    const now = columnMeans(sums, stride, blocks, height, left)
    storeFirst(c, toward(loadFirst(c, left), now, f32x4.splat(share), f32x4.splat(1 - share)), left)
    sums += 16
    c += 16
  }
}
