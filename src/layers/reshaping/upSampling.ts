// Repeats entries along the spatial axes, or joins them by lines or curves, channels-last.
//   1D  [B, T, C] → [B, T·size, C]       2D  [B, H, W, C] → [B, H·size, W·size, C]       3D  [B, D, H, W, C] likewise

import { checkExtent } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import type { Bands } from '../../ops/resample.ts'
import { upsample } from '../../ops/upsample.ts'
import { oneOf, option, type TableFor } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import {
  type DataFormatOptions,
  dataFormat,
  inFormat,
  WeightlessSpatialLayer,
} from '../convolutional/dataFormat.ts'
import { checkSpace, type Extents, perAxis, type Rank, readExtents } from '../convolutional/spatial.ts'
import type { LayerTable } from '../layer.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import { bandsOf, INTERPOLATIONS, type Interpolation, resample } from './resampling.ts'

abstract class UpSamplingLayer<Table extends LayerTable> extends WeightlessSpatialLayer<Table> {
  /** How often entries are repeated along each spatial axis. */
  protected abstract get factors(): readonly number[]
  /** Whether lines join entries, which are repeated otherwise. */
  protected readonly linear: boolean = false

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const { factors } = this
    const shape = checkSpace(this, inputs, factors.length as Rank)
    const space = factors.map((factor, k) => (shape[k + 1] ?? null) && factor * (shape[k + 1] ?? 1))
    return [inFormat(this, [shape[0] ?? null, ...space, shape.at(-1) ?? null])]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    return [upsample(graph, { x }, { factors: this.factors, linear: this.linear }).y]
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
  /**
   * How pixels are filled in: `'nearest'`, the default, repeats them; `'bilinear'` joins them by lines, `'bicubic'`, `'lanczos3'` and
   * `'lanczos5'` by curves through 4, 6 and 10 pixels along each axis.
   */
  readonly interpolation?: Interpolation
}

interface UpSampling2DArguments extends UpSampling2DOptions {
  /** How often rows and columns are repeated, `2` by default: a number for both, or one for each. */
  readonly size?: Extents
}

const imageTable = {
  ...layerOptions,
  size: option<Extents>(2, readExtents),
  dataFormat,
  interpolation: option<Interpolation>('nearest', oneOf(INTERPOLATIONS)),
} as const satisfies TableFor<UpSampling2DArguments>

interface UpSampling3DOptions extends LayerOptions, DataFormatOptions {}

interface UpSampling3DArguments extends UpSampling3DOptions {
  /** How often slices, rows and columns are repeated, `2` by default: a number for all, or one for each. */
  readonly size?: Extents
}

const volumeTable = {
  ...layerOptions,
  size: option<Extents>(2, readExtents),
  dataFormat,
} as const satisfies TableFor<UpSampling3DArguments>

/** @internal */
export class UpSampling1DLayer extends UpSamplingLayer<typeof lineTable> {
  protected override get factors(): readonly number[] {
    return [this.config.size]
  }
}

/** @internal */
export class UpSampling2DLayer extends UpSamplingLayer<typeof imageTable> {
  protected override readonly factors = perAxis(this, 2, 'size', this.config.size)
  protected override readonly linear = this.config.interpolation === 'bilinear'

  protected override lower(call: LayerCall<NoWeights>): readonly Value[] {
    const { graph, inputs } = call
    const { interpolation } = this.config
    if (interpolation === 'nearest' || interpolation === 'bilinear') return super.lower(call)
    const [, height = 1, width = 1] = inputs[0].shape
    const [down = 1, across = 1] = this.factors
    const along = (entries: number, factor: number): Bands =>
      bandsOf({ entries, outputs: entries * factor, interpolation })
    return [resample(graph, inputs[0], [along(height, down), along(width, across)])]
  }
}

/** @internal */
export class UpSampling3DLayer extends UpSamplingLayer<typeof volumeTable> {
  protected override readonly factors = perAxis(this, 3, 'size', this.config.size)
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

const volume = defineLayer({
  className: 'UpSampling3D',
  table: volumeTable,
  positional: ['size'],
  create: (self, given) => new UpSampling3DLayer(self, given),
})

/**
 * Repeats every time step: `[batch, steps, channels]` → `[batch, steps·size, channels]`.
 *
 * @param size How often, 2 by default.
 * @see keras/src/layers/reshaping/up_sampling1d.py
 */
export const UpSampling1D: LayerConstructor<
  LayerArguments<[size?: number | undefined], LayerOptions, UpSampling1DArguments>
> = line.make
export type UpSampling1D = ReturnType<typeof UpSampling1D>

/**
 * Repeats rows and columns of images, or fills in what lies between them: `[batch, height, width, channels]` → `[batch, height·size, width·size, channels]`.
 *
 * @param size How often, for height and width; one number for both, 2 by default.
 * @see keras/src/layers/reshaping/up_sampling2d.py
 */
export const UpSampling2D: LayerConstructor<
  LayerArguments<[size?: Extents | undefined], UpSampling2DOptions, UpSampling2DArguments>
> = image.make
export type UpSampling2D = ReturnType<typeof UpSampling2D>

/**
 * Repeats slices, rows and columns of volumes: `[batch, depth, height, width, channels]` →
 * `[batch, depth·size, height·size, width·size, channels]`.
 *
 * @param size How often, for depth, height and width; one number for all, 2 by default.
 * @see keras/src/layers/reshaping/up_sampling3d.py
 */
export const UpSampling3D: LayerConstructor<
  LayerArguments<[size?: Extents | undefined], UpSampling3DOptions, UpSampling3DArguments>
> = volume.make
export type UpSampling3D = ReturnType<typeof UpSampling3D>
