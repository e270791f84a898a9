/** Pooling to a given extent: numbers from Keras, gradients against differences, both backends, open extents, refusals. */
import { expect, test } from 'vitest'
import {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  type CallableLayer,
  Input,
  ops,
  Sequential,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { checkLayer, type Definition } from '../support/checkLayer.ts'
import { indexesOf, offsetOf } from '../support/convolve.ts'
import { expectError } from '../support/expectError.ts'

/** Numbers that repeat after 23, as the expected results were made of. */
const numbers = (shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 37) % 23),
    shape,
  )

// From Keras 3.16.
test.each<[string, () => CallableLayer, number[], number[], number[]]>([
  ['means of steps', () => AdaptiveAveragePooling1D(3), [7, 2], [3, 2], [5, 11.333333, 15, 6, 9.666667, 16]],
  ['maxima of steps', () => AdaptiveMaxPooling1D([3]), [7, 2], [3, 2], [10, 19, 20, 11, 20, 21]],
  [
    'means of pixels',
    () => AdaptiveAveragePooling2D([3, 2]),
    [5, 4, 1],
    [3, 2, 1],
    [6.25, 11.25, 11.666667, 9, 13.25, 12.5],
  ],
  ['maxima of pixels', () => AdaptiveMaxPooling2D([3, 2]), [5, 4, 1], [3, 2, 1], [14, 19, 21, 16, 21, 22]],
  [
    'more means than pixels',
    () => AdaptiveAveragePooling2D([3, 4]),
    [2, 3, 1],
    [3, 4, 1],
    [0, 7, 9.5, 5, 9.5, 10.75, 7.5, 3, 19, 14.5, 5.5, 1],
  ],
  [
    'more maxima than pixels',
    () => AdaptiveMaxPooling2D([3, 4]),
    [2, 3, 1],
    [3, 4, 1],
    [0, 14, 14, 5, 19, 19, 14, 5, 19, 19, 10, 1],
  ],
  [
    'means of volumes',
    () => AdaptiveAveragePooling3D([2, 2, 3]),
    [3, 2, 5, 1],
    [2, 2, 3, 1],
    [8, 13.666667, 15.5, 9, 14.666667, 16.5, 10, 11.833333, 11.75, 11, 12.833333, 12.75],
  ],
  [
    'maxima of volumes',
    () => AdaptiveMaxPooling3D([2, 2, 3]),
    [3, 2, 5, 1],
    [2, 2, 3, 1],
    [16, 21, 21, 17, 22, 22, 18, 21, 21, 19, 22, 22],
  ],
])('%s', async (_, make, sample, output, expected) => {
  // Extents may be open: they follow from the data.
  const open = [...sample.slice(0, -1).map(() => null), sample.at(-1) ?? 1]
  const model = Sequential([Input(open), make()])
  expect(model.outputs[0]?.shape).toEqual([null, ...output])
  for (const backend of ['cpu', 'webgpu'] as const) {
    await chooseBackend(backend)
    const { shape, data } = await model.predict<Tensor>(numbers([1, ...sample]))
    expect(shape).toEqual([1, ...output])
    expected.forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value, 5)
    })
  }
  model.dispose()
})

/** The definition along every axis at once. */
const adaptive =
  (size: readonly number[], reduce: (values: readonly number[]) => number): Definition =>
  ({ data, shape }) => {
    const output = [shape[0] ?? 1, ...size, shape.at(-1) ?? 1]
    const y = indexesOf(output).map((place) => {
      const extents = [1, ...size.map((_, k) => shape[k + 1] ?? 1), 1]
      const starts = place.map((at, k) => {
        const count = size[k - 1]
        return count === undefined ? at : Math.floor((at * (extents[k] ?? 1)) / count)
      })
      const lengths = place.map((at, k) => {
        const count = size[k - 1]
        return count === undefined ? 1 : Math.ceil(((at + 1) * (extents[k] ?? 1)) / count) - (starts[k] ?? 0)
      })
      const entries = indexesOf(lengths).map((within) => within.map((j, k) => j + (starts[k] ?? 0)))
      return reduce(entries.map((entry) => data[offsetOf(shape, entry)] ?? 0))
    })
    return { data: y, shape: output }
  }
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

test('gradients', async () => {
  await checkLayer(() => AdaptiveAveragePooling1D(3), [5, 2], adaptive([3], mean))
  await checkLayer(
    () => AdaptiveMaxPooling1D(4),
    [5, 2],
    adaptive([4], (values) => Math.max(...values)),
  )
  await checkLayer(() => AdaptiveAveragePooling2D([2, 5]), [3, 4, 2], adaptive([2, 5], mean))
})

test('what does not fit is refused', async () => {
  await expectError(
    () => AdaptiveMaxPooling2D([1, 2, 3], { name: 'pool' }),
    'AdaptiveMaxPooling2D "pool": expected outputSize as one integer or a list of 2, got [1, 2, 3].',
  )
  await expectError(
    () => AdaptiveAveragePooling1D(2, { name: 'pool' })(Input([3])),
    'AdaptiveAveragePooling1D "pool": expected input [batch, steps, channels], got [batch, 3].',
  )
  await expectError(
    () => ops.adaptiveAveragePool(Input([]), 2),
    'ops.adaptiveAveragePool: expected one to three axes between batch and channels, got [batch].',
  )
  await expectError(
    () => ops.adaptiveMaxPool(Input([4, 4, 1]), [2]),
    'ops.adaptiveMaxPool: expected outputSize as one integer or a list of 2, got [2].',
  )
})
