// Images as tensors, and tensors as images.

import { describeValue, fail } from '../errors.ts'
import { DATA_FORMATS, type DataFormat, imageDataFormat } from '../layers/convolutional/imageDataFormat.ts'
import type { ArrayData } from '../models/data/data.ts'
import { flag, nullable, oneOf, option, readOptions, type TableFor } from '../util/options.ts'
import { messageOf } from '../util/realms.ts'
import { showShape } from '../util/shape.ts'
import { type Tensor, tensor, toTensor } from '../util/tensor.ts'

/**
 * An image as numbers from 0 to 255, row by row: of one, two, three or four channels a pixel. An `ImageData` of a page is one, and what decoders
 * in Node give.
 */
export interface ImagePixels {
  /** The channels of each pixel, one pixel after the other. */
  readonly data: ArrayLike<number>
  /** Pixels of a row. */
  readonly width: number
  /** Rows. */
  readonly height: number
}

/** What a canvas of a page can draw: an image, a video, a canvas, an `ImageBitmap`, a `VideoFrame`. */
export type DrawnImage = object

const COLOR_MODES = { grayscale: 1, rgb: 3, rgba: 4 } as const

/** What a page shows as an image: its `ImageData`, where there is a page; elsewhere pixels. */
export type PageImage = typeof globalThis extends { ImageData: { prototype: infer Image } }
  ? Image
  : ImagePixels

/** Which channels a tensor has. */
export type ColorMode = keyof typeof COLOR_MODES

export interface ImgToArrayOptions {
  /** Which channels the tensor has: `'rgb'`, the default, `'rgba'`, or `'grayscale'`, one of the brightness. */
  readonly colorMode?: ColorMode
  /** Whether channels come first or last; `null`, the default, as `config.imageDataFormat()` says. */
  readonly dataFormat?: DataFormat | null
}

export interface ArrayToImgOptions {
  /** Whether channels come first or last; `null`, the default, as `config.imageDataFormat()` says. */
  readonly dataFormat?: DataFormat | null
  /** Whether the smallest number becomes 0 and the largest 255, `true` by default; without it numbers are from 0 to 255 as they are. */
  readonly scale?: boolean
}

const dataFormat = nullable<DataFormat>(oneOf(DATA_FORMATS))

const toArrayTable = {
  colorMode: option<ColorMode>('rgb', oneOf(Object.keys(COLOR_MODES) as ColorMode[])),
  dataFormat,
} as const satisfies TableFor<ImgToArrayOptions>

const toImgTable = { dataFormat, scale: flag(true) } as const satisfies TableFor<ArrayToImgOptions>

/** Sizes of what a canvas can draw, by the names that each kind has for them. */
const SIZES = [
  ['naturalWidth', 'naturalHeight'],
  ['videoWidth', 'videoHeight'],
  ['displayWidth', 'displayHeight'],
  ['width', 'height'],
] as const

/** The pixels of what a page shows. */
function drawn(where: string, image: unknown): ImagePixels {
  const [width, height] =
    SIZES.map((names) => names.map((name): unknown => Object(image)[name])).find(
      ([first]) => typeof first === 'number',
    ) ?? []
  const expected = 'an image, { data, width, height } or what a canvas can draw'
  if (typeof OffscreenCanvas === 'undefined' || typeof width !== 'number' || typeof height !== 'number')
    return fail(where, {
      expected,
      got: describeValue(image),
      remedy:
        typeof OffscreenCanvas === 'undefined' ? 'Without a page give pixels, as a decoder does.' : undefined,
    })
  if (width < 1 || height < 1)
    return fail(where, {
      expected: 'an image that is loaded',
      got: 'one without a size',
      remedy: 'Wait for it: await image.decode().',
    })
  try {
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context?.drawImage(image as CanvasImageSource, 0, 0, width, height)
    return context?.getImageData(0, 0, width, height) ?? fail(where, { expected: 'a 2D canvas', got: 'none' })
  } catch (error) {
    return fail(where, { expected, got: messageOf(error) })
  }
}

/** How many channels pixels have; null for what is none. */
function channelsOf(image: unknown): number | null {
  const { data, width, height }: Partial<ImagePixels> = Object(image)
  const isCounted = Number.isInteger(width) && Number.isInteger(height)
  const count = typeof data === 'object' && data !== null && isCounted ? data.length / (width! * height!) : 0
  return [1, 2, 3, 4].includes(count) ? count : null
}

/** Brightness as Pillow, which Keras reads images by, has it. */
const brightness = (red: number, green: number, blue: number): number =>
  (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16

/** Channel `c`, in a mode, of the pixel of so many channels that begins at `at`. */
function channelOf(data: ArrayLike<number>, at: number, given: number, mode: ColorMode, c: number): number {
  const isGray = given < 3
  if (c === 3) return given % 2 === 0 ? (data[at + given - 1] ?? 255) : 255
  if (isGray) return data[at] ?? 0
  if (mode === 'grayscale') return brightness(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)
  return data[at + c] ?? 0
}

/**
 * An image as a tensor `[rows, columns, channels]` of numbers from 0 to 255: `imgToArray(video)` in a page, `imgToArray({ data, width, height })`
 * of what a decoder in Node gives.
 *
 * @param img Pixels, an `ImageData` among them, or in a page what a canvas can draw. A page may not read images of other origins that do
 * not allow it.
 * @throws {RecurraError} for anything else, and for an image that is not loaded.
 * @see keras/src/utils/image_utils.py
 */
export function imgToArray(img: ImagePixels | DrawnImage, options?: ImgToArrayOptions | null): Tensor {
  const where = 'imgToArray'
  const { colorMode, dataFormat } = readOptions(where, toArrayTable, options)
  const pixels = channelsOf(img) === null ? drawn(where, img) : (img as ImagePixels)
  const { data, width, height } = pixels
  const given = channelsOf(pixels) ?? 4
  const channels = COLOR_MODES[colorMode]
  const isFirst = (dataFormat ?? imageDataFormat()) === 'channels_first'
  const size = width * height
  const result = new Float32Array(size * channels)
  for (let i = 0; i < size; i++)
    for (let c = 0; c < channels; c++)
      result[isFirst ? c * size + i : i * channels + c] = channelOf(data, i * given, given, colorMode, c)
  return tensor(result, isFirst ? [channels, height, width] : [height, width, channels])
}

/**
 * A tensor as an image of red, green, blue and opacity: in a page an `ImageData`, which `context.putImageData` shows, elsewhere an object of the same
 * fields.
 *
 * @param x `[rows, columns, channels]`, of one, three or four channels.
 * @throws {RecurraError} for another shape.
 * @see keras/src/utils/image_utils.py
 */
export function arrayToImg(x: ArrayData, options?: ArrayToImgOptions | null): PageImage {
  const where = 'arrayToImg'
  const { dataFormat, scale } = readOptions(where, toImgTable, options)
  const { data, shape } = toTensor(x, where)
  const isFirst = (dataFormat ?? imageDataFormat()) === 'channels_first'
  const [height = 0, width = 0, channels = 0] = isFirst ? [...shape.slice(1), ...shape.slice(0, 1)] : shape
  if (shape.length !== 3 || ![1, 3, 4].includes(channels) || width * height === 0)
    fail(where, {
      expected: `an image [${isFirst ? 'channels, rows, columns' : 'rows, columns, channels'}] of 1, 3 or 4 channels`,
      got: showShape(shape),
    })
  const size = width * height
  let [least, most] = [0, 255]
  if (scale) {
    least = data.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    most = data.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  }
  const factor = most > least ? 255 / (most - least) : 0
  // Pillow's numbers are cut off, and a canvas would round them.
  const numbers = new Float64Array(size * channels)
  for (let i = 0; i < size; i++)
    for (let c = 0; c < channels; c++) {
      const value = data[isFirst ? c * size + i : i * channels + c] ?? 0
      numbers[i * channels + c] = Math.floor(scale ? (value - least) * factor : value)
    }
  const pixels = new Uint8ClampedArray(4 * size)
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = channelOf(numbers, (i >> 2) * channels, channels, 'rgba', i & 3)
  if (typeof ImageData !== 'undefined') return new ImageData(pixels, width, height)
  return { data: pixels, width, height, colorSpace: 'srgb' } as PageImage
}
