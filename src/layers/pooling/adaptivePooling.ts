// Pooling to a given extent, whatever that of the input: the maximum or mean of as many windows.
//   1D  [B, T, C] → [B, size, C]        2D  [B, H, W, C] → [B, size, size, C]        3D  [B, D, H, W, C] likewise

import type { Value } from '../../graph/graph.ts'
import { adaptivePooling } from '../../ops/adaptivePooling.ts'
import { required, type TableFor } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor, type LayerFactory } from '../callable.ts'
import {
  type DataFormatOptions,
  dataFormat,
  inFormat,
  WeightlessSpatialLayer,
} from '../convolutional/dataFormat.ts'
import { checkSpace, type Extents, perAxis, type Rank, readExtents } from '../convolutional/spatial.ts'
import type { GivenOptions, LayerDefinition } from '../layer.ts'
import { type LayerOptions, layerOptions } from '../options.ts'

export interface AdaptivePoolingOptions extends LayerOptions, DataFormatOptions {}

interface AdaptivePoolingArguments extends AdaptivePoolingOptions {
  /** Steps or pixels of the output: a number for all axes, or one for each. */
  readonly outputSize: Extents
}

const table = {
  ...layerOptions,
  outputSize: required<Extents>(readExtents),
  dataFormat,
} as const satisfies TableFor<AdaptivePoolingArguments>

/** @internal */
export class AdaptivePoolingLayer extends WeightlessSpatialLayer<typeof table> {
  readonly #rank: Rank
  readonly #mean: boolean
  readonly #size: readonly number[]

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, rank: Rank, mean: boolean) {
    super(definition, given)
    this.#rank = rank
    this.#mean = mean
    this.#size = perAxis(this, rank, 'outputSize', this.config.outputSize)
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = checkSpace(this, inputs, this.#rank)
    return [inFormat(this, [shape[0] ?? null, ...this.#size, shape.at(-1) ?? null])]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    return [adaptivePooling(graph, x, this.#size, this.#mean)]
  }
}

const define = (className: string, rank: Rank, mean: boolean): LayerFactory<typeof table> =>
  defineLayer({
    className,
    table,
    positional: ['outputSize'],
    create: (self, given) => new AdaptivePoolingLayer(self, given, rank, mean),
  })

type AdaptivePool = LayerConstructor<
  LayerArguments<[outputSize: Extents], AdaptivePoolingOptions, AdaptivePoolingArguments>
>

const average1d = define('AdaptiveAveragePooling1D', 1, true)
const average2d = define('AdaptiveAveragePooling2D', 2, true)
const average3d = define('AdaptiveAveragePooling3D', 3, true)
const max1d = define('AdaptiveMaxPooling1D', 1, false)
const max2d = define('AdaptiveMaxPooling2D', 2, false)
const max3d = define('AdaptiveMaxPooling3D', 3, false)

/**
 * The means of `outputSize` windows that cover time: `[batch, steps, channels]` → `[batch, outputSize, channels]`, for any number of
 * steps. Window i begins at step ⌊i·steps/outputSize⌋ and ends before ⌈(i + 1)·steps/outputSize⌉.
 *
 * @param outputSize Steps of the output.
 * @see keras/src/layers/pooling/adaptive_average_pooling1d.py
 */
export const AdaptiveAveragePooling1D: AdaptivePool = average1d.make
export type AdaptiveAveragePooling1D = ReturnType<typeof AdaptiveAveragePooling1D>
/** The means of windows that cover an image; as {@link AdaptiveAveragePooling1D}, with a number for both axes or one each. */
export const AdaptiveAveragePooling2D: AdaptivePool = average2d.make
export type AdaptiveAveragePooling2D = ReturnType<typeof AdaptiveAveragePooling2D>
/** The means of windows that cover a volume; as {@link AdaptiveAveragePooling1D}, with a number for all axes or one each. */
export const AdaptiveAveragePooling3D: AdaptivePool = average3d.make
export type AdaptiveAveragePooling3D = ReturnType<typeof AdaptiveAveragePooling3D>
/** The maxima of windows that cover time; the windows are {@link AdaptiveAveragePooling1D}'s. */
export const AdaptiveMaxPooling1D: AdaptivePool = max1d.make
export type AdaptiveMaxPooling1D = ReturnType<typeof AdaptiveMaxPooling1D>
/** The maxima of windows that cover an image; the windows are {@link AdaptiveAveragePooling2D}'s. */
export const AdaptiveMaxPooling2D: AdaptivePool = max2d.make
export type AdaptiveMaxPooling2D = ReturnType<typeof AdaptiveMaxPooling2D>
/** The maxima of windows that cover a volume; the windows are {@link AdaptiveAveragePooling3D}'s. */
export const AdaptiveMaxPooling3D: AdaptivePool = max3d.make
export type AdaptiveMaxPooling3D = ReturnType<typeof AdaptiveMaxPooling3D>
