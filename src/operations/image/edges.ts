// Images with more around them, and parts of them.

import { checkCount, fail } from '../../errors.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { nullable, readOptions, type TableFor } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import { getItem } from '../indexing.ts'
import type { Operand } from '../operation.ts'
import { operation } from '../operationLayer.ts'
import { pad } from '../padding.ts'
import { type ImageOptions, type Images, imageOptions, ofImages } from './imageCall.ts'

/** Of each axis two of three are given: what is before, what is behind, and the extent of the result. */
interface Ends {
  readonly before: number | null
  readonly behind: number | null
  readonly target: number | null
}

/** Numbers of rows or columns. */
type Count = number | null

export interface PadImagesOptions extends ImageOptions {
  /** Rows of zeros above; two of `topPadding`, `bottomPadding` and `targetHeight` are given. */
  readonly topPadding?: Count
  /** Columns of zeros on the left; two of `leftPadding`, `rightPadding` and `targetWidth` are given. */
  readonly leftPadding?: Count
  /** Rows of zeros below. */
  readonly bottomPadding?: Count
  /** Columns of zeros on the right. */
  readonly rightPadding?: Count
  /** Rows of the result. */
  readonly targetHeight?: Count
  /** Columns of the result. */
  readonly targetWidth?: Count
}

export interface CropImagesOptions extends ImageOptions {
  /** Rows that are left out above; two of `topCropping`, `bottomCropping` and `targetHeight` are given. */
  readonly topCropping?: Count
  /** Columns that are left out on the left; two of `leftCropping`, `rightCropping` and `targetWidth` are given. */
  readonly leftCropping?: Count
  /** Rows that are left out below. */
  readonly bottomCropping?: Count
  /** Columns that are left out on the right. */
  readonly rightCropping?: Count
  /** Rows of the result. */
  readonly targetHeight?: Count
  /** Columns of the result. */
  readonly targetWidth?: Count
}

const count = nullable<number>(checkCount)
const targets = { targetHeight: count, targetWidth: count, ...imageOptions }

const padOptions = {
  topPadding: count,
  leftPadding: count,
  bottomPadding: count,
  rightPadding: count,
  ...targets,
} as const satisfies TableFor<PadImagesOptions>

const cropOptions = {
  topCropping: count,
  leftCropping: count,
  bottomCropping: count,
  rightCropping: count,
  ...targets,
} as const satisfies TableFor<CropImagesOptions>

/** What an axis is called in options. */
interface AxisOptions extends Ends {
  readonly names: readonly [before: string, behind: string, target: string]
  /** Its extent, which must be known where the result's is given. */
  readonly extent: number | null
}

/** The rows and the columns, of which options say padding or cropping. */
const axesOf = (
  { shape: [, height = null, width = null] }: Images,
  read: Readonly<Record<string, unknown>>,
  what: 'Padding' | 'Cropping',
): readonly AxisOptions[] =>
  [
    { names: [`top${what}`, `bottom${what}`, 'targetHeight'] as const, extent: height },
    { names: [`left${what}`, `right${what}`, 'targetWidth'] as const, extent: width },
  ].map(({ names, extent }) => {
    const [before, behind, target] = names.map((name) => read[name] as Count) as [Count, Count, Count]
    return { names, extent, before, behind, target }
  })

/** Both ends of an axis. `isPadding` says whether they are added or left out. */
function bothEnds(
  { where, shape }: Images,
  axis: AxisOptions,
  isPadding: boolean,
): readonly [number, number] {
  const { names, extent, before, behind, target } = axis
  const given = [before, behind, target].filter((value) => value !== null)
  if (given.length !== 2) {
    const got = given.length === 0 ? 'none' : `${given.length}`
    return fail(where, { expected: `two of ${names.join(', ')}`, got })
  }
  if (target === null) return [before ?? 0, behind ?? 0]
  if (extent === null)
    return fail(where, { expected: `images of known extents, for ${names[2]}`, got: showShape(shape) })
  const all = isPadding ? target - extent : extent - target
  const ends = [before ?? all - (behind ?? 0), behind ?? all - (before ?? 0)] as const
  if (Math.min(...ends) < 0) {
    const given = before === null ? `${names[1]} ${behind}` : `${names[0]} ${before}`
    fail(where, { expected: `${names[2]} that ${given} and the image's ${extent} leave`, got: `${target}` })
  }
  return ends
}

/**
 * Images with zeros around them: `padImages(images, { topPadding: 1, bottomPadding: 1, leftPadding: 0, targetWidth: 8 })`.
 *
 * @see keras/src/ops/image.py
 */
export const padImages = operation(
  'image',
  'PadImages',
  'images {topPadding=null leftPadding=null bottomPadding=null rightPadding=null targetHeight=null targetWidth=null dataFormat=null}',
  (given: Operand, options: PadImagesOptions = {}): SymbolicTensor => {
    const name = 'ops.image.padImages'
    const read = readOptions(name, padOptions, options)
    return ofImages(name, given, read, (images) => {
      const around = axesOf(images, read, 'Padding').map((axis) => bothEnds(images, axis, true))
      return pad(images.x, [[0, 0], ...around, [0, 0]])
    })
  },
  { name: 'ops.image.padImages' },
)

/**
 * Parts of images: `cropImages(images, { topCropping: 1, targetHeight: 4, leftCropping: 2, rightCropping: 2 })`.
 *
 * @see keras/src/ops/image.py
 */
export const cropImages = operation(
  'image',
  'CropImages',
  'images {topCropping=null leftCropping=null bottomCropping=null rightCropping=null targetHeight=null targetWidth=null dataFormat=null}',
  (given: Operand, options: CropImagesOptions = {}): SymbolicTensor => {
    const name = 'ops.image.cropImages'
    const read = readOptions(name, cropOptions, options)
    return ofImages(name, given, read, (images) => {
      const parts = axesOf(images, read, 'Cropping').map((axis): readonly [number, number | null] => {
        const [before, behind] = bothEnds(images, axis, false)
        if (axis.extent !== null && before + behind >= axis.extent)
          fail(name, { expected: `a part of ${axis.extent}`, got: `${axis.extent - before - behind}` })
        return [before, behind === 0 ? null : -behind]
      })
      return getItem(images.x, [null, ...parts])
    })
  },
  { name: 'ops.image.cropImages' },
)
