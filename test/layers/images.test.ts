/** Layers that give images another size, against Keras's numbers. */
import { expect, test } from 'vitest'
import { type CallableLayer, CenterCrop, RandomCrop, Resizing } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { leapingImage as image } from '../support/leapingImage.ts'

type Row = readonly [
  name: string,
  make: () => CallableLayer,
  shape: readonly number[],
  expected: readonly number[],
]

/** What does not depend on draws. */
const resized: readonly Row[] = [
  [
    'bilinear up',
    () => Resizing(3, 7),
    [4, 5, 1],
    [
      0.1667, 8.1667, 11.5952, 5.1667, 15.1667, 15.3095, 10.1667, 1.5, 9.5, 12.9286, 6.5, 16.5, 16.6429, 11.5,
      2.8333, 10.8333, 14.2619, 7.8333, 17.8333, 17.9762, 12.8333,
    ],
  ],
  ['bilinear down', () => Resizing(2, 3), [4, 5, 1], [5.1667, 5.5, 13.5, 7.1667, 7.5, 15.5]],
  [
    'nearest',
    () => Resizing(3, 7, 'nearest'),
    [4, 5, 1],
    [0, 14, 14, 5, 19, 19, 10, 2, 16, 16, 7, 21, 21, 12, 3, 17, 17, 8, 22, 22, 13],
  ],
  [
    'antialias',
    () => Resizing(2, 3, { antialias: true }),
    [4, 5, 1],
    [6.7143, 10.8254, 14.5714, 8.2857, 12.3968, 16.1429],
  ],
  [
    'crop',
    () => Resizing(3, 2, { cropToAspectRatio: true }),
    [4, 5, 1],
    [14.1667, 5.1667, 15.5, 6.5, 16.8333, 7.8333],
  ],
  [
    'pad',
    () => Resizing(3, 2, { padToAspectRatio: true, fillValue: 10 }),
    [4, 5, 1],
    [10.25, 13.375, 12, 18.25, 11.75, 14.875],
  ],
  [
    'pad nearest',
    () => Resizing(4, 2, 'nearest', { padToAspectRatio: true, fillValue: 10 }),
    [4, 5, 1],
    [10, 10, 14, 19, 17, 22, 10, 10],
  ],
  [
    'pad columns',
    () => Resizing(2, 6, { padToAspectRatio: true, fillValue: 10 }),
    [4, 5, 1],
    [10, 7.625, 13.75, 18.3333, 10.125, 10, 10, 8.125, 15.75, 20.3333, 10.625, 10],
  ],
  [
    'channels first',
    () => Resizing(2, 3, { dataFormat: 'channels_first' }),
    [2, 3, 4],
    [3.875, 9.125, 14.375, 16, 6.875, 12.125, 10.875, 16.125, 7, 8.625, 13.875, 4.75],
  ],
  ['center', () => CenterCrop(2, 3), [4, 5, 1], [15, 6, 20, 16, 7, 21]],
  ['center odd', () => CenterCrop(3, 2), [4, 5, 1], [14, 5, 15, 6, 16, 7]],
  [
    'center small',
    () => CenterCrop(6, 3),
    [4, 5, 1],
    [
      14, 9.5, 5, 14.5, 10, 5.5, 15.1667, 10.6667, 6.1667, 15.8333, 11.3333, 6.8333, 16.5, 12, 7.5, 17, 12.5,
      8,
    ],
  ],
  [
    'center first',
    () => CenterCrop(2, 2, { dataFormat: 'channels_first' }),
    [2, 3, 4],
    [14, 5, 1, 15, 21, 12, 8, 22],
  ],
]

onEachBackend(() => {
  test.each(resized)('%s', async (_, make, shape, expected) => {
    for (const training of [false, true]) {
      const layer = make()
      const { data, shape: found } = await layer(image(shape), { training })
      expect(found.slice(1)).toEqual(layer.computeOutputShape([null, ...shape])?.slice(1))
      expectClose('images', data, expected, 5e-6)
    }
  })

  test('in predictions a RandomCrop is the middle that has the ratio of its outputs, resized', async () => {
    const x = image([4, 5, 1])
    const middle = await Resizing(3, 2, { cropToAspectRatio: true })(x)
    expect([...(await RandomCrop(3, 2)(x, { training: false })).data]).toEqual([...middle.data])
  })
})
