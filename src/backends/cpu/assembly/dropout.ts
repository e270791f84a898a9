// Dropout as src/ops/dropout.ts means it, by the draws of src/util/philox.ts.

import { Dropout } from './calls.gen'
import { loadFirst, storeFirst } from './vector'

const MULTIPLIER_0: u64 = 0xd2511f53
const MULTIPLIER_1: u64 = 0xcd9e8d57
const WEYL_0: u32 = 0x9e3779b9
const WEYL_1: u32 = 0xbb67ae85

/** Writes the four words of a counter and a key. */
function philox(to: usize, first: u32, second: u32, third: u32, key: u32): void {
  let c0 = first
  let c1 = second
  let c2 = third
  let c3: u32 = 0
  let k0 = key
  let k1: u32 = 0
  for (let round = 0; round < 10; round++) {
    const p0 = MULTIPLIER_0 * <u64>c0
    const p1 = MULTIPLIER_1 * <u64>c2
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0
    c1 = <u32>p1
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1
    c3 = <u32>p0
    k0 += WEYL_0
    k1 += WEYL_1
  }
  store<u32>(to, c0)
  store<u32>(to, c1, 4)
  store<u32>(to, c2, 8)
  store<u32>(to, c3, 12)
}

/** The words of a draw, and as many behind them. */
export function dropoutScratch(_call: Dropout): i32 {
  return 32
}

export function dropout(call: Dropout): void {
  const words = call.scratch
  const inner = <u32>call.inner
  const rows = <u32>call.n
  const rate = f32x4.splat(call.rate)
  const kept = f32x4.splat(<f32>1 - call.rate)
  const iteration = <u32>call.stepScalars.iteration
  const blocks = <u32>call.size / (rows * inner)
  let x = call.x
  let y = call.y
  for (let block: u32 = 0; block < blocks; block++)
    for (let row: u32 = 0; row < rows; row++)
      for (let i: u32 = 0; i < inner; ) {
        // Of the four numbers of a draw those that are of this row.
        const element = block * inner + i
        const first = element & 3
        const count = min(4 - first, inner - i)
        philox(words, element >> 2, iteration, <u32>call.stream, <u32>call.seed)
        const bits = v128.load(words + ((<usize>first) << 2))
        const draws = f32x4.mul(
          f32x4.convert_i32x4_u(i32x4.shr_u(bits, 8)),
          f32x4.splat(5.9604644775390625e-8),
        )
        const value = f32x4.div(loadFirst(x, count), kept)
        storeFirst(y, v128.and(value, f32x4.ge(draws, rate)), count)
        x += (<usize>count) << 2
        y += (<usize>count) << 2
        i += count
      }
}
