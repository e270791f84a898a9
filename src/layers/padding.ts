// Zero padding around the spatial axes, and cropping, channels-last.
//   1D  [B, T, C] → [B, before + T + after, C]       2D  [B, H, W, C] → [B, top + H + bottom, left + W + right, C]

import { checkCount, describeValue, fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { pad } from '../ops/pad.ts'
import { option, type TableFor } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import type { LayerCall, NoWeights } from './call.ts'
import { type CallableLayer, defineLayer, type LayerArguments } from './callable.ts'
import {
  axisInFormat,
  type DataFormatOptions,
  dataFormat,
  inFormat,
  WeightlessSpatialLayer,
} from './dataFormat.ts'
import type { LayerTable } from './layer.ts'
import { type LayerOptions, layerOptions } from './options.ts'
import { asImage, checkSpace, fromImage, type Rank } from './spatial.ts'

type Sides = readonly [before: number, after: number]
type ImageSides = readonly [height: Sides, width: Sides]

/** Before and after, or one number for both. */
type GivenSides = number | Sides
/** Of height and width, or one number for all. */
type GivenImageSides = number | readonly [height: GivenSides, width: GivenSides]

function readSides(where: string, name: string, value: unknown): Sides {
  const sides: readonly unknown[] = Array.isArray(value) ? value : [value, value]
  const [before, after, ...more] = sides.map((side) => checkCount(where, name, side))
  if (before !== undefined && after !== undefined && more.length === 0) return [before, after]
  return fail(where, { expected: `${name} as one integer or [before, after]`, got: describeValue(value) })
}

function readImageSides(where: string, name: string, value: unknown): ImageSides {
  const axes: readonly unknown[] = Array.isArray(value) ? value : [value, value]
  if (axes.length === 2) return [readSides(where, name, axes[0]), readSides(where, name, axes[1])]
  return fail(where, {
    expected: `${name} as one integer, [height, width] or [[top, bottom], [left, right]]`,
    got: describeValue(value),
  })
}

const lineSides = (fallback: number) => option<Sides, GivenSides>([fallback, fallback], readSides)
const imageSides = (fallback: number) =>
  option<ImageSides, GivenImageSides>(
    [
      [fallback, fallback],
      [fallback, fallback],
    ],
    readImageSides,
  )

abstract class SidesLayer<Table extends LayerTable> extends WeightlessSpatialLayer<Table> {
  /** Entries added before and after along each spatial axis; cropped where negative. */
  protected abstract get sides(): readonly Sides[]

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = checkSpace(this, inputs, this.sides.length as Rank)
    const space = this.sides.map(([before, after], k) => {
      const extent = shape[k + 1] ?? null
      if (extent !== null && extent + before + after < 1) {
        fail(this.where, {
          expected: `cropping of less than the ${extent} along axis ${axisInFormat(this, k + 1, shape.length)}`,
          got: `${-before} and ${-after} (input ${showShape(inFormat(this, shape))})`,
        })
      }
      return extent && extent + before + after
    })
    return [inFormat(this, [shape[0] ?? null, ...space, shape.at(-1) ?? null])]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    const { sides } = this
    const rank = sides.length as Rank
    const [[left, right] = [0, 0], [top, bottom] = [0, 0]] = [sides.at(-1), sides.at(-2)]
    const { y } = pad(graph, { x: asImage(graph, x, rank) }, { padding: [top, bottom, left, right] })
    return [fromImage(graph, y, rank)]
  }
}

const negative = ([before, after]: Sides): Sides => [-before, -after]

export interface ZeroPaddingOptions extends LayerOptions, DataFormatOptions {}

interface ZeroPadding1DArguments extends ZeroPaddingOptions {
  /** Zeros before the first time step and after the last, `1` each by default. */
  readonly padding?: GivenSides
}

interface ZeroPadding2DArguments extends ZeroPaddingOptions {
  /** Zeros around images, `1` on each side by default: `[[top, bottom], [left, right]]`, `[height, width]`, or one number. */
  readonly padding?: GivenImageSides
}

interface Cropping1DArguments extends LayerOptions {
  /** Time steps that are cut off at the start and at the end, `1` each by default. */
  readonly cropping?: GivenSides
}

interface Cropping2DArguments extends ZeroPaddingOptions {
  /** Rows and columns that are cut off at the edges, `0` by default: `[[top, bottom], [left, right]]`, `[height, width]`, or one number. */
  readonly cropping?: GivenImageSides
}

const padding1dTable = {
  ...layerOptions,
  padding: lineSides(1),
  dataFormat,
} as const satisfies TableFor<ZeroPadding1DArguments>
const padding2dTable = {
  ...layerOptions,
  padding: imageSides(1),
  dataFormat,
} as const satisfies TableFor<ZeroPadding2DArguments>
const cropping1dTable = {
  ...layerOptions,
  cropping: lineSides(1),
} as const satisfies TableFor<Cropping1DArguments>
const cropping2dTable = {
  ...layerOptions,
  cropping: imageSides(0),
  dataFormat,
} as const satisfies TableFor<Cropping2DArguments>

export class ZeroPadding1DLayer extends SidesLayer<typeof padding1dTable> {
  protected override get sides(): readonly Sides[] {
    return [this.config.padding]
  }
}

export class ZeroPadding2DLayer extends SidesLayer<typeof padding2dTable> {
  protected override get sides(): readonly Sides[] {
    return this.config.padding
  }
}

export class Cropping1DLayer extends SidesLayer<typeof cropping1dTable> {
  protected override get sides(): readonly Sides[] {
    return [negative(this.config.cropping)]
  }
}

export class Cropping2DLayer extends SidesLayer<typeof cropping2dTable> {
  protected override get sides(): readonly Sides[] {
    return this.config.cropping.map(negative)
  }
}

const padding1d = defineLayer({
  className: 'ZeroPadding1D',
  table: padding1dTable,
  positional: ['padding'],
  create: (self, given) => new ZeroPadding1DLayer(self, given),
})

const padding2d = defineLayer({
  className: 'ZeroPadding2D',
  table: padding2dTable,
  positional: ['padding'],
  create: (self, given) => new ZeroPadding2DLayer(self, given),
})

const cropping1d = defineLayer({
  className: 'Cropping1D',
  table: cropping1dTable,
  positional: ['cropping'],
  create: (self, given) => new Cropping1DLayer(self, given),
})

const cropping2d = defineLayer({
  className: 'Cropping2D',
  table: cropping2dTable,
  positional: ['cropping'],
  create: (self, given) => new Cropping2DLayer(self, given),
})

/**
 * Puts zeros before the first time step and after the last: `[batch, steps, channels]` → `[batch, steps', channels]`.
 *
 * @param padding How many, before and after; one number for both, 1 by default.
 * @see keras/src/layers/reshaping/zero_padding1d.py
 */
export const ZeroPadding1D = (
  ...args: LayerArguments<[padding?: GivenSides | undefined], ZeroPaddingOptions, ZeroPadding1DArguments>
): CallableLayer => padding1d.make(...args)

/**
 * Puts zeros around images: `[batch, height, width, channels]` → `[batch, height', width', channels]`.
 *
 * @param padding How many: `[[top, bottom], [left, right]]`, `[height, width]`, or one number for all, 1 by default.
 * @see keras/src/layers/reshaping/zero_padding2d.py
 */
export const ZeroPadding2D = (
  ...args: LayerArguments<[padding?: GivenImageSides | undefined], ZeroPaddingOptions, ZeroPadding2DArguments>
): CallableLayer => padding2d.make(...args)

/**
 * Cuts off the first and the last time steps: `[batch, steps, channels]` → `[batch, steps', channels]`.
 *
 * @param cropping How many, of the first and of the last; one number for both, 1 by default.
 * @see keras/src/layers/reshaping/cropping1d.py
 */
export const Cropping1D = (
  ...args: LayerArguments<[cropping?: GivenSides | undefined], LayerOptions, Cropping1DArguments>
): CallableLayer => cropping1d.make(...args)

/**
 * Cuts off the edges of images: `[batch, height, width, channels]` → `[batch, height', width', channels]`.
 *
 * @param cropping How many: `[[top, bottom], [left, right]]`, `[height, width]`, or one number for all, 0 by default.
 * @see keras/src/layers/reshaping/cropping2d.py
 */
export const Cropping2D = (
  ...args: LayerArguments<[cropping?: GivenImageSides | undefined], ZeroPaddingOptions, Cropping2DArguments>
): CallableLayer => cropping2d.make(...args)
