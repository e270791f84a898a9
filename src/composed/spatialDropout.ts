// Dropout of whole channels (Tompson et al. 2015): one draw serves all places of a channel, since neighbours in time or space are
// alike and would make up for each other.

import { fail } from '../errors.ts'
import {
  type CallableLayer,
  defineLayer,
  type LayerArguments,
  type LayerConstructor,
} from '../layers/callable.ts'
import { type DataFormatOptions, dataFormat } from '../layers/convolutional/dataFormat.ts'
import type { GivenOptions, LayerDefinition } from '../layers/layer.ts'
import { type LayerOptions, layerOptions, readShare, seed } from '../layers/options.ts'
import { Dropout } from '../layers/regularization/dropout.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { required, type TableFor } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { ComposedLayer } from './composedLayer.ts'

export interface SpatialDropout1DOptions extends LayerOptions {
  /** Fixes the draws; `null`, the default, takes the next seed of `setSeed`. */
  readonly seed?: number | null
}

export interface SpatialDropoutOptions extends SpatialDropout1DOptions, DataFormatOptions {}

interface Rate {
  /** The share of the channels to drop, from 0 to 1. */
  readonly rate: number
}

const seriesTable = {
  ...layerOptions,
  rate: required(readShare),
  seed,
} as const satisfies TableFor<SpatialDropout1DOptions & Rate>

const imageTable = { ...seriesTable, dataFormat } as const satisfies TableFor<SpatialDropoutOptions & Rate>

/** @internal */
export class SpatialDropoutLayer<
  Table extends typeof seriesTable | typeof imageTable,
> extends ComposedLayer<Table> {
  readonly dropout: CallableLayer
  readonly #rank: number

  constructor(given: GivenOptions, definition: LayerDefinition<Table>, space: number) {
    super(given, definition)
    this.#rank = space + 2
    const { rate, seed } = this.config
    const ones = Array<number>(space).fill(1)
    const isFirst = Reflect.get(this.config, 'dataFormat') === 'channels_first'
    const noiseShape = isFirst ? [null, null, ...ones] : [null, ...ones, null]
    this.dropout = Dropout(rate, { noiseShape, seed, name: 'dropout', dtype: this.dtypePolicy })
  }

  protected override checkInput(input: OpenShape): void {
    if (input.length === this.#rank) return
    fail(this.where, { expected: `an input of ${this.#rank} axes`, got: showShape(input) })
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return this.dropout(x)
  }

  /** Keras's class has no option `trainable`, and refuses a config that does. */
  override getConfig(): Record<string, unknown> {
    const { trainable: _, ...config } = super.getConfig()
    return config
  }

  override get storedConfig(): Record<string, unknown> {
    return this.getConfig()
  }
}

const series = defineLayer({
  className: 'SpatialDropout1D',
  table: seriesTable,
  positional: ['rate'],
  create: (self, given) => new SpatialDropoutLayer(given, self, 1),
})

/**
 * In training drops a share of the features, each for all time steps; changes nothing otherwise. `[batch, timesteps, features]`.
 *
 * @param rate The share, from 0 to 1.
 * @see keras/src/layers/regularization/spatial_dropout.py
 */
export const SpatialDropout1D: LayerConstructor<
  LayerArguments<[rate: number], SpatialDropout1DOptions, SpatialDropout1DOptions & Rate>
> = series.make
export type SpatialDropout1D = ReturnType<typeof SpatialDropout1D>

const image = defineLayer({
  className: 'SpatialDropout2D',
  table: imageTable,
  positional: ['rate'],
  create: (self, given) => new SpatialDropoutLayer(given, self, 2),
})

/**
 * In training drops a share of the channels, each for all of an image; changes nothing otherwise. `[batch, rows, columns, channels]`.
 *
 * @param rate The share, from 0 to 1.
 * @see keras/src/layers/regularization/spatial_dropout.py
 */
export const SpatialDropout2D: LayerConstructor<
  LayerArguments<[rate: number], SpatialDropoutOptions, SpatialDropoutOptions & Rate>
> = image.make
export type SpatialDropout2D = ReturnType<typeof SpatialDropout2D>

const volume = defineLayer({
  className: 'SpatialDropout3D',
  table: imageTable,
  positional: ['rate'],
  create: (self, given) => new SpatialDropoutLayer(given, self, 3),
})

/**
 * In training drops a share of the channels, each for all of a volume; changes nothing otherwise.
 * `[batch, planes, rows, columns, channels]`.
 *
 * @param rate The share, from 0 to 1.
 * @see keras/src/layers/regularization/spatial_dropout.py
 */
export const SpatialDropout3D: LayerConstructor<
  LayerArguments<[rate: number], SpatialDropoutOptions, SpatialDropoutOptions & Rate>
> = volume.make
export type SpatialDropout3D = ReturnType<typeof SpatialDropout3D>
