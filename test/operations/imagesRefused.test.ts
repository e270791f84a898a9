// What functions of images do not take, with what their errors say.
import { expect, test } from 'vitest'
import { Input, ops, tensor } from '../../src/index.ts'

const { image } = ops
const photo = tensor(new Float32Array(24), [2, 4, 3])
const colorless = tensor(new Float32Array(8), [2, 2, 2])

test.each([
  [() => image.resize(photo, [0, 2]), 'ops.image.resize: expected size to be a positive integer, got 0.'],
  [() => image.resize(photo, 5 as never), 'ops.image.resize: expected size as [height, width], got 5.'],
  [
    () => image.resize(photo, [2, 2], { cropToAspectRatio: true, padToAspectRatio: true }),
    'ops.image.resize: expected cropToAspectRatio or padToAspectRatio, got both.',
  ],
  [
    () => image.resize(Input([null, 4, 3]), [2, 2]),
    'ops.image.resize: expected images whose rows and columns are known, got [batch, null, 4, 3].',
  ],
  [
    () => image.resize(tensor([1, 2], [2]), [2, 2]),
    'ops.image.resize: expected an image of three axes, or a batch, got [2].',
  ],
  [() => image.rgbToHsv(colorless), 'ops.image.rgbToHsv: expected images of 3 channels, got [1, 2, 2, 2].'],
  [
    () => image.padImages(photo, { topPadding: 1, leftPadding: 1, rightPadding: 0 }),
    'ops.image.padImages: expected two of topPadding, bottomPadding, targetHeight, got 1.',
  ],
  [
    () => image.padImages(photo, { topPadding: 1, targetHeight: 2, leftPadding: 1, rightPadding: 0 }),
    "ops.image.padImages: expected targetHeight that topPadding 1 and the image's 2 leave, got 2.",
  ],
  [
    () => image.cropImages(photo, { topCropping: 1, bottomCropping: 1, leftCropping: 0, rightCropping: 0 }),
    'ops.image.cropImages: expected a part of 2, got 0.',
  ],
  [
    () => image.extractPatches(photo, [1, 2, 3, 4]),
    'ops.image.extractPatches: expected size of 2 or 3 extents, got [1, 2, 3, 4].',
  ],
  [
    () => image.reconstructPatches(photo, 2, [4, 8], { strides: 1 }),
    'ops.image.reconstructPatches: expected strides as the size, got 1, 1.',
  ],
  [
    () => image.reconstructPatches(tensor(new Float32Array(32), [2, 4, 4]), 2, [4, 7]),
    "ops.image.reconstructPatches: expected an extent of 8, got 7 in outputSize. Of windows that were made with padding: 'same', give that.",
  ],
  [
    () => image.affineTransform(photo, [1, 0, 0, 0, 1, 0]),
    'ops.image.affineTransform: expected a transform [8], or one for each image, got [6].',
  ],
  [
    () => image.affineTransform(photo, [1, 0, 0, 0, 1, 0, 0, 0], { fillMode: 'edge' as 'wrap' }),
    "ops.image.affineTransform: expected fillMode to be one of 'constant', 'nearest', 'wrap', 'mirror', 'reflect', got \"edge\".",
  ],
  [
    () => image.mapCoordinates(photo, [[1], [1]], 1),
    'ops.image.mapCoordinates: expected coordinates [3, …], a list for each axis of [2, 4, 3], got [2, 1].',
  ],
  [
    () => image.mapCoordinates([1, 2], [[0.5]], 2 as 1),
    'ops.image.mapCoordinates: expected order to be an integer from 0 to 1, got 2.',
  ],
  [
    () => image.perspectiveTransform(photo, [[0, 0]], [[0, 0]]),
    'ops.image.perspectiveTransform: expected startPoints and endPoints [4, 2], or such for each image, got [1, 2] and [1, 2].',
  ],
  [
    () => image.gaussianBlur(photo, { sigma: [0, 1] }),
    'ops.image.gaussianBlur: expected sigma to be a finite number of at least',
  ],
  [() => image.sobelEdges(photo), 'ops.image.sobelEdges: expected a batch of images, got [2, 4, 3].'],
  [
    () => image.ssim(photo, colorless),
    'ops.image.ssim: expected two images of one shape, got [1, 2, 4, 3] and [1, 2, 2, 2].',
  ],
  [
    () => image.scaleAndTranslate(photo, [2, 4], [1], [0], { spatialDims: [1], method: 'linear' }),
    'ops.image.scaleAndTranslate: expected outputShape of 3 extents, got [2, 4].',
  ],
  [
    () => image.scaleAndTranslate(photo, [2, 5, 3], [1, 1], [0], { spatialDims: [1], method: 'linear' }),
    'ops.image.scaleAndTranslate: expected scale of 1 numbers, one for each of spatialDims, got 2.',
  ],
  [
    () => image.scaleAndTranslate(photo, [2, 4, 3], [], [], { spatialDims: [], method: 'linear' }),
    'ops.image.scaleAndTranslate: expected axes in spatialDims, got none.',
  ],
  [
    () =>
      image.scaleAndTranslate(photo, [2, 5, 3], [1], [0], {
        spatialDims: [1],
        method: 'linear',
        antialias: 1 as never,
      }),
    'ops.image.scaleAndTranslate: expected antialias to be true or false, got 1.',
  ],
] as const)('%o is refused', (wrong, message) => {
  expect(wrong).toThrow(message)
})
