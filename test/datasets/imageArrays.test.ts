/** Images as tensors and tensors as images, by the numbers of Keras and Pillow. In a browser: test/browser/images.spec.ts. */
import { afterEach, expect, test, vi } from 'vitest'
import { arrayToImg, imgToArray } from '../../src/data.ts'
import { config, tensor } from '../../src/index.ts'
import { expectError, untyped } from '../support/expectError.ts'

afterEach(() => vi.unstubAllGlobals())

const rgba = { data: Uint8ClampedArray.of(0, 128, 255, 255, 10, 20, 30, 0), width: 2, height: 1 }

test.each([
  [
    'rgb',
    [
      [
        [0, 128, 255],
        [10, 20, 30],
      ],
    ],
  ],
  [
    'rgba',
    [
      [
        [0, 128, 255, 255],
        [10, 20, 30, 0],
      ],
    ],
  ],
  // As Image.convert('L') of Pillow gives it.
  ['grayscale', [[[104], [18]]]],
] as const)('%s', (colorMode, expected) => {
  expect(imgToArray(rgba, { colorMode }).toArray()).toEqual(expected)
})

test('pixels of one to four channels', () => {
  const of = (data: ArrayLike<number>, colorMode: 'rgb' | 'rgba' | 'grayscale') =>
    imgToArray({ data, width: 1, height: 1 }, { colorMode }).toArray()
  expect(of([7], 'rgb')).toEqual([[[7, 7, 7]]])
  expect(of([7, 9], 'rgba')).toEqual([[[7, 7, 7, 9]]])
  expect(of([7, 9], 'grayscale')).toEqual([[[7]]])
  expect(of(Uint8Array.of(1, 2, 3), 'rgba')).toEqual([[[1, 2, 3, 255]]])
})

test('channels first, as an option and as the setting', () => {
  const expected = [[[0, 10]], [[128, 20]], [[255, 30]]]
  expect(imgToArray(rgba, { dataFormat: 'channels_first' }).toArray()).toEqual(expected)
  config.setImageDataFormat('channels_first')
  expect(imgToArray(rgba).toArray()).toEqual(expected)
  expect([...arrayToImg(tensor([1, 2, 3], [3, 1, 1]), { scale: false }).data]).toEqual([1, 2, 3, 255])
  config.setImageDataFormat('channels_last')
})

test('a tensor as an image: scaled, or as it is', () => {
  const x = [[[0], [1], [3]]]
  expect([...arrayToImg(x).data]).toEqual([0, 0, 0, 255, 85, 85, 85, 255, 255, 255, 255, 255])
  expect(arrayToImg(x)).toMatchObject({ width: 3, height: 1 })
  expect([...arrayToImg([[[1.9, 300, -4]]], { scale: false }).data]).toEqual([1, 255, 0, 255])
  expect([...arrayToImg([[[5, 5, 5]]]).data]).toEqual([0, 0, 0, 255])
  // There and back.
  expect(imgToArray(arrayToImg([[[1, 2, 3, 4]]], { scale: false }), { colorMode: 'rgba' }).toArray()).toEqual(
    [[[1, 2, 3, 4]]],
  )
})

test('what is refused says why', async () => {
  const form = 'an image, { data, width, height } or what a canvas can draw'
  const remedy = 'Without a page give pixels, as a decoder does.'
  await expectError(
    () => imgToArray(untyped('cat.jpg')),
    `imgToArray: expected ${form}, got "cat.jpg". ${remedy}`,
  )
  await expectError(
    () => imgToArray({ data: [1, 2, 3, 4, 5], width: 1, height: 1 }),
    `imgToArray: expected ${form}, got { data, width, height }. ${remedy}`,
  )
  await expectError(
    () => imgToArray(rgba, { colorMode: untyped('bgr') }),
    "imgToArray: expected colorMode to be one of 'grayscale', 'rgb', 'rgba', got \"bgr\".",
  )
  await expectError(
    () => arrayToImg([[1, 2]]),
    'arrayToImg: expected an image [rows, columns, channels] of 1, 3 or 4 channels, got [1, 2].',
  )
  vi.stubGlobal('OffscreenCanvas', class {})
  await expectError(
    () => imgToArray({ naturalWidth: 0, naturalHeight: 0 }),
    'imgToArray: expected an image that is loaded, got one without a size. Wait for it: await image.decode().',
  )
})
