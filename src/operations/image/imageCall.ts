// What functions of images have in common: they compute with images [batch, rows, columns, channels], and are given one or a batch, whose
// channels may come first.

import { fail } from '../../errors.ts'
import { channelsLast, inFormat } from '../../layers/convolutional/dataFormat.ts'
import { DATA_FORMATS, type DataFormat, imageDataFormat } from '../../layers/convolutional/imageDataFormat.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { nullable, oneOf, type TableFor } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import { type Operand, shapeOfOperand } from '../operation.ts'
import { expandDims, squeeze, transpose } from '../shapes.ts'

export interface ImageOptions {
  /** Where channels are: `'channels_last'` or `'channels_first'`; null, the default: as `config.setImageDataFormat` says. */
  readonly dataFormat?: DataFormat | null
}

export const imageOptions = {
  dataFormat: nullable<DataFormat>(oneOf(DATA_FORMATS)),
} as const satisfies TableFor<ImageOptions>

/** Images as functions compute with them. */
export interface Images {
  readonly where: string
  /** [batch, rows, columns, channels], or with more axes of space between batch and channels. */
  readonly x: Operand
  readonly shape: OpenShape
}

/** The extents of space, which must be known, of images or volumes. */
export function spaceOf({ where, shape }: Images): readonly number[] {
  const space = shape.slice(1, -1)
  if (space.includes(null))
    fail(where, { expected: 'images whose rows and columns are known', got: showShape(shape) })
  return space as readonly number[]
}

/** The rows and columns of images. */
export const sizeOfImages = (images: Images): readonly [height: number, width: number] =>
  spaceOf(images) as readonly [number, number]

/** The number of channels, which must be known. */
export const channelsOf = ({ where, shape }: Images): number =>
  shape.at(-1) ?? fail(where, { expected: 'images whose channels are known', got: showShape(shape) })

/** Makes a batch with its channels last of an image or a batch; `put` gives results the form that they were given in. */
export function readImages(
  where: string,
  images: Operand,
  { dataFormat = null }: ImageOptions,
  axes = 2,
): { readonly images: Images; put(result: SymbolicTensor): SymbolicTensor } {
  const config = { dataFormat: dataFormat ?? imageDataFormat() }
  const format = { where, config }
  const given = shapeOfOperand(images, where)
  const isAlone = given.length === axes + 1
  if (!isAlone && given.length !== axes + 2)
    fail(where, {
      expected: axes === 2 ? 'an image of three axes, or a batch' : 'a volume of four axes, or a batch',
      got: showShape(given),
    })
  const batch = isAlone ? expandDims(images, 0) : images
  const shape = isAlone ? [1, ...given] : given
  const order = shape.map((_, axis) => axis)
  const isFirst = config.dataFormat === 'channels_first'
  return {
    images: {
      where,
      x: isFirst ? transpose(batch, channelsLast(format, order)) : batch,
      shape: channelsLast(format, shape),
    },
    put(result) {
      const formatted = isFirst ? transpose(result, inFormat(format, order)) : result
      return isAlone ? squeeze(formatted, 0) : formatted
    },
  }
}

/** What a function makes of images, in the form that they were given in. */
export function ofImages(
  where: string,
  given: Operand,
  options: ImageOptions,
  compute: (images: Images) => SymbolicTensor,
): SymbolicTensor {
  const { images, put } = readImages(where, given, options)
  return put(compute(images))
}
