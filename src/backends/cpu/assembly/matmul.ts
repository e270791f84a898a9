// Products of matrices as src/ops/matmul.ts means them: y = act(op(a)·op(b) + bias), and the column sums of op(b), for a
// batch of pairs of which each lies behind the one before.

import { activateAll } from './activation'
import { multiply } from './product'

export function matmul(
  batch: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  transposedA: bool,
  b: usize,
  transposedB: bool,
  bias: usize,
  y: usize,
  activation: i32,
): void {
  const row = <usize>n * 4
  const rowA = <usize>(transposedA ? m : k) * 4
  const rowB = <usize>(transposedB ? k : n) * 4
  let to = y
  for (let i = 0; i < batch; i++) {
    multiply(m, n, k, a, rowA, transposedA, b, rowB, transposedB, to, row, bias, 0)
    a += <usize>k * <usize>m * 4
    b += <usize>k * row
    to += <usize>m * row
  }
  if (activation) activateAll(activation, y, batch * m * n)
}

/** sums [n] = the sum of the rows of b [k, n]. */
export function columnSums(k: i32, n: i32, b: usize, sums: usize): void {
  const row = <usize>n * 4
  memory.fill(sums, 0, row)
  for (let l = 0; l < k; l++, b += row) {
    let j = 0
    for (; j + 4 <= n; j += 4) {
      const at = <usize>j * 4
      v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(b + at)))
    }
    for (; j < n; j++) {
      const at = <usize>j * 4
      store<f32>(sums + at, load<f32>(sums + at) + load<f32>(b + at))
    }
  }
}
