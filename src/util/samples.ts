// Samples of one shape, one by one and as one tensor.

import { type Shape, sizeOf } from './shape.ts'
import { Tensor } from './tensor.ts'

/** The samples of a tensor, which lie in its memory. */
export function unstacked({ data, shape: [rows = 0, ...sample] }: Tensor): Tensor[] {
  const length = sizeOf(sample)
  return Array.from(
    { length: rows },
    (_, i) => new Tensor(data.subarray(i * length, (i + 1) * length), sample),
  )
}

/** Samples of a shape as one tensor, with an axis in front. */
export function stacked(samples: readonly Tensor[], shape: Shape): Tensor {
  const length = sizeOf(shape)
  const data = new Float32Array(samples.length * length)
  samples.forEach((sample, i) => {
    data.set(sample.data, i * length)
  })
  return new Tensor(data, [samples.length, ...shape])
}
