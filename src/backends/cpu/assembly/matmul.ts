// Products of matrices as src/ops/matmul.ts means them: y = act(op(a)·op(b) + bias), and the column sums of op(b), for a
// batch of pairs of which each lies behind the one before.

import { activateAll, isKnown } from './activation'
import { Matmul } from './calls.gen'
import { multiply, Product } from './product'

const product = changetype<Product>(memory.data(offsetof<Product>(), 16))

export function matmulCovers(call: Matmul): bool {
  const transposedB = call.bColumn !== 1
  return isKnown(call.ACTIVATION) && !(call.hasSums && transposedB)
}

export function matmul(call: Matmul): void {
  const m = call.m
  const n = call.n
  const k = call.k
  const row = <usize>n * 4
  product.m = m
  product.n = n
  product.k = k
  product.a = call.a
  product.transposedA = call.aColumn !== 1
  product.rowA = <usize>(product.transposedA ? m : k) * 4
  product.b = call.b
  product.transposedB = call.bColumn !== 1
  product.rowB = <usize>(product.transposedB ? k : n) * 4
  product.c = call.y
  product.rowC = row
  product.base = call.hasBias ? call.bias : 0
  product.rowBase = 0
  for (let i = 0; i < call.batch; i++) {
    multiply(product)
    if (call.hasSums) columnSums(k, n, product.b, call.columnSums + <usize>i * row)
    product.a += <usize>k * <usize>m * 4
    product.b += <usize>k * row
    product.c += <usize>m * row
  }
  if (call.ACTIVATION) activateAll(call.ACTIVATION, call.y, call.batch * m * n)
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
