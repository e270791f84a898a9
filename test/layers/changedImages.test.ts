/** Layers that change images in training, against Keras's numbers: each draw is the only number of its range. */
import { expect, test } from 'vitest'
import {
  type CallableLayer,
  RandomBrightness,
  RandomContrast,
  RandomCrop,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { leapingImage as image } from '../support/leapingImage.ts'

type Row = readonly [
  name: string,
  make: () => CallableLayer,
  shape: readonly number[],
  expected: readonly number[],
]

/** What is done in training alone. */
const changed: readonly Row[] = [
  [
    'rotation reflect bilinear',
    () => RandomRotation([0.1, 0.1], { fillMode: 'reflect', interpolation: 'bilinear', fillValue: 9 }),
    [4, 5, 1],
    [
      11.6272, 6.0173, 17.63, 13.658, 11.462, 9.462, 10.1438, 10.21, 19.7571, 13.0637, 1.962, 13.876, 9.5495,
      14.704, 19.0827, 1.538, 6.456, 15.6486, 8.6539, 18.309,
    ],
  ],
  [
    'translation reflect bilinear',
    () =>
      RandomTranslation([0.35, 0.35], [-0.27, -0.27], {
        fillMode: 'reflect',
        interpolation: 'bilinear',
        fillValue: 9,
      }),
    [4, 5, 1],
    [
      11.25, 10.3, 16.25, 10.4, 13.55, 10.85, 9.9, 15.85, 10, 13.15, 11.45, 10.5, 16.45, 10.6, 13.75, 12.45,
      11.5, 17.45, 11.6, 14.75,
    ],
  ],
  [
    'zoom reflect bilinear',
    () =>
      RandomZoom([0.4, 0.4], [-0.3, -0.3], { fillMode: 'reflect', interpolation: 'bilinear', fillValue: 9 }),
    [4, 5, 1],
    [
      8.4, 11.3, 5, 14.8, 15.4, 9.2, 12.1, 5.8, 15.6, 16.2, 10.6, 13.5, 7.2, 17, 17.6, 11.4, 14.3, 8, 17.8,
      18.4,
    ],
  ],
  [
    'rotation constant bilinear',
    () => RandomRotation([0.1, 0.1], { fillMode: 'constant', interpolation: 'bilinear', fillValue: 9 }),
    [4, 5, 1],
    [
      9.2914, 6.916, 17.63, 13.658, 10.2317, 9.425, 10.1438, 10.21, 19.7571, 13.0637, 1.962, 13.876, 9.5495,
      14.704, 18.2753, 5.2668, 6.456, 15.6486, 8.7582, 10.0324,
    ],
  ],
  [
    'translation constant bilinear',
    () =>
      RandomTranslation([0.35, 0.35], [-0.27, -0.27], {
        fillMode: 'constant',
        interpolation: 'bilinear',
        fillValue: 9,
      }),
    [4, 5, 1],
    [9, 9, 9, 9, 9, 10.11, 9.54, 13.11, 9.39, 9, 11.45, 10.5, 16.45, 10.04, 9, 12.45, 11.5, 17.45, 10.69, 9],
  ],
  [
    'zoom constant bilinear',
    () =>
      RandomZoom([0.4, 0.4], [-0.3, -0.3], { fillMode: 'constant', interpolation: 'bilinear', fillValue: 9 }),
    [4, 5, 1],
    [
      8.76, 9.92, 7.4, 11.32, 11.56, 9.2, 12.1, 5.8, 15.6, 16.2, 10.6, 13.5, 7.2, 17, 17.6, 9.96, 11.12, 8.6,
      12.52, 12.76,
    ],
  ],
  [
    'rotation constant nearest',
    () => RandomRotation([0.1, 0.1], { fillMode: 'constant', interpolation: 'nearest', fillValue: 9 }),
    [4, 5, 1],
    [9, 5, 19, 11, 11, 14, 15, 6, 21, 12, 1, 15, 7, 21, 22, 2, 2, 17, 8, 9],
  ],
  [
    'translation constant nearest',
    () =>
      RandomTranslation([0.35, 0.35], [-0.27, -0.27], {
        fillMode: 'constant',
        interpolation: 'nearest',
        fillValue: 9,
      }),
    [4, 5, 1],
    [9, 9, 9, 9, 9, 14, 5, 19, 10, 9, 15, 6, 20, 11, 9, 16, 7, 21, 12, 9],
  ],
  [
    'zoom constant nearest',
    () =>
      RandomZoom([0.4, 0.4], [-0.3, -0.3], { fillMode: 'constant', interpolation: 'nearest', fillValue: 9 }),
    [4, 5, 1],
    [9, 9, 9, 9, 9, 15, 15, 6, 20, 20, 16, 16, 7, 21, 21, 9, 9, 9, 9, 9],
  ],
  [
    'rotation wrap bilinear',
    () => RandomRotation([0.1, 0.1], { fillMode: 'wrap', interpolation: 'bilinear', fillValue: 9 }),
    [4, 5, 1],
    [
      14.2945, 6.9212, 17.63, 13.658, 6.4649, 9.7023, 10.1438, 10.21, 19.7571, 13.0637, 1.962, 13.876, 9.5495,
      14.704, 18.8425, 6.5351, 6.456, 15.6486, 7.75, 15.6417,
    ],
  ],
  [
    'translation wrap bilinear',
    () =>
      RandomTranslation([0.35, 0.35], [-0.27, -0.27], {
        fillMode: 'wrap',
        interpolation: 'bilinear',
        fillValue: 9,
      }),
    [4, 5, 1],
    [
      13.45, 12.5, 18.45, 9.1, 7.5, 12.05, 11.1, 17.05, 7.7, 6.1, 11.45, 10.5, 16.45, 7.1, 5.5, 12.45, 11.5,
      17.45, 8.1, 6.5,
    ],
  ],
  [
    'zoom wrap bilinear',
    () => RandomZoom([0.4, 0.4], [-0.3, -0.3], { fillMode: 'wrap', interpolation: 'bilinear', fillValue: 9 }),
    [4, 5, 1],
    [
      10.2, 13.1, 6.8, 16.6, 17.2, 9.2, 12.1, 5.8, 15.6, 16.2, 10.6, 13.5, 7.2, 17, 17.6, 9.6, 12.5, 6.2, 16,
      16.6,
    ],
  ],
  [
    'rotation wrap nearest',
    () => RandomRotation([0.1, 0.1], { fillMode: 'wrap', interpolation: 'nearest', fillValue: 9 }),
    [4, 5, 1],
    [17, 5, 19, 11, 11, 14, 15, 6, 21, 12, 1, 15, 7, 21, 22, 2, 2, 17, 8, 19],
  ],
  [
    'translation wrap nearest',
    () =>
      RandomTranslation([0.35, 0.35], [-0.27, -0.27], {
        fillMode: 'wrap',
        interpolation: 'nearest',
        fillValue: 9,
      }),
    [4, 5, 1],
    [17, 8, 22, 13, 3, 14, 5, 19, 10, 0, 15, 6, 20, 11, 1, 16, 7, 21, 12, 2],
  ],
  [
    'zoom wrap nearest',
    () => RandomZoom([0.4, 0.4], [-0.3, -0.3], { fillMode: 'wrap', interpolation: 'nearest', fillValue: 9 }),
    [4, 5, 1],
    [17, 17, 8, 22, 22, 15, 15, 6, 20, 20, 16, 16, 7, 21, 21, 14, 14, 5, 19, 19],
  ],
  [
    'rotation nearest bilinear',
    () => RandomRotation([0.1, 0.1], { fillMode: 'nearest', interpolation: 'bilinear', fillValue: 9 }),
    [4, 5, 1],
    [
      11.6272, 6.0173, 17.63, 13.658, 11.462, 9.462, 10.1438, 10.21, 19.7571, 13.0637, 1.962, 13.876, 9.5495,
      14.704, 19.0827, 1.538, 6.456, 15.6486, 8.6539, 18.309,
    ],
  ],
  [
    'translation nearest bilinear',
    () =>
      RandomTranslation([0.35, 0.35], [-0.27, -0.27], {
        fillMode: 'nearest',
        interpolation: 'bilinear',
        fillValue: 9,
      }),
    [4, 5, 1],
    [
      10.85, 9.9, 15.85, 10, 10, 10.85, 9.9, 15.85, 10, 10, 11.45, 10.5, 16.45, 10.6, 10.6, 12.45, 11.5,
      17.45, 11.6, 11.6,
    ],
  ],
  [
    'zoom nearest bilinear',
    () =>
      RandomZoom([0.4, 0.4], [-0.3, -0.3], { fillMode: 'nearest', interpolation: 'bilinear', fillValue: 9 }),
    [4, 5, 1],
    [
      8.4, 11.3, 5, 14.8, 15.4, 9.2, 12.1, 5.8, 15.6, 16.2, 10.6, 13.5, 7.2, 17, 17.6, 11.4, 14.3, 8, 17.8,
      18.4,
    ],
  ],
  [
    'zoom same',
    () => RandomZoom([0.4, 0.4]),
    [4, 5, 1],
    [0, 8.4, 5, 15.4, 10, 0.8, 9.2, 5.8, 16.2, 10.8, 2.2, 10.6, 7.2, 17.6, 12.2, 3, 11.4, 8, 18.4, 13],
  ],
  [
    'rotation first',
    () => RandomRotation([0.1, 0.1], { dataFormat: 'channels_first' }),
    [2, 3, 4],
    [
      12.2396, 7.8505, 11.2507, 6.7266, 4.4142, 5.512, 10.488, 11.5858, 9.2734, 10.5819, 8.1495, 3.7604,
      19.2396, 14.8505, 12.4181, 12.0554, 11.4143, 12.512, 17.488, 4.1165, 16.2734, 11.7493, 15.1495, 7.8683,
    ],
  ],
  [
    'contrast',
    () => RandomContrast([-0.3, 0.3], { valueRange: [0, 22] }),
    [2, 3, 2],
    [0, 14.85, 3.9, 21.35, 10.4, 0, 16.9, 4.45, 22, 10.95, 0, 17.45],
  ],
  [
    'contrast default',
    () => RandomContrast([-0.3, 0.3]),
    [2, 3, 2],
    [0, 14.85, 3.9, 21.35, 10.4, 0, 16.9, 4.45, 23.4, 10.95, 0, 17.45],
  ],
  [
    'brightness',
    () => RandomBrightness([0.1, 0.1], { valueRange: [22, 0] }),
    [2, 3, 2],
    [2.2, 16.2, 7.2, 21.2, 12.2, 3.2, 17.2, 8.2, 22, 13.2, 4.2, 18.2],
  ],
  [
    'brightness down',
    () => RandomBrightness([-0.03, -0.03]),
    [2, 3, 2],
    [0, 6.35, 0, 11.35, 2.35, 0, 7.35, 0, 12.35, 3.35, 0, 8.35],
  ],
  ['crop equal height', () => RandomCrop(4, 3), [4, 5, 1], [14, 5, 19, 15, 6, 20, 16, 7, 21, 17, 8, 22]],
  ['crop wide', () => RandomCrop(5, 2), [4, 5, 1], [5, 19, 5.7, 19.7, 6.5, 20.5, 7.3, 21.3, 8, 22]],
]

onCpuFirst(() => {
  test.each(changed)('%s', async (_, make, shape, expected) => {
    const { data } = await make()(image(shape), { training: true })
    expectClose('images', data, expected, 5e-6)
  })

  test.each(changed.filter(([name]) => !name.startsWith('crop')))(
    '%s: not in predictions',
    async (_, make, shape) => {
      const x = image(shape)
      expect([...(await make()(x, { training: false })).data]).toEqual([...x.data])
    },
  )
})
