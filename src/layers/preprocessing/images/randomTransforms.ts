// Images that are moved, turned and zoomed in training. Each is seen through an affine transform of its own (ops/affineTransform.ts), whose
// numbers are those of the transform that changes nothing and multiples of two drawn ones, p and q.

import { checkFinite } from '../../../errors.ts'
import type { Graph, Value } from '../../../graph/graph.ts'
import { affineTransform, FILL_MODES, type FillMode } from '../../../ops/affineTransform.ts'
import { point } from '../../../ops/pointwise.ts'
import { nullable, oneOf, option, required, type TableFor } from '../../../util/options.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../../callable.ts'
import type { LayerTable } from '../../layer.ts'
import { axisFactor, type Factor, rangeFactor, rangeOf } from './factors.ts'
import { factorOfNothing } from './imageLayer.ts'
import {
  type Draw,
  RandomImageLayer,
  type RandomImageOptions,
  randomImageOptions,
} from './randomImageLayer.ts'

export interface RandomTransformOptions extends RandomImageOptions {
  /**
   * What lies behind the edges: `'reflect'`, the default, the image in a mirror; `'constant'`, `fillValue`; `'wrap'`, the image again;
   * `'nearest'`, its last pixels.
   */
  readonly fillMode?: FillMode
  /** `'bilinear'`, the default: lines join pixels; `'nearest'`: the nearest one is taken. */
  readonly interpolation?: 'bilinear' | 'nearest'
  /** The number behind the edges where `fillMode` is `'constant'`, `0` by default. */
  readonly fillValue?: number
}

const transformOptions = {
  ...randomImageOptions,
  fillMode: option<FillMode>('reflect', oneOf(FILL_MODES)),
  interpolation: option<'bilinear' | 'nearest'>('bilinear', oneOf(['bilinear', 'nearest'])),
  fillValue: option(0, checkFinite),
} as const satisfies TableFor<RandomTransformOptions>

/** A row of a transform: three numbers for columns, three for rows. */
type Row = readonly [number, number, number, number, number, number]

/** Transforms start + p·first + q·second, with p and q [batch, 1], or such that have all six alike. */
interface Transforms {
  readonly start: Row
  readonly first: readonly [p: Value, row: Row]
  readonly second: readonly [q: Value, row: Row]
}

abstract class RandomTransformLayer<
  Table extends LayerTable & typeof transformOptions,
> extends RandomImageLayer<Table> {
  /** Transforms of images of a size. */
  protected abstract transforms(graph: Graph, shape: readonly number[], draw: Draw): Transforms

  protected override change(graph: Graph, x: Value, draw: Draw): Value {
    const { fillMode, interpolation, fillValue } = this.config
    const { start, first, second } = this.transforms(graph, x.shape, draw)
    const times = ([drawn, row]: readonly [Value, Row]): Value =>
      point(graph, 'multiply', drawn, constant(graph, row))
    const changes = point(graph, 'add', times(first), times(second))
    const transforms = point(graph, 'add', constant(graph, start), changes)
    return affineTransform(
      graph,
      { x, transforms },
      { linear: interpolation === 'bilinear', fillMode, fillValue },
    ).y
  }
}

const constant = (graph: Graph, row: Row): Value => graph.constant(Float32Array.from(row), [6])

interface AxisArguments extends RandomTransformOptions {
  /**
   * How far images are moved down, as a share of their height in [−1, 1]: a range of which a number is drawn for each, or a number f for
   * [−f, f].
   */
  readonly heightFactor: Factor
  /** How far they are moved to the right, as a share of their width. */
  readonly widthFactor: Factor
}

const translationTable = {
  ...transformOptions,
  heightFactor: required<Factor>(axisFactor()),
  widthFactor: required<Factor>(axisFactor()),
  factor: factorOfNothing,
} as const satisfies TableFor<AxisArguments>

/** @internal */
export class RandomTranslationLayer extends RandomTransformLayer<typeof translationTable> {
  protected override transforms(
    _graph: Graph,
    [batch = 1, height = 1, width = 1]: readonly number[],
    draw: Draw,
  ): Transforms {
    const { heightFactor, widthFactor } = this.config
    return {
      start: [1, 0, 0, 0, 1, 0],
      first: [draw(rangeOf(widthFactor), [batch, 1]), [0, 0, -width, 0, 0, 0]],
      second: [draw(rangeOf(heightFactor), [batch, 1]), [0, 0, 0, 0, 0, -height]],
    }
  }
}

const translation = defineLayer({
  className: 'RandomTranslation',
  table: translationTable,
  positional: ['heightFactor', 'widthFactor'],
  create: (self, given) => new RandomTranslationLayer(self, given),
})

/**
 * Moves images in training; changes nothing otherwise. `[batch, height, width, channels]`, unchanged.
 *
 * @param heightFactor How far down, as a share of the height: a range, or a number f for [−f, f].
 * @param widthFactor How far to the right, as a share of the width.
 * @see keras/src/layers/preprocessing/image_preprocessing/random_translation.py
 */
export const RandomTranslation: LayerConstructor<
  LayerArguments<[heightFactor: Factor, widthFactor: Factor], RandomTransformOptions, AxisArguments>
> = translation.make
export type RandomTranslation = ReturnType<typeof RandomTranslation>

interface RotationArguments extends RandomTransformOptions {
  /**
   * How far images are turned against the clock, as a share of a whole turn in [−1, 1]: a range of which a number is drawn for each, or a
   * number f for [−f, f].
   */
  readonly factor: Factor
}

const rotationTable = {
  ...transformOptions,
  factor: rangeFactor(-1, 1),
} as const satisfies TableFor<RotationArguments>

/** @internal */
export class RandomRotationLayer extends RandomTransformLayer<typeof rotationTable> {
  protected override transforms(
    graph: Graph,
    [batch = 1, height = 1, width = 1]: readonly number[],
    draw: Draw,
  ): Transforms {
    const [low, high] = this.config.factor
    // In the shape of transforms, so that all that is computed of it is one launch.
    const drawn = draw([2 * Math.PI * low, 2 * Math.PI * high], [batch, 1])
    const angle = point(graph, 'multiply', drawn, constant(graph, [1, 1, 1, 1, 1, 1]))
    // The middle stays where it is.
    const [x, y] = [(width - 1) / 2, (height - 1) / 2]
    return {
      start: [0, 0, x, 0, 0, y],
      first: [point(graph, 'cos', angle), [1, 0, -x, 0, 1, -y]],
      second: [point(graph, 'sin', angle), [0, -1, y, 1, 0, -x]],
    }
  }
}

const rotation = defineLayer({
  className: 'RandomRotation',
  table: rotationTable,
  positional: ['factor'],
  create: (self, given) => new RandomRotationLayer(self, given),
})

/**
 * Turns images around their middle in training; changes nothing otherwise. `[batch, height, width, channels]`, unchanged.
 *
 * @param factor How far against the clock, as a share of a whole turn: a range, or a number f for [−f, f].
 * @see keras/src/layers/preprocessing/image_preprocessing/random_rotation.py
 */
export const RandomRotation: LayerConstructor<
  LayerArguments<[factor: Factor], RandomTransformOptions, RotationArguments>
> = rotation.make
export type RandomRotation = ReturnType<typeof RandomRotation>

interface ZoomOptions extends RandomTransformOptions {
  /** How much more of an image's width is seen, as a share of it; `null`, the default, is as much as of the height. */
  readonly widthFactor?: Factor | null
}

interface ZoomArguments extends ZoomOptions {
  /**
   * How much more of an image's height is seen, as a share of it in (−1, 1], less where it is below 0: a range of which a number is drawn
   * for each, or a number f for [−f, f].
   */
  readonly heightFactor: Factor
}

const zoomTable = {
  ...transformOptions,
  heightFactor: required<Factor>(axisFactor(true)),
  widthFactor: nullable<Factor>(axisFactor(true)),
  factor: factorOfNothing,
} as const satisfies TableFor<ZoomArguments>

/** @internal */
export class RandomZoomLayer extends RandomTransformLayer<typeof zoomTable> {
  protected override transforms(
    _graph: Graph,
    [batch = 1, height = 1, width = 1]: readonly number[],
    draw: Draw,
  ): Transforms {
    const { heightFactor, widthFactor } = this.config
    const drawn = (factor: Factor): Value => {
      const [low, high] = rangeOf(factor)
      return draw([1 + low, 1 + high], [batch, 1])
    }
    const down = drawn(heightFactor)
    const across = widthFactor === null ? down : drawn(widthFactor)
    const [x, y] = [(width - 1) / 2, (height - 1) / 2]
    return {
      start: [0, 0, x, 0, 0, y],
      first: [across, [1, 0, -x, 0, 0, 0]],
      second: [down, [0, 0, 0, 0, 1, -y]],
    }
  }
}

const zoom = defineLayer({
  className: 'RandomZoom',
  table: zoomTable,
  positional: ['heightFactor', 'widthFactor'],
  create: (self, given) => new RandomZoomLayer(self, given),
})

/**
 * Zooms out of images, or below 0 into them, in training; changes nothing otherwise. `[batch, height, width, channels]`, unchanged.
 *
 * @param heightFactor How much more of the height is seen, as a share of it: a range, or a number f for [−f, f].
 * @param widthFactor The same of the width; by default as much as of the height.
 * @see keras/src/layers/preprocessing/image_preprocessing/random_zoom.py
 */
export const RandomZoom: LayerConstructor<
  | LayerArguments<[heightFactor: Factor], ZoomOptions, ZoomArguments>
  | readonly [heightFactor: Factor, widthFactor: Factor | null, options?: RandomTransformOptions]
> = zoom.make
export type RandomZoom = ReturnType<typeof RandomZoom>
