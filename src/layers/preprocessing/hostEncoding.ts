// Indices as numbers of their own, on the host: what encoding.ts does on the device.

import { sizeOf } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import type { Encoding } from './encoding.ts'

/** Indices on the host as they are, or encoded; those below 0 are left out. */
export function encodedOnHost(
  indices: readonly number[],
  shape: readonly number[],
  mode: 'int' | Encoding,
  depth: number,
): Tensor {
  if (mode === 'int') return new Tensor(Float32Array.from(indices), shape)
  const isEach = mode === 'one_hot'
  const samples = isEach ? sizeOf(shape) : sizeOf(shape.slice(0, -1))
  const each = indices.length / (samples || 1)
  const data = new Float32Array(samples * depth)
  indices.forEach((index, i) => {
    const place = Math.floor(i / each) * depth + index
    if (index >= 0) data[place] = mode === 'count' ? (data[place] ?? 0) + 1 : 1
  })
  const outer = isEach && !(shape.length > 1 && shape.at(-1) === 1) ? shape : shape.slice(0, -1)
  return new Tensor(data, [...outer, depth])
}
