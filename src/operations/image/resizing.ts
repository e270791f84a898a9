// Images in another size, and images that are scaled and moved along any axes.

import { checkExtent, checkFinite, describeValue, fail } from '../../errors.ts'
import {
  croppedToRatio,
  paddedToRatio,
  type Resize,
  resizeImages,
  type Size,
  whole,
} from '../../layers/preprocessing/images/resizedBands.ts'
import { bandsMoved, INTERPOLATIONS, type Interpolation } from '../../layers/reshaping/resampling.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import * as sides from '../../ops/resample.cpu.ts'
import { resampled } from '../../ops/resample.ts'
import { flag, oneOf, option, readOptions, required, type TableFor } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import {
  axisOf,
  defineOperation,
  integersOf,
  numbersOf,
  type Operand,
  shapeOfOperand,
  single,
  tensorOf,
} from '../operation.ts'
import { operation } from '../operationLayer.ts'
import { type ImageOptions, imageOptions, ofImages, sizeOfImages } from './imageCall.ts'

export interface ResizeOptions extends ImageOptions {
  /**
   * What lies between pixels: `'bilinear'`, the default, lines; `'bicubic'`, `'lanczos3'` and `'lanczos5'` curves through 4, 6 and 10 of
   * them; `'nearest'` takes the nearest one.
   */
  readonly interpolation?: Interpolation
  /** Whether pixels of a smaller image are averages over all that lie in each, `false` by default. `'nearest'` has none. */
  readonly antialias?: boolean
  /** Whether the largest part in the middle that has the sides' ratio of the result is taken, `false` by default. */
  readonly cropToAspectRatio?: boolean
  /** Whether images are padded on two sides to the sides' ratio of the result, `false` by default. */
  readonly padToAspectRatio?: boolean
  /** How images are padded: `'constant'`, the default, with `fillValue`. */
  readonly fillMode?: 'constant'
  /** The number that images are padded with, 0 by default. */
  readonly fillValue?: number
}

const resizeOptions = {
  interpolation: option<Interpolation>('bilinear', oneOf(INTERPOLATIONS)),
  antialias: flag(false),
  cropToAspectRatio: flag(false),
  padToAspectRatio: flag(false),
  fillMode: option<'constant'>('constant', oneOf(['constant'])),
  fillValue: option(0, checkFinite),
  ...imageOptions,
} as const satisfies TableFor<ResizeOptions>

const resizes = defineOperation<Resize>({
  name: 'resize',
  sides,
  outputShapes: ([shape = []], { size }) => [[shape[0] ?? null, ...size, shape[3] ?? null]],
  lower: (graph, [x], resize) => [resizeImages(graph, tensorOf(x, 'ops.image.resize'), resize)],
})

/**
 * Images in another size: `resize(images, [224, 224])`, `[batch, rows, columns, channels]` → `[batch, 224, 224, channels]`.
 *
 * @param size `[height, width]` of the result.
 * @see keras/src/ops/image.py
 */
export const resize = operation(
  'image',
  'Resize',
  'images size= {interpolation="bilinear" antialias=false cropToAspectRatio=false padToAspectRatio=false fillMode="constant" fillValue=0 dataFormat=null}',
  (given: Operand, size: Size, options: ResizeOptions = {}): SymbolicTensor => {
    const name = 'ops.image.resize'
    const read = readOptions(name, resizeOptions, options)
    const { interpolation, antialias, cropToAspectRatio, padToAspectRatio, fillValue } = read
    if (!Array.isArray(size) || size.length !== 2)
      return fail(name, { expected: 'size as [height, width]', got: describeValue(size) })
    const [height, width] = size.map((extent: unknown) => checkExtent(name, 'size', extent)) as [
      number,
      number,
    ]
    if (cropToAspectRatio && padToAspectRatio)
      fail(name, { expected: 'cropToAspectRatio or padToAspectRatio', got: 'both' })
    return ofImages(name, given, read, (images) => {
      const image = sizeOfImages(images)
      const partsOf = cropToAspectRatio ? croppedToRatio : padToAspectRatio ? paddedToRatio : whole
      const parts = partsOf(image, [height, width])
      const args = { size: [height, width] as const, interpolation, antialias, fillValue, parts }
      return single(resizes(name, [images.x], args))
    })
  },
  { name: 'ops.image.resize' },
)

/** By Keras's names, those of `resize`. */
const METHODS = {
  linear: 'bilinear',
  bilinear: 'bilinear',
  trilinear: 'bilinear',
  triangle: 'bilinear',
  cubic: 'bicubic',
  bicubic: 'bicubic',
  tricubic: 'bicubic',
  lanczos3: 'lanczos3',
  lanczos5: 'lanczos5',
} as const
type Method = keyof typeof METHODS
const methods = Object.keys(METHODS) as readonly Method[]

export interface ScaleAndTranslateOptions {
  /** Whether pixels that become fewer are averages, `true` by default. */
  readonly antialias?: boolean
  /** What lies between pixels. */
  readonly method: Method
  /** The axes that are scaled and moved. */
  readonly spatialDims: readonly number[]
}

const moveOptions = {
  antialias: flag(true),
  method: required<Method>(oneOf(methods)),
  spatialDims: required<readonly number[]>((where, name, value) => {
    const axes = integersOf(where, name, value) as readonly number[]
    return axes.length > 0 ? axes : fail(where, { expected: `axes in ${name}`, got: 'none' })
  }),
} as const satisfies TableFor<ScaleAndTranslateOptions>

/** Along each axis where entries go. */
interface Moves {
  readonly axes: readonly {
    readonly axis: number
    readonly outputs: number
    readonly scale: number
    readonly translation: number
  }[]
  readonly interpolation: Exclude<Interpolation, 'nearest'>
  readonly antialias: boolean
}

const moved = defineOperation<Moves>({
  name: 'scaleAndTranslate',
  sides,
  outputShapes: ([shape = []], { axes }) => [
    shape.map((extent, k) => axes.find(({ axis }) => axis === k)?.outputs ?? extent),
  ],
  lower: (graph, [x], { axes, interpolation, antialias }) => [
    axes.reduce(
      (value, { axis, ...move }) => {
        const entries = value.shape[axis] ?? 1
        const bands = bandsMoved({ entries, interpolation, antialias, ...move })
        return resampled(graph, value, { axis, bands })
      },
      tensorOf(x, 'ops.image.scaleAndTranslate'),
    ),
  ],
})

/**
 * Images whose entry at `p` goes to `p · scale + translation`, along the axes `spatialDims`, with the middle of the first entry at ½. What
 * comes from outside is 0.
 *
 * @param outputShape The shape of the result; of an open batch null.
 * @param scale A number for each of these axes.
 * @param translation A number for each of these axes.
 * @see keras/src/ops/image.py
 */
export const scaleAndTranslate = operation(
  'image',
  'ScaleAndTranslate',
  'images outputShape scale translation {spatialDims= method= antialias=true}',
  (
    images: Operand,
    outputShape: readonly (number | null)[],
    scale: Operand,
    translation: Operand,
    options: ScaleAndTranslateOptions,
  ): SymbolicTensor => {
    const name = 'ops.image.scaleAndTranslate'
    const { spatialDims, method, antialias } = readOptions(name, moveOptions, options)
    const shape = shapeOfOperand(images, name)
    const dims = spatialDims.map((axis) => axisOf(name, axis, shape.length))
    const extents = integersOf(name, 'outputShape', outputShape, true)
    if (extents.length !== shape.length)
      fail(name, { expected: `outputShape of ${shape.length} extents`, got: showShape(extents) })
    const numbers = (what: string, given: Operand): Float32Array => {
      const { data } = numbersOf(given, name)
      if (data.length !== dims.length)
        fail(name, {
          expected: `${what} of ${dims.length} numbers, one for each of spatialDims`,
          got: `${data.length}`,
        })
      return Float32Array.from(data)
    }
    const [scales, translations] = [numbers('scale', scale), numbers('translation', translation)]
    const axes = dims.map((axis, i) => ({
      axis,
      outputs: checkExtent(name, 'outputShape', extents[axis]),
      scale: checkFinite(name, 'scale', scales[i], { min: 2 ** -20 }),
      translation: checkFinite(name, 'translation', translations[i]),
    }))
    const other = shape.findIndex((extent, k) => !dims.includes(k) && (extents[k] ?? extent) !== extent)
    if (other >= 0 || dims.some((axis) => shape[axis] === null))
      fail(name, {
        expected: `outputShape as ${showShape(shape)} but along spatialDims, whose extents are known`,
        got: showShape(extents),
      })
    return single(moved(name, [images], { axes, interpolation: METHODS[method], antialias }))
  },
  { name: 'ops.image.scaleAndTranslate' },
)
