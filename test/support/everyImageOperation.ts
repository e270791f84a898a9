// Every function of `ops.image` that files may name, called on symbolic tensors: x and y of [batch, 3, 4] between 0 and 1.
import { ops, type SymbolicTensor } from '../../src/index.ts'

/** Images [batch, 3, 4, 1]. */
const gray = (x: SymbolicTensor): SymbolicTensor => ops.expandDims(x, -1)
/** Images [batch, 3, 4, 3]. */
const colored = (x: SymbolicTensor, y: SymbolicTensor): SymbolicTensor =>
  ops.stack([x, y, ops.multiply(x, y)], -1)

const { image } = ops

export const imageCalls: Readonly<Record<string, (x: SymbolicTensor, y: SymbolicTensor) => unknown>> = {
  'image.affineTransform': (x) =>
    image.affineTransform(gray(x), [0.9, -0.3, 0.4, 0.2, 1.1, -0.3, 0, 0], { fillMode: 'mirror' }),
  'image.cropImages': (x) =>
    image.cropImages(gray(x), { topCropping: 1, bottomCropping: 0, leftCropping: 1, targetWidth: 2 }),
  'image.elasticTransform': (x) => image.elasticTransform(gray(x), { sigma: 0.5, alpha: 2, seed: 3 }),
  'image.extractPatches': (x) => image.extractPatches(gray(x), [2, 3], { strides: 1, padding: 'same' }),
  'image.extractPatches3d': (x) => image.extractPatches3d(ops.expandDims(x, [1, -1]), [1, 3, 2]),
  'image.gaussianBlur': (x) => image.gaussianBlur(gray(x), { kernelSize: [3, 5], sigma: [1, 0.7] }),
  'image.hsvToRgb': (x, y) => image.hsvToRgb(colored(x, y)),
  'image.mapCoordinates': (x) =>
    image.mapCoordinates([1, 5, 2, 4], ops.expandDims(ops.multiply(x, 5), 0), 1, { fillMode: 'reflect' }),
  'image.padImages': (x) =>
    image.padImages(gray(x), { topPadding: 1, targetHeight: 6, leftPadding: 2, rightPadding: 0 }),
  'image.perspectiveTransform': (x) =>
    image.perspectiveTransform(
      gray(x),
      [
        [0, 0],
        [3, 0.2],
        [0.1, 2],
        [3, 2],
      ],
      [
        [0.2, 0],
        [2.8, 0],
        [0, 2.1],
        [3.3, 2],
      ],
      { fillValue: 0.5 },
    ),
  'image.reconstructPatches': (x) =>
    image.reconstructPatches(gray(ops.getItem(x, [null, null, [0, 2]])), 1, [3, 2]),
  'image.resize': (x) => image.resize(gray(x), [5, 3], { interpolation: 'bicubic', antialias: true }),
  'image.rgbToGrayscale': (x, y) => image.rgbToGrayscale(colored(x, y)),
  'image.rgbToHsv': (x, y) => image.rgbToHsv(colored(x, y)),
  'image.scaleAndTranslate': (x) =>
    image.scaleAndTranslate(x, [null, 5, 4], [1.5], [0.3], { spatialDims: [1], method: 'lanczos3' }),
  'image.sobelEdges': (x) => image.sobelEdges(gray(x)),
  'image.ssim': (x, y) => image.ssim(gray(x), gray(y), { filterSize: 3 }),
}
