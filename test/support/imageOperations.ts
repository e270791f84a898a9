// The operations of images, for tests of all operations.

import * as ops from '../../src/ops/index.ts'
import { packedBands } from '../../src/ops/resample.ts'
import { tensor } from '../../src/util/tensor.ts'
import { type Entry, entry } from './operationEntry.ts'

const bands = [0, 3, 7, 8, 40, 57].map((first) => ({ first, weights: [0.5, 1, -0.25] }))
const images = [3, 30, 41, 1]
const transforms = tensor(
  [0, 1, 2].flatMap((b) => [0.9, -0.3, 4.2 - b, 0.2, 1.1 + 0.1 * b, -3.1]),
  [3, 6],
)
const attrs = { linear: true, fillMode: 'reflect', fillValue: 0 } as const

export const imageOperations: Readonly<Record<string, Entry>> = {
  affineTransform: entry(ops.affineTransform, {
    inputs: { x: images, transforms },
    attrs,
    roundings: 512,
  }),
  affineTransformGradient: entry(ops.affineTransformGradient, {
    inputs: { dy: images, transforms },
    attrs,
    roundings: 512,
  }),
  resample: entry(ops.resample, {
    inputs: { x: [10, 60, 59], bands: tensor([...packedBands(bands)], [6, 5]) },
    attrs: { axis: 1, bands },
    roundings: 16,
  }),
}
