// The middle of images: [B, H, W, C] → [B, height, width, C].

import type { Value } from '../../../graph/graph.ts'
import { strided } from '../../../ops/strided.ts'
import type { TableFor } from '../../../util/options.ts'
import type { LayerCall, NoWeights } from '../../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../../callable.ts'
import {
  factorOfNothing,
  ImageLayer,
  type ImageOptions,
  imageOptions,
  type SizeArguments,
  sizeOptions,
} from './imageLayer.ts'
import { croppedToRatio, type Resize, resizeImages, type Size } from './resizedBands.ts'

export interface CenterCropOptions extends ImageOptions {}

interface CenterCropArguments extends CenterCropOptions, SizeArguments {}

const table = {
  ...imageOptions,
  ...sizeOptions,
  factor: factorOfNothing,
} as const satisfies TableFor<CenterCropArguments>

/** How images become the largest part in their middle that has the ratio of a size, in that size. */
export const resizedMiddle = (image: Size, size: Size): Resize => ({
  size,
  interpolation: 'bilinear',
  parts: croppedToRatio(image, size),
})

/** @internal */
export class CenterCropLayer extends ImageLayer<typeof table> {
  protected override readonly outputSize: Size = [this.config.height, this.config.width]

  /** The first row and column of what is kept of images of a size; null where one of their sides is too short. */
  startOf(image: Size): Size | null {
    const [top, left] = [image[0] - this.config.height, image[1] - this.config.width]
    return top < 0 || left < 0 ? null : [Math.floor(top / 2), Math.floor(left / 2)]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    const [, height = 1, width = 1] = x.shape
    const start = this.startOf([height, width])
    if (!start) return [resizeImages(graph, x, resizedMiddle([height, width], this.outputSize))]
    const counts = [null, ...this.outputSize, null]
    const axes = x.shape.map((extent, axis) => ({
      count: counts[axis] ?? extent,
      start: [0, ...start][axis] ?? 0,
      step: 1,
      spacing: 1,
    }))
    return [strided(graph, { x }, { axes }).y]
  }
}

const definition = defineLayer({
  className: 'CenterCrop',
  table,
  positional: ['height', 'width'],
  create: (self, given) => new CenterCropLayer(self, given),
})

/**
 * Keeps the middle of images, in training and in predictions: `[batch, rows, columns, channels]` → `[batch, height, width, channels]`. Of
 * images with a shorter side it takes the largest part in the middle that has the outputs' ratio of sides, and resizes that.
 *
 * @param height Rows of the outputs.
 * @param width Columns of the outputs.
 * @see keras/src/layers/preprocessing/image_preprocessing/center_crop.py
 */
export const CenterCrop: LayerConstructor<
  LayerArguments<[height: number, width: number], CenterCropOptions, CenterCropArguments>
> = definition.make
export type CenterCrop = ReturnType<typeof CenterCrop>
