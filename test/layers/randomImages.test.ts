/** What layers of images draw in training: for each image, anew in each step, by their seeds, and the same on both backends. */
import { describe, expect, test } from 'vitest'
import {
  type CallableLayer,
  Conv2D,
  Flatten,
  Input,
  RandomBrightness,
  RandomContrast,
  RandomCrop,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
  Resizing,
  Sequential,
  setSeed,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const BATCH = 60

/** As many images of one kind, [BATCH, height, width, 1], each of whose pixels is its number. */
const alike = (height: number, width: number): Tensor => {
  const size = height * width
  return tensor(
    Float32Array.from({ length: BATCH * size }, (_, i) => i % size),
    [BATCH, height, width, 1],
  )
}

/** The images of a batch. */
const imagesOf = ({ data, shape: [, ...sample] }: Tensor): number[][] => {
  const size = sample.reduce((a, b) => a * b, 1)
  return Array.from({ length: data.length / size }, (_, b) => [...data.slice(b * size, (b + 1) * size)])
}

const inTraining = async (layer: CallableLayer, x: Tensor): Promise<Tensor> =>
  await layer(x, { training: true })

const layers: readonly (readonly [name: string, make: (seed: number | null) => CallableLayer])[] = [
  ['RandomFlip', (seed) => RandomFlip({ seed })],
  ['RandomTranslation', (seed) => RandomTranslation(0.4, 0.3, { seed })],
  ['RandomRotation', (seed) => RandomRotation(0.3, { seed })],
  ['RandomZoom', (seed) => RandomZoom(0.5, { seed })],
  ['RandomCrop', (seed) => RandomCrop(2, 3, { seed })],
  ['RandomContrast', (seed) => RandomContrast([0.5, 0.9], { seed, valueRange: [-100, 100] })],
  ['RandomBrightness', (seed) => RandomBrightness(0.5, { seed, valueRange: [-100, 100] })],
]

describe.each(layers)('%s', (name, make) => {
  test('draws the same on both backends', async () => {
    await chooseBackend('cpu')
    const expected = await inTraining(make(3), alike(4, 5))
    await chooseBackend('webgpu')
    const { data } = await inTraining(make(3), alike(4, 5))
    expectClose('images', data, expected.data, 1e-5)
    // One place is drawn for all images.
    const kinds = new Set(imagesOf(expected).map(String)).size
    if (name === 'RandomCrop') expect(kinds).toBe(1)
    else if (name === 'RandomFlip') expect(kinds).toBe(2)
    else expect(kinds).toBe(BATCH)
  })

  test('draws anew in each step, by its seed', async () => {
    await chooseBackend('cpu')
    const train = async (seed: number | null): Promise<readonly number[]> => {
      setSeed(7)
      const model = Sequential([Input([9, 10, 1]), make(seed), Flatten()])
      model.compile({ loss: 'mse', optimizer: 'sgd' })
      const x = uniform([4, 9, 10, 1], -1, 1, 1)
      const y = await model.predict<Tensor>(x, quiet)
      const { history } = await model.fit(x, y, { ...quiet, epochs: 4, batchSize: 4 })
      model.dispose()
      return history.loss ?? []
    }
    const first = await train(null)
    expect(new Set(first).size).toBeGreaterThan(1)
    expect(await train(null)).toEqual(first)
    const seeded = await train(5)
    expect(await train(5)).toEqual(seeded)
    expect(seeded).not.toEqual(first)
  })

  test('has gradients by its input', async () => {
    await chooseBackend('cpu')
    const model = Sequential([Input([4, 5, 1]), Conv2D(1, 2, { padding: 'same' }), make(3), Flatten()])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const x = uniform([2, 4, 5, 1], -1, 1, 1)
    const [, size = 0] = (await model.predict<Tensor>(x, quiet)).shape
    const gradients = Object.values(await model.gradients(x, uniform([2, size], -1, 1, 2))) as Tensor[]
    for (const { data } of gradients) expect(Math.max(...data.map(Math.abs))).toBeGreaterThan(0)
    model.dispose()
  })
})

onEachBackend(() => {
  test.each([
    ['horizontal', [2, 1, 0, 5, 4, 3]],
    ['vertical', [3, 4, 5, 0, 1, 2]],
    ['horizontal_and_vertical', [5, 4, 3, 2, 1, 0]],
  ] as const)('RandomFlip %s: one image in two', async (mode, flipped) => {
    const images = imagesOf(await inTraining(RandomFlip(mode, { seed: 1 }), alike(2, 3))).map(String)
    expect(new Set(images)).toEqual(new Set([String(flipped), '0,1,2,3,4,5']))
    // Within four standard errors of half.
    const count = images.filter((each) => each === String(flipped)).length
    expect(Math.abs(count - BATCH / 2)).toBeLessThan(4 * Math.sqrt(BATCH / 4))
  })

  test('RandomCrop takes every place, the first and the last too', async () => {
    const starts = await Promise.all(
      Array.from({ length: 40 }, async (_, seed) => {
        const [image = []] = imagesOf(await inTraining(RandomCrop(2, 2, { seed }), alike(4, 3)))
        const [start = 0] = image
        expect(image).toEqual([start, start + 1, start + 3, start + 4])
        return start
      }),
    )
    expect([...new Set(starts)].sort((a, b) => a - b)).toEqual([0, 1, 3, 4, 6, 7])
  })

  test('what is added lies in the range, of pixels alike', async () => {
    const x = tensor(new Float32Array(BATCH * 4).fill(100), [BATCH, 2, 2, 1])
    const images = imagesOf(await inTraining(RandomBrightness([0.1, 0.2], { seed: 2 }), x))
    for (const image of images) {
      expect(new Set(image).size).toBe(1)
      expect(image[0]).toBeGreaterThanOrEqual(100 + 25.5)
      expect(image[0]).toBeLessThanOrEqual(100 + 51)
    }
  })
})

test('called alone on images it changes them, unless training is false', async () => {
  await chooseBackend('cpu')
  const x = alike(2, 3)
  const layer = RandomFlip({ seed: 1 })
  const changed = await layer(x)
  expect([...changed.data]).toEqual([...(await inTraining(RandomFlip({ seed: 1 }), x)).data])
  expect([...changed.data]).not.toEqual([...x.data])
  expect([...(await layer(x, { training: false })).data]).toEqual([...x.data])
})

test('frames of a sequence each have draws of their own', async () => {
  await chooseBackend('cpu')
  const x = tensor(
    Float32Array.from({ length: BATCH * 2 * 3 }, (_, i) => i % 3),
    [BATCH, 2, 1, 3, 1],
  )
  const layer = TimeDistributed(RandomFlip('horizontal', { seed: 4 }))
  const frames = imagesOf((await layer(x, { training: true })) as Tensor)
  expect(new Set(frames.map(String)).size).toBe(4)
})

test.each<[string, () => unknown, string]>([
  [
    'no images',
    () => RandomFlip({ name: 'flip' })(Input([4, 3])),
    'RandomFlip "flip": expected input [batch, height, width, channels], got [batch, 4, 3].',
  ],
  [
    'a factor above 1',
    () => RandomRotation(2, { name: 'turn' }),
    'RandomRotation "turn": expected factor to be a number, or two, in [-1, 1], got 2.',
  ],
  [
    'all of a height that is zoomed away',
    () => RandomZoom(-1, { name: 'zoom' }),
    'RandomZoom "zoom": expected heightFactor to be a number, or two, in (-1, 1], got -1.',
  ],
  [
    'boxes',
    () => RandomFlip({ name: 'flip', boundingBoxFormat: 'xyxy' } as never),
    'RandomFlip "flip": expected boundingBoxFormat to be null',
  ],
  [
    'both ratios',
    () => Resizing(2, 2, { name: 'size', cropToAspectRatio: true, padToAspectRatio: true }),
    'Resizing "size": expected cropToAspectRatio or padToAspectRatio, got both.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
