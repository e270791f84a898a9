// A part of images, at a place that is drawn: [B, H, W, C] → [B, height, width, C].

import type { Graph, Value } from '../../../graph/graph.ts'
import { point } from '../../../ops/pointwise.ts'
import { take } from '../../../ops/take.ts'
import type { TableFor } from '../../../util/options.ts'
import type { StepLowering } from '../../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../../callable.ts'
import { factorOfNothing, type SizeArguments, sizeOptions } from './imageLayer.ts'
import {
  type Draw,
  RandomImageLayer,
  type RandomImageOptions,
  randomImageOptions,
} from './randomImageLayer.ts'
import { croppedToRatio, type Part, type Resize, resizeImages, type Size } from './resizedBands.ts'

export interface RandomCropOptions extends RandomImageOptions {}

interface RandomCropArguments extends RandomCropOptions, SizeArguments {}

const table = {
  ...randomImageOptions,
  ...sizeOptions,
  factor: factorOfNothing,
} as const satisfies TableFor<RandomCropArguments>

/** @internal */
export class RandomCropLayer extends RandomImageLayer<typeof table> {
  protected override readonly outputSize: Size = [this.config.height, this.config.width]

  /** One place is drawn for all images of a batch, as in Keras. */
  override mixesSamples(_step: StepLowering, training: boolean): boolean {
    return training
  }

  /** How images of a size become what they are in predictions: the largest part in the middle that has the outputs' ratio. */
  resizeOf(image: Size): Resize {
    return { size: this.outputSize, interpolation: 'bilinear', parts: croppedToRatio(image, this.outputSize) }
  }

  protected override atRest(graph: Graph, x: Value): Value {
    const [, height = 1, width = 1] = x.shape
    return resizeImages(graph, x, this.resizeOf([height, width]))
  }

  protected override change(graph: Graph, x: Value, draw: Draw): Value {
    const { height, width } = this.config
    const [, rows = 1, columns = 1] = x.shape
    if (rows > height && columns > width) {
      const inRows = part(graph, x, { axis: 1, extent: rows, count: height }, draw)
      return part(graph, inRows, { axis: 2, extent: columns, count: width }, draw)
    }
    // As in Keras nothing is drawn then: from where the part in the middle begins, as much as there is of the size, resized to it.
    const [inRows, inColumns] = croppedToRatio([rows, columns], [height, width])
    const from = ({ start }: Part, extent: number, most: number): Part => ({
      start,
      extent: Math.min(most, extent - start),
    })
    const parts = [from(inRows, rows, height), from(inColumns, columns, width)] as const
    return resizeImages(graph, x, { size: [height, width], interpolation: 'bilinear', parts })
  }
}

interface Along {
  readonly axis: number
  /** Entries of the axis. */
  readonly extent: number
  /** How many are kept. */
  readonly count: number
}

/** Neighbours along an axis from a drawn place on. */
function part(graph: Graph, x: Value, { axis, extent, count }: Along, draw: Draw): Value {
  const places = extent - count + 1
  // A product that is rounded up to the end of the range is the last place.
  const first = point(graph, 'minimum', point(graph, 'floor', draw([0, places], [1])), places - 1)
  const offsets = graph.constant(
    Float32Array.from({ length: count }, (_, i) => i),
    [count],
  )
  return take(graph, { x, indices: point(graph, 'add', offsets, first) }, { axis, isAlong: false }).y
}

const definition = defineLayer({
  className: 'RandomCrop',
  table,
  positional: ['height', 'width'],
  create: (self, given) => new RandomCropLayer(self, given),
})

/**
 * In training keeps a part of images, for all of a batch at the same place, which is drawn:
 * `[batch, rows, columns, channels]` → `[batch, height, width, channels]`. In predictions, and of images that are no larger than the part,
 * it takes the largest part in the middle that has the outputs' ratio of sides, and resizes that.
 *
 * @param height Rows of the outputs.
 * @param width Columns of the outputs.
 * @see keras/src/layers/preprocessing/image_preprocessing/random_crop.py
 */
export const RandomCrop: LayerConstructor<
  LayerArguments<[height: number, width: number], RandomCropOptions, RandomCropArguments>
> = definition.make
export type RandomCrop = ReturnType<typeof RandomCrop>
