// Images in another size: [B, H, W, C] → [B, height, width, C].

import { checkFinite, fail } from '../../../errors.ts'
import type { Value } from '../../../graph/graph.ts'
import { flag, oneOf, option, type TableFor } from '../../../util/options.ts'
import type { LayerCall, NoWeights } from '../../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../../callable.ts'
import { INTERPOLATIONS, type Interpolation } from '../../reshaping/resampling.ts'
import {
  factorOfNothing,
  ImageLayer,
  type ImageOptions,
  imageOptions,
  type SizeArguments,
  sizeOptions,
} from './imageLayer.ts'
import { croppedToRatio, paddedToRatio, type Resize, resizeImages, type Size, whole } from './resizedBands.ts'

export interface ResizingOptions extends ImageOptions {
  /**
   * What lies between pixels: `'bilinear'`, the default, lines; `'bicubic'`, `'lanczos3'` and `'lanczos5'` curves through 4, 6 and 10 of
   * them; `'nearest'` takes the nearest one.
   */
  readonly interpolation?: Interpolation
  /** Whether the largest part in the middle that has the sides' ratio of the outputs is taken, `false` by default. */
  readonly cropToAspectRatio?: boolean
  /** Whether images are padded on two sides to the sides' ratio of the outputs, `false` by default. */
  readonly padToAspectRatio?: boolean
  /** How images are padded: `'constant'`, the default, with `fillValue`. */
  readonly fillMode?: 'constant'
  /** The number that images are padded with, `0` by default. */
  readonly fillValue?: number
  /** Whether pixels of a smaller image are averages over all that lie in each, `false` by default. `'nearest'` has none. */
  readonly antialias?: boolean
}

interface ResizingArguments extends ResizingOptions, SizeArguments {}

const table = {
  ...imageOptions,
  ...sizeOptions,
  interpolation: option<Interpolation>('bilinear', oneOf(INTERPOLATIONS)),
  cropToAspectRatio: flag(false),
  padToAspectRatio: flag(false),
  fillMode: option<'constant'>('constant', oneOf(['constant'])),
  fillValue: option(0, checkFinite),
  antialias: flag(false),
  factor: factorOfNothing,
} as const satisfies TableFor<ResizingArguments>

/** @internal */
export class ResizingLayer extends ImageLayer<typeof table> {
  protected override readonly outputSize: Size = [this.config.height, this.config.width]

  /** How images of a size become the outputs. */
  resizeOf(image: Size): Resize {
    const { cropToAspectRatio, padToAspectRatio, interpolation, antialias, fillValue } = this.config
    const size = this.outputSize
    const parts = cropToAspectRatio
      ? croppedToRatio(image, size)
      : padToAspectRatio
        ? paddedToRatio(image, size)
        : whole(image)
    return { size, interpolation, antialias, fillValue, parts }
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    const [, height = 1, width = 1] = x.shape
    return [resizeImages(graph, x, this.resizeOf([height, width]))]
  }
}

const definition = defineLayer({
  className: 'Resizing',
  table,
  positional: ['height', 'width', 'interpolation'],
  create(self, given) {
    const layer = new ResizingLayer(self, given)
    const { cropToAspectRatio, padToAspectRatio } = layer.config
    if (cropToAspectRatio && padToAspectRatio)
      fail(layer.where, { expected: 'cropToAspectRatio or padToAspectRatio', got: 'both' })
    return layer
  },
})

/**
 * Resizes images, in training and in predictions: `[batch, rows, columns, channels]` → `[batch, height, width, channels]`.
 *
 * @param height Rows of the outputs.
 * @param width Columns of the outputs.
 * @param interpolation What lies between pixels, `'bilinear'` by default.
 * @see keras/src/layers/preprocessing/image_preprocessing/resizing.py
 */
export const Resizing: LayerConstructor<
  | LayerArguments<[height: number, width: number], ResizingOptions, ResizingArguments>
  | readonly [height: number, width: number, interpolation: Interpolation, options?: ResizingOptions]
> = definition.make
export type Resizing = ReturnType<typeof Resizing>
