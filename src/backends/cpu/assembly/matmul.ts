// Products of matrices as src/ops/matmul.ts means them: y = act(op(a)·op(b) + bias), and the column sums of op(b), for a
// batch of outer · heads pairs, whose strides the call says.

import { activateAll, isActivated } from './activation'
import { Matmul } from './calls.gen'
import { multiply, Product } from './product'

const product = changetype<Product>(memory.data(offsetof<Product>(), 16))

export function matmulCovers(call: Matmul): bool {
  const transposedB = call.bColumn !== 1
  return isActivated(call.ACTIVATION) && !(call.hasSums && transposedB)
}

export function matmul(call: Matmul): void {
  const m = call.m
  const n = call.n
  const k = call.k
  product.m = m
  product.n = n
  product.k = k
  product.transposedA = call.aColumn !== 1
  product.rowA = <usize>(product.transposedA ? call.aColumn : call.aRow) * 4
  product.transposedB = call.bColumn !== 1
  product.rowB = <usize>(product.transposedB ? call.bColumn : call.bRow) * 4
  product.rowC = <usize>call.yRow * 4
  product.base = call.hasBias ? call.bias : 0
  product.rowBase = 0
  for (let i = 0; i < call.batch; i++) {
    const outer = i / call.heads
    const head = i % call.heads
    product.a = call.a + <usize>(outer * call.aOuter + head * call.aHead) * 4
    product.b = call.b + <usize>(outer * call.bOuter + (head / call.groups) * call.bHead) * 4
    product.c = call.y + <usize>(outer * call.yOuter + head * call.yHead) * 4
    multiply(product)
    if (call.hasSums) columnSums(k, n, product.b, product.rowB, call.columnSums + <usize>(i * n) * 4)
  }
  if (call.ACTIVATION) activateAll(call.ACTIVATION, call.y, call.batch * m * n)
}

/** sums [n] = the sum of the rows of b [k, n], `row` bytes apart. */
export function columnSums(k: i32, n: i32, b: usize, row: usize, sums: usize): void {
  memory.fill(sums, 0, <usize>n * 4)
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
