// An image whose neighbours are far apart, of which Keras's numbers in tests are made.

import { type Tensor, tensor } from '../../src/index.ts'
import { sizeOf } from '../../src/util/shape.ts'

export const leapingImage = (shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i * 37) % 23),
    [1, ...shape],
  )
