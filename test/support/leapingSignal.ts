// Signals whose entries leap, of which Keras's numbers in tests are made.

import { type Tensor, tensor } from '../../src/index.ts'
import { sizeOf } from '../../src/util/shape.ts'

export const leapingSignal = (shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37) % 23) / 23 - 0.5),
    shape,
  )
