// Pooling, channels-last: the maximum or mean of windows, or of all positions.
//   1D  [B, T, C] → [B, T', C]        2D  [B, H, W, C] → [B, H', W', C]        3D  [B, D, H, W, C] → [B, D', H', W', C]
//   global [B, C]

import { fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { binary } from '../../ops/elementwise.ts'
import { maskedOutput } from '../../ops/masks.ts'
import { pooling } from '../../ops/pooling.ts'
import { reshape } from '../../ops/view.ts'
import { option, type TableFor } from '../../util/options.ts'
import { lastOf, type OpenShape, sizeOf } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor, type LayerFactory } from '../callable.ts'
import {
  type DataFormatOptions,
  dataFormat,
  inFormat,
  WeightlessSpatialLayer,
} from '../convolutional/dataFormat.ts'
import {
  checkSpace,
  convolvedSpace,
  type Extents,
  type Rank,
  readExtents,
  type SymmetricPaddingOptions,
  symmetricPadding,
} from '../convolutional/spatial.ts'
import type { Window } from '../convolutional/window.ts'
import type { GivenOptions, LayerDefinition } from '../layer.ts'
import type { MaskAxes, MasksOtherAxes } from '../masks.ts'
import { flag, type LayerOptions, layerOptions, nullable } from '../options.ts'
import { pool, poolingWindows } from './pooledWindows.ts'

export interface PoolingOptions extends LayerOptions, SymmetricPaddingOptions, DataFormatOptions {
  /** Distance from one window to the next; `null`, the default, takes the pool size. */
  readonly strides?: Extents | null
}

interface PoolingArguments extends PoolingOptions {
  /** Time steps or pixels of a window, `2` by default: a number for all axes, or one for each. */
  readonly poolSize?: Extents
}

const table = {
  ...layerOptions,
  poolSize: option<Extents>(2, readExtents),
  /** The pool size by default. */
  strides: nullable<Extents>(readExtents),
  padding: symmetricPadding,
  dataFormat,
} as const satisfies TableFor<PoolingArguments>

interface PoolingKind {
  readonly rank: Rank
  readonly mean: boolean
}

/** @internal */
export class PoolingLayer extends WeightlessSpatialLayer<typeof table> {
  readonly #kind: PoolingKind
  /** The windows along the axes of space. */
  readonly #windows: readonly Window[]

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, kind: PoolingKind) {
    super(definition, given)
    this.#kind = kind
    this.#windows = poolingWindows(this, kind.rank, this.config)
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = checkSpace(this, inputs, this.#kind.rank)
    return [
      inFormat(this, [shape[0] ?? null, ...convolvedSpace(this, shape, this.#windows), shape.at(-1) ?? null]),
    ]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    return [pool(graph, x, this.#windows, this.#kind.mean)]
  }
}

export interface GlobalPoolingOptions extends LayerOptions, DataFormatOptions {
  /** Whether the axes that are pooled stay, with an extent of 1; `false` by default. */
  readonly keepdims?: boolean
}

const globalTable = {
  ...layerOptions,
  dataFormat,
  keepdims: flag(false),
} as const satisfies TableFor<GlobalPoolingOptions>

/** @internal */
export class GlobalPoolingLayer extends WeightlessSpatialLayer<typeof globalTable> implements MasksOtherAxes {
  readonly #kind: PoolingKind

  constructor(definition: LayerDefinition<typeof globalTable>, given: GivenOptions, kind: PoolingKind) {
    super(definition, given)
    this.#kind = kind
  }

  /** As Keras's mean over time, in which only valid time steps count. */
  override get takesMask(): boolean {
    return this.#kind.mean && this.#kind.rank === 1
  }

  /** A mask is of batch and time, wherever the channels are. */
  maskedAxes([batch = null, ...space]: OpenShape): OpenShape {
    return this.config.dataFormat === 'channels_first' ? [batch, ...space.slice(1)] : [batch, ...space]
  }

  override outputMasks([axes = 0]: readonly number[]): MaskAxes {
    if (this.takesMask && axes > 0 && axes !== 2)
      fail(this.where, { expected: 'a mask [batch, timesteps]', got: `one of ${axes} axes` })
    return []
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = checkSpace(this, inputs, this.#kind.rank)
    const ones = this.config.keepdims ? Array<number>(this.#kind.rank).fill(1) : []
    return [inFormat(this, [shape[0] ?? null, ...ones, shape.at(-1) ?? null])]
  }

  protected override lower({ graph, inputs: [x], masks: [mask] }: LayerCall<NoWeights>): readonly Value[] {
    const { rank } = this.#kind
    const [batch = 1] = x.shape
    const ones = this.config.keepdims ? Array<number>(rank).fill(1) : []
    const y = this.takesMask && mask ? this.#meanOfValid(graph, x, mask) : this.#pooled(graph, x)
    return [reshape(graph, y, { shape: [batch, ...ones, lastOf(x.shape)] })]
  }

  /** x [batch, ..., channels] pooled to [batch, channels]. */
  #pooled(graph: Graph, x: Value): Value {
    const [batch = 1, ...rest] = x.shape
    const channels = lastOf(rest)
    const all = sizeOf(rest) / channels
    const line = reshape(graph, x, { shape: [batch, all, channels] })
    const { mean } = this.#kind
    const { y } = pooling(graph, { x: line }, { window: [all], strides: [1], padding: [0, 0], mean })
    return reshape(graph, y, { shape: [batch, channels] })
  }

  /** The mean of all time steps, those that are not valid being 0, over the share of valid ones: NaN where, as in Keras, none is. */
  #meanOfValid(graph: Graph, x: Value, mask: Value): Value {
    const mean = this.#pooled(graph, maskedOutput(graph, { x, mask }, {}).y)
    const share = this.#pooled(graph, reshape(graph, mask, { shape: [...mask.shape, 1] }))
    return binary(graph, { a: mean, b: share }, { fn: 'divide' }).y
  }
}

const define = (className: string, kind: PoolingKind): LayerFactory<typeof table> =>
  defineLayer({
    className,
    table,
    positional: ['poolSize'],
    create: (self, given) => new PoolingLayer(self, given, kind),
  })

const defineGlobal = (className: string, kind: PoolingKind): LayerFactory<typeof globalTable> =>
  defineLayer({
    className,
    table: globalTable,
    positional: [],
    create: (self, given) => new GlobalPoolingLayer(self, given, kind),
  })

type Pool = LayerConstructor<
  LayerArguments<[poolSize?: Extents | undefined], PoolingOptions, PoolingArguments>
>
type GlobalPool = LayerConstructor<[options?: GlobalPoolingOptions]>

const max1d = define('MaxPooling1D', { rank: 1, mean: false })
const max2d = define('MaxPooling2D', { rank: 2, mean: false })
const max3d = define('MaxPooling3D', { rank: 3, mean: false })
const average1d = define('AveragePooling1D', { rank: 1, mean: true })
const average2d = define('AveragePooling2D', { rank: 2, mean: true })
const average3d = define('AveragePooling3D', { rank: 3, mean: true })
const globalMax1d = defineGlobal('GlobalMaxPooling1D', { rank: 1, mean: false })
const globalMax2d = defineGlobal('GlobalMaxPooling2D', { rank: 2, mean: false })
const globalMax3d = defineGlobal('GlobalMaxPooling3D', { rank: 3, mean: false })
const globalAverage1d = defineGlobal('GlobalAveragePooling1D', { rank: 1, mean: true })
const globalAverage2d = defineGlobal('GlobalAveragePooling2D', { rank: 2, mean: true })
const globalAverage3d = defineGlobal('GlobalAveragePooling3D', { rank: 3, mean: true })

/**
 * The maximum of windows of time: `[batch, steps, channels]` → `[batch, steps', channels]`.
 *
 * @param poolSize Time steps of a window, 2 by default.
 * @see keras/src/layers/pooling/max_pooling1d.py
 */
export const MaxPooling1D: Pool = max1d.make
export type MaxPooling1D = ReturnType<typeof MaxPooling1D>
/** The maximum of windows of an image; options as {@link MaxPooling1D}'s, a number for both axes or one each. */
export const MaxPooling2D: Pool = max2d.make
export type MaxPooling2D = ReturnType<typeof MaxPooling2D>
/** The maximum of windows of a volume; options as {@link MaxPooling1D}'s, a number for all axes or one each. */
export const MaxPooling3D: Pool = max3d.make
export type MaxPooling3D = ReturnType<typeof MaxPooling3D>
/** The mean of windows of time; options as {@link MaxPooling1D}'s. Padding does not count. */
export const AveragePooling1D: Pool = average1d.make
export type AveragePooling1D = ReturnType<typeof AveragePooling1D>
/** The mean of windows of an image; options as {@link MaxPooling2D}'s. Padding does not count. */
export const AveragePooling2D: Pool = average2d.make
export type AveragePooling2D = ReturnType<typeof AveragePooling2D>
/** The mean of windows of a volume; options as {@link MaxPooling3D}'s. Padding does not count. */
export const AveragePooling3D: Pool = average3d.make
export type AveragePooling3D = ReturnType<typeof AveragePooling3D>
/** The maximum over time: `[batch, steps, channels]` → `[batch, channels]`; with `keepdims` `[batch, 1, channels]`. */
export const GlobalMaxPooling1D: GlobalPool = globalMax1d.make
export type GlobalMaxPooling1D = ReturnType<typeof GlobalMaxPooling1D>
/** The maximum over an image: `[batch, height, width, channels]` → `[batch, channels]`. */
export const GlobalMaxPooling2D: GlobalPool = globalMax2d.make
export type GlobalMaxPooling2D = ReturnType<typeof GlobalMaxPooling2D>
/** The maximum over a volume: `[batch, depth, height, width, channels]` → `[batch, channels]`. */
export const GlobalMaxPooling3D: GlobalPool = globalMax3d.make
export type GlobalMaxPooling3D = ReturnType<typeof GlobalMaxPooling3D>
/**
 * The mean over time: `[batch, steps, channels]` → `[batch, channels]`; with `keepdims` `[batch, 1, channels]`. With a mask it is the
 * mean of the valid time steps, NaN for a sample that has none.
 */
export const GlobalAveragePooling1D: GlobalPool = globalAverage1d.make
export type GlobalAveragePooling1D = ReturnType<typeof GlobalAveragePooling1D>
/** The mean over an image: `[batch, height, width, channels]` → `[batch, channels]`. */
export const GlobalAveragePooling2D: GlobalPool = globalAverage2d.make
export type GlobalAveragePooling2D = ReturnType<typeof GlobalAveragePooling2D>
/** The mean over a volume: `[batch, depth, height, width, channels]` → `[batch, channels]`. */
export const GlobalAveragePooling3D: GlobalPool = globalAverage3d.make
export type GlobalAveragePooling3D = ReturnType<typeof GlobalAveragePooling3D>
