// Zero padding around the spatial axes, and cropping, channels-last.
//   1D  [B, T, C] → [B, before + T + after, C]       2D  [B, H, W, C] → [B, top + H + bottom, left + W + right, C]
//   3D  [B, D, H, W, C] → [B, front + D + back, top + H + bottom, left + W + right, C]

import { checkCount, describeValue, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { strided } from '../../ops/strided.ts'
import { option, type TableFor } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import {
  axisInFormat,
  type DataFormatOptions,
  dataFormat,
  inFormat,
  WeightlessSpatialLayer,
} from '../convolutional/dataFormat.ts'
import { checkSpace, type Rank, type Sides } from '../convolutional/spatial.ts'
import type { LayerTable } from '../layer.ts'
import { type LayerOptions, layerOptions } from '../options.ts'

/** Before and after, or one number for both. */
type GivenSides = number | Sides
/** Of height and width, or one number for all. */
type GivenImageSides = number | readonly [height: GivenSides, width: GivenSides]
/** Of depth, height and width, or one number for all. */
type GivenVolumeSides = number | readonly [depth: GivenSides, height: GivenSides, width: GivenSides]

function readSides(where: string, name: string, value: unknown): Sides {
  const sides: readonly unknown[] = Array.isArray(value) ? value : [value, value]
  const [before, after, ...more] = sides.map((side) => checkCount(where, name, side))
  if (before !== undefined && after !== undefined && more.length === 0) return [before, after]
  return fail(where, { expected: `${name} as one integer or [before, after]`, got: describeValue(value) })
}

const EXPECTED = {
  2: '[height, width] or [[top, bottom], [left, right]]',
  3: '[depth, height, width] or [[front, back], [top, bottom], [left, right]]',
} as const

/** Sides along two axes or three. */
const spaceSides = <Given>(rank: 2 | 3, fallback: number) =>
  option<readonly Sides[], Given>(Array<Sides>(rank).fill([fallback, fallback]), (where, name, value) => {
    const axes: readonly unknown[] = Array.isArray(value) ? value : Array<unknown>(rank).fill(value)
    if (axes.length === rank) return axes.map((sides) => readSides(where, name, sides))
    return fail(where, {
      expected: `${name} as one integer, ${EXPECTED[rank]}`,
      got: describeValue(value),
    })
  })

const lineSides = (fallback: number) => option<Sides, GivenSides>([fallback, fallback], readSides)
const imageSides = (fallback: number) => spaceSides<GivenImageSides>(2, fallback)
const volumeSides = (fallback: number) => spaceSides<GivenVolumeSides>(3, fallback)

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
    const axes = [[0, 0], ...this.sides, [0, 0]].map(([before = 0, after = 0], axis) => ({
      count: before + (x.shape[axis] ?? 1) + after,
      start: -before,
      step: 1,
      spacing: 1,
    }))
    return [strided(graph, { x }, { axes }).y]
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

interface ZeroPadding3DArguments extends ZeroPaddingOptions {
  /**
   * Zeros around volumes, `1` on each side by default: `[[front, back], [top, bottom], [left, right]]`, `[depth, height, width]`, or
   * one number.
   */
  readonly padding?: GivenVolumeSides
}

interface Cropping1DArguments extends LayerOptions {
  /** Time steps that are cut off at the start and at the end, `1` each by default. */
  readonly cropping?: GivenSides
}

interface Cropping2DArguments extends ZeroPaddingOptions {
  /** Rows and columns that are cut off at the edges, `0` by default: `[[top, bottom], [left, right]]`, `[height, width]`, or one number. */
  readonly cropping?: GivenImageSides
}

interface Cropping3DArguments extends ZeroPaddingOptions {
  /**
   * Slices, rows and columns that are cut off, `1` on each side by default: `[[front, back], [top, bottom], [left, right]]`,
   * `[depth, height, width]`, or one number.
   */
  readonly cropping?: GivenVolumeSides
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
const padding3dTable = {
  ...layerOptions,
  padding: volumeSides(1),
  dataFormat,
} as const satisfies TableFor<ZeroPadding3DArguments>
const cropping1dTable = {
  ...layerOptions,
  cropping: lineSides(1),
} as const satisfies TableFor<Cropping1DArguments>
const cropping2dTable = {
  ...layerOptions,
  cropping: imageSides(0),
  dataFormat,
} as const satisfies TableFor<Cropping2DArguments>

const cropping3dTable = {
  ...layerOptions,
  cropping: volumeSides(1),
  dataFormat,
} as const satisfies TableFor<Cropping3DArguments>

/** @internal */
export class ZeroPadding1DLayer extends SidesLayer<typeof padding1dTable> {
  protected override get sides(): readonly Sides[] {
    return [this.config.padding]
  }
}

/** @internal In two dimensions or three. */
export class ZeroPaddingLayer extends SidesLayer<typeof padding2dTable | typeof padding3dTable> {
  protected override get sides(): readonly Sides[] {
    return this.config.padding
  }
}

/** @internal */
export class Cropping1DLayer extends SidesLayer<typeof cropping1dTable> {
  protected override get sides(): readonly Sides[] {
    return [negative(this.config.cropping)]
  }
}

/** @internal In two dimensions or three. */
export class CroppingLayer extends SidesLayer<typeof cropping2dTable | typeof cropping3dTable> {
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
  create: (self, given) => new ZeroPaddingLayer(self, given),
})

const padding3d = defineLayer({
  className: 'ZeroPadding3D',
  table: padding3dTable,
  positional: ['padding'],
  create: (self, given) => new ZeroPaddingLayer(self, given),
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
  create: (self, given) => new CroppingLayer(self, given),
})

const cropping3d = defineLayer({
  className: 'Cropping3D',
  table: cropping3dTable,
  positional: ['cropping'],
  create: (self, given) => new CroppingLayer(self, given),
})

/**
 * Puts zeros before the first time step and after the last: `[batch, steps, channels]` → `[batch, steps', channels]`.
 *
 * @param padding How many, before and after; one number for both, 1 by default.
 * @see keras/src/layers/reshaping/zero_padding1d.py
 */
export const ZeroPadding1D: LayerConstructor<
  LayerArguments<[padding?: GivenSides | undefined], ZeroPaddingOptions, ZeroPadding1DArguments>
> = padding1d.make
export type ZeroPadding1D = ReturnType<typeof ZeroPadding1D>

/**
 * Puts zeros around images: `[batch, height, width, channels]` → `[batch, height', width', channels]`.
 *
 * @param padding How many: `[[top, bottom], [left, right]]`, `[height, width]`, or one number for all, 1 by default.
 * @see keras/src/layers/reshaping/zero_padding2d.py
 */
export const ZeroPadding2D: LayerConstructor<
  LayerArguments<[padding?: GivenImageSides | undefined], ZeroPaddingOptions, ZeroPadding2DArguments>
> = padding2d.make
export type ZeroPadding2D = ReturnType<typeof ZeroPadding2D>

/**
 * Puts zeros around volumes: `[batch, depth, height, width, channels]` → `[batch, depth', height', width', channels]`.
 *
 * @param padding How many: `[[front, back], [top, bottom], [left, right]]`, `[depth, height, width]`, or one number for all, 1 by
 * default.
 * @see keras/src/layers/reshaping/zero_padding3d.py
 */
export const ZeroPadding3D: LayerConstructor<
  LayerArguments<[padding?: GivenVolumeSides | undefined], ZeroPaddingOptions, ZeroPadding3DArguments>
> = padding3d.make
export type ZeroPadding3D = ReturnType<typeof ZeroPadding3D>

/**
 * Cuts off the first and the last time steps: `[batch, steps, channels]` → `[batch, steps', channels]`.
 *
 * @param cropping How many, of the first and of the last; one number for both, 1 by default.
 * @see keras/src/layers/reshaping/cropping1d.py
 */
export const Cropping1D: LayerConstructor<
  LayerArguments<[cropping?: GivenSides | undefined], LayerOptions, Cropping1DArguments>
> = cropping1d.make
export type Cropping1D = ReturnType<typeof Cropping1D>

/**
 * Cuts off the edges of images: `[batch, height, width, channels]` → `[batch, height', width', channels]`.
 *
 * @param cropping How many: `[[top, bottom], [left, right]]`, `[height, width]`, or one number for all, 0 by default.
 * @see keras/src/layers/reshaping/cropping2d.py
 */
export const Cropping2D: LayerConstructor<
  LayerArguments<[cropping?: GivenImageSides | undefined], ZeroPaddingOptions, Cropping2DArguments>
> = cropping2d.make
export type Cropping2D = ReturnType<typeof Cropping2D>

/**
 * Cuts off the outer parts of volumes: `[batch, depth, height, width, channels]` → `[batch, depth', height', width', channels]`.
 *
 * @param cropping How many slices, rows and columns: `[[front, back], [top, bottom], [left, right]]`, `[depth, height, width]`, or one
 * number for all, 1 by default.
 * @see keras/src/layers/reshaping/cropping3d.py
 */
export const Cropping3D: LayerConstructor<
  LayerArguments<[cropping?: GivenVolumeSides | undefined], ZeroPaddingOptions, Cropping3DArguments>
> = cropping3d.make
export type Cropping3D = ReturnType<typeof Cropping3D>
