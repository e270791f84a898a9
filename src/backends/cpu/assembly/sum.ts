// Sums of tensors of one shape, as src/ops/addAll.ts means them.

import { AddAll } from './calls.gen'
import { loadFirst, storeFirst } from './vector'

export function addAll(call: AddAll): void {
  const size = call.size
  const count = call.count
  const scale = f32x4.splat(call.scale)
  for (let i = 0; i < size; i += 4) {
    const at = <usize>i * 4
    const left = size - i
    let sum = f32x4.add(loadFirst(call.a + at, left), loadFirst(call.b + at, left))
    if (count > 2) sum = f32x4.add(sum, loadFirst(call.c + at, left))
    if (count > 3) sum = f32x4.add(sum, loadFirst(call.d + at, left))
    if (count > 4) sum = f32x4.add(sum, loadFirst(call.e + at, left))
    if (count > 5) sum = f32x4.add(sum, loadFirst(call.f + at, left))
    if (count > 6) sum = f32x4.add(sum, loadFirst(call.g + at, left))
    storeFirst(call.y + at, f32x4.mul(scale, sum), left)
  }
}
