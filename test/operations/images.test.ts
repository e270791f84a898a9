// Functions of images: numbers of Keras 3.16 (JAX), values against doubles, gradients against differences.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Input, Model, ops, type SymbolicTensor, type Tensor } from '../../src/index.ts'
import { isTensorData, toTensor } from '../../src/util/tensor.ts'
import { onEachBackend } from '../support/backends.ts'
import { B, F, range, T, testFunctions, total } from '../support/checkFunction.ts'
import { sampledOnGpu } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const { image } = ops

interface Recorded {
  readonly fn: string
  readonly args: readonly unknown[]
  readonly options: Readonly<Record<string, unknown>>
  readonly result: { readonly data: readonly number[]; readonly shape: readonly number[] }
}

const recorded: readonly Recorded[] = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/images.json.gz', import.meta.url))).toString(),
)

/** Calls a function by its name. */
const call = (fn: string, args: readonly unknown[], options: object): unknown =>
  (Reflect.get(image, fn) as (...args: readonly unknown[]) => unknown)(...args, options)

const given = (value: unknown): unknown =>
  isTensorData(value) ? toTensor(value, 'a recorded tensor') : value
const titleOf = ({ fn, args, options }: Recorded): string => {
  const shown = args.map((value) =>
    isTensorData(value) ? `[${toTensor(value, '').shape}]` : JSON.stringify(value),
  )
  return `${fn}(${[...shown, JSON.stringify(options)].join(', ')})`.replaceAll('%', '%%')
}

function expectClose(found: Tensor, { data, shape }: Recorded['result']): void {
  expect(found.shape).toEqual(shape)
  const scale = Math.max(1, ...data.map(Math.abs))
  const far = data.findIndex((value, i) => !(Math.abs((found.data[i] ?? Number.NaN) - value) <= 4e-6 * scale))
  expect(far < 0 ? null : `[${far}]: ${found.data[far]} for ${data[far]}`).toBeNull()
}

describe('the numbers of Keras', () => {
  test.each(recorded.map((one) => [titleOf(one), one] as const))(
    'of data: %s',
    (_, { fn, args, options, result }) => {
      expectClose(call(fn, args.map(given), options) as Tensor, result)
    },
  )

  onEachBackend((backend) => {
    const ofBatches = recorded.filter(({ fn, args: [x], result }) => {
      const { shape } = toTensor(x as Tensor, 'x')
      return shape.length > (fn.endsWith('3d') ? 4 : 3) && shape[0] === result.shape[0]
    })
    const some = sampledOnGpu(backend, ofBatches, 6)
    test.each(some.map((one) => [titleOf(one), one] as const))(
      'in models: %s',
      async (_, { fn, args, options, result }) => {
        const [x, ...others] = args.map(given) as [Tensor, ...unknown[]]
        const input = Input(x.shape.slice(1))
        const model = Model(input, call(fn, [input, ...others], options) as SymbolicTensor)
        expectClose(await model.predict(x, { batchSize: x.shape[0] ?? 1 }), result)
      },
    )
  })
})

/** Images of one channel, [B, T, F, 1]. */
const gray = (x: SymbolicTensor): SymbolicTensor => ops.expandDims(x, -1)
const one = [[B, T, F]]
const inside = (place: number, extent: number): number => Math.min(Math.max(place, 0), extent - 1)

testFunctions({
  resize: {
    fn: (x) => image.resize(gray(x), [T, 2 * F]),
    x: one,
    shape: [B, T, 2 * F, 1],
    exact: ([b = 0, t = 0, j = 0], x) => {
      const center = (j + 0.5) / 2 - 0.5
      const lower = Math.floor(center)
      const at = (f: number): number => x(b, t, inside(f, F))
      return at(lower) + (center - lower) * (at(lower + 1) - at(lower))
    },
  },
  scaleAndTranslate: {
    fn: (x) => image.scaleAndTranslate(x, [null, T + 1, F], [1], [1], { spatialDims: [1], method: 'linear' }),
    x: one,
    shape: [B, T + 1, F],
    exact: ([b = 0, t = 0, f = 0], x) => (t === 0 ? 0 : x(b, t - 1, f)),
  },
  rgbToGrayscale: {
    fn: (x) => image.rgbToGrayscale(x),
    x: [[B, T, F, 3]],
    shape: [B, T, F, 1],
    exact: ([b = 0, t = 0, f = 0], x) =>
      0.2989 * x(b, t, f, 0) + 0.587 * x(b, t, f, 1) + 0.114 * x(b, t, f, 2),
  },
  hsvToRgb: {
    // Hues around green, where red falls and blue is all that is missing.
    fn: (x) =>
      image.hsvToRgb(ops.stack([ops.add(ops.multiply(x, 0.05), 0.25), ops.square(x), ops.exp(x)], -1)),
    x: one,
    shape: [B, T, F, 3],
    exact: ([b = 0, t = 0, f = 0, c = 0], x) => {
      const [hue, saturation, value] = [0.05 * x(b, t, f) + 0.25, x(b, t, f) ** 2, Math.exp(x(b, t, f))]
      const share = [2 - 6 * hue, 1, 0][c] ?? 0
      return value * (1 - saturation + saturation * share)
    },
  },
  rgbToHsv: {
    fn: (x) =>
      image.rgbToHsv(
        ops.stack([ops.add(x, 4), ops.add(ops.multiply(x, 0.5), 2), ops.exp(ops.subtract(x, 2))], -1),
      ),
    x: one,
    shape: [B, T, F, 3],
    products: false,
    exact: ([b = 0, t = 0, f = 0, c = 0], x) => {
      const [r, g, l] = [x(b, t, f) + 4, 0.5 * x(b, t, f) + 2, Math.exp(x(b, t, f) - 2)]
      const hue = (g - l) / (6 * (r - l))
      return [hue, (r - l) / r, r][c] ?? 0
    },
  },
  'padImages and cropImages': {
    fn: (x) =>
      image.cropImages(
        image.padImages(gray(x), { topPadding: 1, bottomPadding: 0, leftPadding: 2, targetWidth: F + 3 }),
        {
          topCropping: 0,
          targetHeight: T,
          rightCropping: 1,
          leftCropping: 1,
        },
      ),
    x: one,
    shape: [B, T, F + 1, 1],
    exact: ([b = 0, t = 0, f = 0], x) => (t === 0 || f === 0 ? 0 : x(b, t - 1, f - 1)),
  },
  extractPatches: {
    fn: (x) => image.extractPatches(gray(x), [2, 3], { strides: 1 }),
    x: one,
    shape: [B, T - 1, F - 2, 6],
    exact: ([b = 0, t = 0, f = 0, k = 0], x) => x(b, t + Math.floor(k / 3), f + (k % 3)),
  },
  reconstructPatches: {
    fn: (x) => image.reconstructPatches(gray(x), [1, 1], [T, F]),
    x: one,
    shape: [B, T, F, 1],
    exact: ([b = 0, t = 0, f = 0], x) => x(b, t, f),
  },
  gaussianBlur: {
    fn: (x) => image.gaussianBlur(gray(x), { kernelSize: [3, 1], sigma: [0.8, 1] }),
    x: one,
    shape: [B, T, F, 1],
    exact: ([b = 0, t = 0, f = 0], x) => {
      const bell = (d: number): number => Math.exp(-0.5 * (d / 0.8) ** 2)
      const near = [-1, 0, 1].filter((d) => f + d >= 0 && f + d < F)
      return near.reduce((sum, d) => sum + bell(d) * x(b, t, f + d), 0) / (1 + 2 * bell(1))
    },
  },
  sobelEdges: {
    fn: (x) => ops.getItem(image.sobelEdges(gray(x)), ['...', 1]),
    x: one,
    shape: [B, T, F, 1],
    exact: ([b = 0, t = 0, f = 0], x) => {
      const at = (i: number, j: number): number => (i < 0 || i >= T || j < 0 || j >= F ? 0 : x(b, i, j))
      return [1, 2, 1].reduce((sum, w, k) => sum + w * (at(t + k - 1, f + 1) - at(t + k - 1, f - 1)), 0)
    },
  },
  'affineTransform by numbers': {
    fn: (x) => image.affineTransform(gray(x), [1, 0, 0.25, 0, 1, 0, 0, 0], { fillMode: 'nearest' }),
    x: one,
    shape: [B, T, F, 1],
    exact: ([b = 0, t = 0, f = 0], x) => 0.75 * x(b, t, f) + 0.25 * x(b, t, inside(f + 1, F)),
  },
  'affineTransform by what is learned': {
    // Each image moves by its own share of a column, which has a gradient.
    fn: (x) => {
      const share = ops.add(ops.multiply(ops.mean(x, [1, 2]), 0.2), 0.4)
      const zero = ops.zerosLike(share)
      const whole = ops.onesLike(share)
      return image.affineTransform(
        gray(x),
        ops.stack([whole, zero, share, zero, whole, zero, zero, zero], -1),
        {
          fillMode: 'wrap',
        },
      )
    },
    x: one,
    shape: [B, T, F, 1],
    exact: ([b = 0, t = 0, f = 0], x) => {
      const share = 0.4 + (0.2 * total(T, (i) => total(F, (j) => x(b, i, j)))) / (T * F)
      return (1 - share) * x(b, t, f) + share * x(b, t, (f + 1) % F)
    },
  },
  'mapCoordinates, which have gradients': {
    fn: (x) => image.mapCoordinates([1, 5, 2], ops.expandDims(ops.add(ops.multiply(x, 0.4), 0.5), 0), 1),
    x: one,
    shape: [B, T, F],
    exact: ([b = 0, t = 0, f = 0], x) => 1 + 4 * (0.4 * x(b, t, f) + 0.5),
  },
  ssim: {
    fn: (x) => image.ssim(gray(x), gray(ops.multiply(x, -0.5)), { maxVal: 100, filterSize: 1 }),
    x: one,
    shape: [B],
    products: false,
    exact: ([b = 0], x) => {
      const likeness = (p: number, q: number): number => (2 * p * q + 1) / (p * p + q * q + 1)
      return total(T, (t) => total(F, (f) => likeness(x(b, t, f), -0.5 * x(b, t, f)))) / (T * F)
    },
  },
})

onEachBackend(() => {
  test('images are bent by the same draws of a seed, near where they were', async () => {
    const x = uniform([3, 6, 7, 2], 0, 1, 1)
    const bend = (options: Parameters<typeof image.elasticTransform>[1]) => {
      const input = Input([6, 7, 2])
      return Model(input, image.elasticTransform(input, options)).predict<Tensor>(x)
    }
    const [first, again, other] = [
      await bend({ alpha: 2, sigma: 1, seed: 5 }),
      await bend({ alpha: 2, sigma: 1, seed: 5 }),
      await bend({ alpha: 2, sigma: 1, seed: 6 }),
    ]
    expect(first.data).toEqual(again.data)
    expect(first.data).not.toEqual(other.data)
    expect((await bend({ alpha: 0 })).data).toEqual(x.data)
    // In a mirror behind the edges nothing is brighter or darker than in the image.
    for (const b of range(3)) {
      const of = ({ data }: Tensor): number[] => [...data.slice(b * 84, (b + 1) * 84)] as number[]
      expect(Math.max(...of(first))).toBeLessThanOrEqual(Math.max(...of(x)))
      expect(Math.min(...of(first))).toBeGreaterThanOrEqual(Math.min(...of(x)))
    }
  })
})
