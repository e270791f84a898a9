/** UpSampling2D between pixels: against sums over all pixels, both backends, gradients against differences. */
import { expect, test } from 'vitest'
import { Input, Sequential, type Tensor, tensor, UpSampling2D } from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { checkLayer, type Definition } from '../support/checkLayer.ts'
import { indexesOf, offsetOf } from '../support/convolve.ts'

const windowed = (radius: number) => (d: number) => {
  if (d === 0) return 1
  return d < radius
    ? (radius * Math.sin(Math.PI * d) * Math.sin((Math.PI * d) / radius)) / (Math.PI * d) ** 2
    : 0
}
const shares = {
  bilinear: (d: number) => Math.max(0, 1 - d),
  // The cubic through 4 pixels whose slope at each is half the difference of its neighbours (Catmull and Rom).
  bicubic: (d: number) => {
    if (d < 1) return (3 * d ** 3 - 5 * d ** 2 + 2) / 2
    return d < 2 ? (-(d ** 3) + 5 * d ** 2 - 8 * d + 4) / 2 : 0
  },
  lanczos3: windowed(3),
  lanczos5: windowed(5),
}

const resampled =
  (factors: readonly [number, number], share: (d: number) => number): Definition =>
  ({ data, shape }) => {
    const [batch = 1, height = 1, width = 1, channels = 1] = shape
    const outputs = [batch, height * factors[0], width * factors[1], channels]
    const pixels = indexesOf([height, width])
    const y = indexesOf(outputs).map(([b = 0, ...place]) => {
      const weights = pixels.map((pixel) =>
        pixel.reduce((product, j, axis) => {
          const at = ((place[axis] ?? 0) + 0.5) / (factors[axis] ?? 1) - 0.5
          return product * share(Math.abs(at - j))
        }, 1),
      )
      const sum = pixels.reduce((total, pixel, k) => {
        return total + (weights[k] ?? 0) * (data[offsetOf(shape, [b, ...pixel, place[2] ?? 0])] ?? 0)
      }, 0)
      return sum / weights.reduce((a, weight) => a + weight, 0)
    })
    return { data: y, shape: outputs }
  }

test.each([
  ['bilinear', [2, 3], [3, 2, 2]],
  ['bicubic', [3, 2], [2, 5, 2]],
  ['lanczos3', [2, 2], [1, 4, 3]],
  ['lanczos5', [1, 2], [3, 7, 1]],
] as const)('%s by %j', async (interpolation, factors, shape) => {
  await checkLayer(
    () => UpSampling2D(factors, { interpolation }),
    shape,
    resampled(factors, shares[interpolation]),
  )
})

test('lines and constants stay such', async () => {
  await chooseBackend('cpu')
  const x = tensor(Float32Array.of(...Array(9).keys()), [1, 1, 9, 1])
  const { data } = await Sequential([
    Input([1, null, 1]),
    UpSampling2D([1, 2], { interpolation: 'bicubic' }),
  ]).predict<Tensor>(x)
  // Away from the edges, two pixels, where the kernel is whole.
  for (let i = 4; i < 14; i++) expect(data[i]).toBeCloseTo((i + 0.5) / 2 - 0.5, 5)
})
