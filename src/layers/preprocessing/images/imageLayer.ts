// What layers of images share: x [B, H, W, C], channels-last or in the layer's format.

import { checkExtent } from '../../../errors.ts'
import { required, type TableFor } from '../../../util/options.ts'
import type { OpenShape } from '../../../util/shape.ts'
import {
  type DataFormatOptions,
  dataFormat,
  inFormat,
  WeightlessSpatialLayer,
} from '../../convolutional/dataFormat.ts'
import { checkSpace } from '../../convolutional/spatial.ts'
import type { LayerTable } from '../../layer.ts'
import { absent, type LayerOptions, layerOptions } from '../../options.ts'

export interface ImageOptions extends LayerOptions, DataFormatOptions {}

/** Options of every layer of images. Those of boxes go with inputs of images and boxes. */
export const imageOptions = {
  ...layerOptions,
  dataFormat,
  boundingBoxFormat: absent,
} as const satisfies TableFor<ImageOptions>

/** An option that all of Keras's classes of these layers take, and those without an amount of change refuse or leave alone. */
export const factorOfNothing = absent

export interface SizeArguments {
  /** Rows of the outputs. */
  readonly height: number
  /** Columns of the outputs. */
  readonly width: number
}

/** The size of outputs. */
export const sizeOptions = {
  height: required(checkExtent),
  width: required(checkExtent),
} as const satisfies TableFor<SizeArguments>

/** @internal A layer of images, whose outputs have their inputs' shape unless it has a size. */
export abstract class ImageLayer<Table extends LayerTable> extends WeightlessSpatialLayer<Table> {
  /** Rows and columns of the outputs; null for those of the inputs. */
  protected readonly outputSize: readonly [height: number, width: number] | null = null

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [batch = null, height = null, width = null, channels = null] = checkSpace(this, inputs, 2)
    return [inFormat(this, [batch, ...(this.outputSize ?? [height, width]), channels])]
  }
}
