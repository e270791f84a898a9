// Dropout as src/ops/dropout.ts means it, by the draws of src/util/philox.ts.

import { Dropout } from './calls.gen'
import { loadFirst, storeFirst } from './vector'

/** Numbers of four draws. */
const DRAWN: u32 = 16

/** Writes the words of four draws, whose counters begin with `first` and the numbers behind it. */
function philox(to: usize, first: u32, second: u32, third: u32, key: u32): void {
  const multiplier0 = i32x4.splat(0xd2511f53)
  const multiplier1 = i32x4.splat(0xcd9e8d57)
  let c0 = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3))
  let c1 = i32x4.splat(second)
  let c2 = i32x4.splat(third)
  let c3 = i32x4.splat(0)
  let k0 = i32x4.splat(key)
  let k1 = i32x4.splat(0)
  for (let round = 0; round < 10; round++) {
    // Products of 64 bits, of two lanes each.
    const low0 = i64x2.extmul_low_i32x4_u(multiplier0, c0)
    const high0 = i64x2.extmul_high_i32x4_u(multiplier0, c0)
    const low1 = i64x2.extmul_low_i32x4_u(multiplier1, c2)
    const high1 = i64x2.extmul_high_i32x4_u(multiplier1, c2)
    c0 = v128.xor(v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), c1), k0)
    c1 = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6)
    c2 = v128.xor(v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), c3), k1)
    c3 = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6)
    k0 = i32x4.add(k0, i32x4.splat(0x9e3779b9))
    k1 = i32x4.add(k1, i32x4.splat(0xbb67ae85))
  }
  // Each draw's own words lie side by side.
  const first01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5)
  const last01 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5)
  const first23 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7)
  const last23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<i32>(first01, last01, 0, 1, 4, 5))
  v128.store(to, v128.shuffle<i32>(first01, last01, 2, 3, 6, 7), 16)
  v128.store(to, v128.shuffle<i32>(first23, last23, 0, 1, 4, 5), 32)
  v128.store(to, v128.shuffle<i32>(first23, last23, 2, 3, 6, 7), 48)
}

/** The words of four draws, and a vector behind them. */
export function dropoutScratch(_call: Dropout): i32 {
  return <i32>(4 * DRAWN + 16)
}

export function dropout(call: Dropout): void {
  const words = call.scratch
  const rows = <u32>call.n
  // Where no rows share a draw, all of them are one.
  const inner = rows === 1 ? <u32>call.size : <u32>call.inner
  const rate = f32x4.splat(call.rate)
  const kept = f32x4.splat(<f32>1 - call.rate)
  const iteration = <u32>call.stepScalars.iteration
  const blocks = <u32>call.size / (rows * inner)
  let x = call.x
  let y = call.y
  let drawn: u32 = 0xffffffff
  for (let block: u32 = 0; block < blocks; block++)
    for (let row: u32 = 0; row < rows; row++)
      for (let i: u32 = 0; i < inner; ) {
        const element = block * inner + i
        const first = element % DRAWN
        if (element / DRAWN !== drawn) {
          drawn = element / DRAWN
          philox(words, drawn * 4, iteration, <u32>call.stream, <u32>call.seed)
        }
        const count = min(min<u32>(4, DRAWN - first), inner - i)
        const bits = i32x4.shr_u(v128.load(words + ((<usize>first) << 2)), 8)
        const draws = f32x4.mul(f32x4.convert_i32x4_u(bits), f32x4.splat(5.9604644775390625e-8))
        const value = f32x4.div(loadFirst(x, count), kept)
        storeFirst(y, v128.and(value, f32x4.ge(draws, rate)), count)
        x += (<usize>count) << 2
        y += (<usize>count) << 2
        i += count
      }
}
