// Repeats entries along the spatial axes, channels-last.
//   1D  [B, T, C] → [B, T·size, C]       2D  [B, H, W, C] → [B, H·size, W·size, C]

import { checkExtent, describeValue, fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { upsample } from '../ops/upsample.ts'
import { option, type TableFor } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import type { LayerCall, NoWeights } from './call.ts'
import { type CallableLayer, defineLayer, type LayerArguments } from './callable.ts'
import { type DataFormatOptions, dataFormat, inFormat, WeightlessSpatialLayer } from './dataFormat.ts'
import type { LayerTable } from './layer.ts'
import { type LayerOptions, layerOptions } from './options.ts'
import { asImage, checkSpace, type Extents, fromImage, perAxis, type Rank, readExtents } from './spatial.ts'

abstract class UpSamplingLayer<Table extends LayerTable> extends WeightlessSpatialLayer<Table> {
  /** How often entries are repeated along each spatial axis. */
  protected abstract get factors(): readonly number[]

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const { factors } = this
    const shape = checkSpace(this, inputs, factors.length as Rank)
    const space = factors.map((factor, k) => (shape[k + 1] ?? null) && factor * (shape[k + 1] ?? 1))
    return [inFormat(this, [shape[0] ?? null, ...space, shape.at(-1) ?? null])]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    const { factors } = this
    const rank = factors.length as Rank
    const [height, width] = [factors.at(-2) ?? 1, factors.at(-1) ?? 1]
    const { y } = upsample(graph, { x: asImage(graph, x, rank) }, { factors: [height, width] })
    return [fromImage(graph, y, rank)]
  }
}

interface UpSampling1DArguments extends LayerOptions {
  /** How often a time step is repeated, `2` by default. */
  readonly size?: number
}

const lineTable = {
  ...layerOptions,
  size: option(2, checkExtent),
} as const satisfies TableFor<UpSampling1DArguments>

export interface UpSampling2DOptions extends LayerOptions, DataFormatOptions {
  /** How pixels are filled in: `'nearest'`, the default and the only one supported yet. */
  readonly interpolation?: 'nearest'
}

interface UpSampling2DArguments extends UpSampling2DOptions {
  /** How often rows and columns are repeated, `2` by default: a number for both, or one for each. */
  readonly size?: Extents
}

const imageTable = {
  ...layerOptions,
  size: option<Extents>(2, readExtents),
  dataFormat,
  interpolation: option<'nearest'>('nearest', (where, name, value) =>
    value === 'nearest'
      ? value
      : fail(where, {
          expected: `${name} 'nearest' (no other is supported yet)`,
          got: describeValue(value),
        }),
  ),
} as const satisfies TableFor<UpSampling2DArguments>

export class UpSampling1DLayer extends UpSamplingLayer<typeof lineTable> {
  protected override get factors(): readonly number[] {
    return [this.config.size]
  }
}

export class UpSampling2DLayer extends UpSamplingLayer<typeof imageTable> {
  protected override readonly factors = perAxis(this, 2, 'size', this.config.size)
}

const line = defineLayer({
  className: 'UpSampling1D',
  table: lineTable,
  positional: ['size'],
  create: (self, given) => new UpSampling1DLayer(self, given),
})

const image = defineLayer({
  className: 'UpSampling2D',
  table: imageTable,
  positional: ['size'],
  create: (self, given) => new UpSampling2DLayer(self, given),
})

/**
 * Repeats every time step: `[batch, steps, channels]` → `[batch, steps·size, channels]`.
 *
 * @param size How often, 2 by default.
 * @see keras/src/layers/reshaping/up_sampling1d.py
 */
export const UpSampling1D = (
  ...args: LayerArguments<[size?: number | undefined], LayerOptions, UpSampling1DArguments>
): CallableLayer => line.make(...args)

/**
 * Repeats rows and columns of images: `[batch, height, width, channels]` → `[batch, height·size, width·size, channels]`.
 *
 * @param size How often, for height and width; one number for both, 2 by default.
 * @see keras/src/layers/reshaping/up_sampling2d.py
 */
export const UpSampling2D = (
  ...args: LayerArguments<[size?: Extents | undefined], UpSampling2DOptions, UpSampling2DArguments>
): CallableLayer => image.make(...args)
