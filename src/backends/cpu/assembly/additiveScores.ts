// Scores of additive attention as src/ops/additiveScores.ts means them, four features at a time.

import { AdditiveScores, AdditiveScoresGradient } from './calls.gen'
import { loadFirst, multiplyAdd, storeFirst, tanh } from './vector'

export function additiveScores(call: AdditiveScores): void {
  const keys = call.keys
  const features = call.features
  const row = <usize>features * 4
  const one = f32x4.splat(1.0)
  let y = call.y
  for (let query = 0; query < call.size / keys; query++) {
    const q = call.q + <usize>query * row
    let k = call.k + <usize>((query / call.queries) * keys) * row
    for (let key = 0; key < keys; key++, k += row, y += 4) {
      let sums = f32x4.splat(0.0)
      for (let f = 0; f < features; f += 4) {
        const at = <usize>f * 4
        const left = features - f
        // Features past the last are 0 on both sides, and so is their tanh.
        const value = tanh(f32x4.add(loadFirst(q + at, left), loadFirst(k + at, left)))
        sums = multiplyAdd(value, call.hasScale ? loadFirst(call.scale + at, left) : one, sums)
      }
      store<f32>(
        y,
        f32x4.extract_lane(sums, 0) +
          f32x4.extract_lane(sums, 1) +
          (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)),
      )
    }
  }
}

export function additiveScoresGradient(call: AdditiveScoresGradient): void {
  const count = call.count
  const others = call.others
  const features = call.features
  const row = <usize>features * 4
  const ownStride = <usize>call.ownStride * 4
  const otherStride = <usize>call.otherStride * 4
  const one = f32x4.splat(1.0)
  for (let place = 0; place < call.size / features; place++) {
    const sample = place / count
    const first = call.dy + <usize>(sample * count * others) * 4 + <usize>(place % count) * ownStride
    const other = call.other + <usize>(sample * others) * row
    for (let f = 0; f < features; f += 4) {
      const at = <usize>place * row + <usize>f * 4
      const left = features - f
      const own = loadFirst(call.own + at, left)
      let slopes = f32x4.splat(0.0)
      let sum = f32x4.splat(0.0)
      for (let j = 0; j < others; j++) {
        const d = v128.load32_splat(first + <usize>j * otherStride)
        const value = tanh(f32x4.add(own, loadFirst(other + <usize>j * row + <usize>f * 4, left)))
        slopes = multiplyAdd(d, f32x4.sub(one, f32x4.mul(value, value)), slopes)
        sum = multiplyAdd(d, value, sum)
      }
      const factor = call.hasScale ? loadFirst(call.scale + <usize>f * 4, left) : one
      storeFirst(call.dOwn + at, f32x4.mul(factor, slopes), left)
      if (call.hasBent) storeFirst(call.bent + at, sum, left)
    }
  }
}
