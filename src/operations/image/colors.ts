// Colors of images: shades of gray, and hue, saturation and value.

import { fail } from '../../errors.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { readOptions } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import {
  absolute,
  add,
  clip,
  divide,
  equal,
  greater,
  less,
  maximum,
  minimum,
  mod,
  multiply,
  subtract,
  where,
} from '../elementwise.ts'
import { getItem } from '../indexing.ts'
import { stack } from '../joining.ts'
import type { Operand } from '../operation.ts'
import { operation } from '../operationLayer.ts'
import { sum } from '../reductions.ts'
import { type ImageOptions, type Images, imageOptions, ofImages } from './imageCall.ts'

/** The shares of red, green and blue in a shade of gray, as TensorFlow and Keras have them. */
const SHARES = [0.2989, 0.587, 0.114]

function checkColors({ where: name, shape }: Images, counts: readonly number[]): void {
  const channels = shape.at(-1) ?? null
  if (channels === null || !counts.includes(channels))
    fail(name, { expected: `images of ${counts.join(' or ')} channels`, got: showShape(shape) })
}

/**
 * Shades of gray: `[batch, rows, columns, 3]` → `[batch, rows, columns, 1]`. Images of one channel stay as they are.
 *
 * @see keras/src/ops/image.py
 */
export const rgbToGrayscale = operation(
  'image',
  'RGBToGrayscale',
  'images {dataFormat=null}',
  (given: Operand, options: ImageOptions = {}): SymbolicTensor => {
    const name = 'ops.image.rgbToGrayscale'
    return ofImages(name, given, readOptions(name, imageOptions, options), (images) => {
      checkColors(images, [3, 1])
      return images.shape.at(-1) === 1 ? getItem(images.x, []) : sum(multiply(images.x, SHARES), -1, true)
    })
  },
  { name: 'ops.image.rgbToGrayscale' },
)

/** The three channels of images, each [batch, rows, columns]. */
const planesOf = (x: Operand): readonly [SymbolicTensor, SymbolicTensor, SymbolicTensor] => [
  getItem(x, ['...', 0]),
  getItem(x, ['...', 1]),
  getItem(x, ['...', 2]),
]

/** What is that close to 0 is 0. */
const EPSILON = 2 ** -23

/**
 * Hue, saturation and value of colors, each from 0 to 1 as these are: `[batch, rows, columns, 3]`.
 *
 * @see keras/src/ops/image.py
 */
export const rgbToHsv = operation(
  'image',
  'RGBToHSV',
  'images {dataFormat=null}',
  (given: Operand, options: ImageOptions = {}): SymbolicTensor => {
    const name = 'ops.image.rgbToHsv'
    return ofImages(name, given, readOptions(name, imageOptions, options), (images) => {
      checkColors(images, [3])
      const [r, g, b] = planesOf(where(less(absolute(images.x), EPSILON), 0, images.x))
      const value = maximum(maximum(r, g), b)
      const range = subtract(value, minimum(minimum(r, g), b))
      const isLit = greater(value, 0)
      const isColored = greater(range, 0)
      const saturation = where(isLit, divide(range, where(isLit, value, 1)), 0)
      const sixth = divide(1, multiply(6, where(isColored, range, 1)))
      const along = (from: SymbolicTensor, to: SymbolicTensor, start: number): SymbolicTensor =>
        add(multiply(sixth, subtract(to, from)), start)
      const ofGreenOrBlue = where(equal(value, g), along(r, b, 2 / 6), along(g, r, 4 / 6))
      const hue = where(equal(value, r), along(b, g, 0), ofGreenOrBlue)
      return stack([add(where(isColored, hue, 0), less(hue, 0)), saturation, value], -1)
    })
  },
  { name: 'ops.image.rgbToHsv' },
)

/**
 * Colors of hue, saturation and value: the inverse of {@link rgbToHsv}.
 *
 * @see keras/src/ops/image.py
 */
export const hsvToRgb = operation(
  'image',
  'HSVToRGB',
  'images {dataFormat=null}',
  (given: Operand, options: ImageOptions = {}): SymbolicTensor => {
    const name = 'ops.image.hsvToRgb'
    return ofImages(name, given, readOptions(name, imageOptions, options), (images) => {
      checkColors(images, [3])
      const [hue, saturation, value] = planesOf(images.x)
      const place = multiply(mod(hue, 1), 6)
      const far = (from: number): SymbolicTensor => absolute(subtract(place, from))
      const shares = [subtract(far(3), 1), subtract(2, far(2)), subtract(2, far(4))]
      const channels = shares.map((share) =>
        multiply(value, add(subtract(1, saturation), multiply(saturation, clip(share, 0, 1)))),
      )
      return stack(channels, -1)
    })
  },
  { name: 'ops.image.hsvToRgb' },
)
