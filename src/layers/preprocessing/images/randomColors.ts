// Images whose contrast or brightness is changed in training, each by a number that is drawn for it.

import type { Graph, Value } from '../../../graph/graph.ts'
import { point } from '../../../ops/pointwise.ts'
import { sum } from '../../../ops/reduce.ts'
import { reshape } from '../../../ops/view.ts'
import type { TableFor } from '../../../util/options.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../../callable.ts'
import { type Factor, type Range, rangeFactor, valueRange } from './factors.ts'
import {
  type Draw,
  RandomImageLayer,
  type RandomImageOptions,
  randomImageOptions,
} from './randomImageLayer.ts'

export interface RandomColorOptions extends RandomImageOptions {
  /** The least and the greatest number of a pixel, `[0, 255]` by default: what is beyond becomes these. */
  readonly valueRange?: Range
}

const within = (graph: Graph, x: Value, [low, high]: Range): Value =>
  point(graph, 'minimum', point(graph, 'maximum', x, low), high)

interface ContrastArguments extends RandomColorOptions {
  /**
   * By how much differences from a channel's mean are changed: by a number from 1 − low to 1 + high, of a range `[low, high]`; a number f
   * stands for [0, f]. In [0, 1].
   */
  readonly factor: Factor
}

const contrastTable = {
  ...randomImageOptions,
  factor: rangeFactor(0, 1),
  valueRange: valueRange(false),
} as const satisfies TableFor<ContrastArguments>

/** @internal */
export class RandomContrastLayer extends RandomImageLayer<typeof contrastTable> {
  protected override change(graph: Graph, x: Value, draw: Draw): Value {
    const [batch = 1, height = 1, width = 1, channels = 1] = x.shape
    const [low, high] = this.config.factor
    const columns = sum(graph, { x }, { axis: 1, scale: 1 / height }).y
    const { y: means } = sum(graph, { x: columns }, { axis: 1, scale: 1 / width })
    const mean = reshape(graph, means, { shape: [batch, 1, 1, channels] })
    const factor = draw([1 - low, 1 + high], [batch, 1, 1, 1])
    const change = point(graph, 'multiply', point(graph, 'subtract', x, mean), factor)
    return within(graph, point(graph, 'add', change, mean), this.config.valueRange)
  }
}

const contrast = defineLayer({
  className: 'RandomContrast',
  table: contrastTable,
  positional: ['factor'],
  create: (self, given) => new RandomContrastLayer(self, given),
})

/**
 * In training changes how far pixels are from the mean of their channel; changes nothing otherwise. `[batch, height, width, channels]`,
 * unchanged.
 *
 * @param factor By how much: a range `[low, high]`, of which differences are multiplied by a number from 1 − low to 1 + high, or a number f
 * for [0, f].
 * @see keras/src/layers/preprocessing/image_preprocessing/random_contrast.py
 */
export const RandomContrast: LayerConstructor<
  LayerArguments<[factor: Factor], RandomColorOptions, ContrastArguments>
> = contrast.make
export type RandomContrast = ReturnType<typeof RandomContrast>

interface BrightnessArguments extends RandomColorOptions {
  /**
   * What is added to pixels, as a share of `valueRange`, in [−1, 1]: a range of which a number is drawn for each image, or a number f for
   * [−f, f].
   */
  readonly factor: Factor
}

const brightnessTable = {
  ...randomImageOptions,
  factor: rangeFactor(-1, 1),
  valueRange: valueRange(true),
} as const satisfies TableFor<BrightnessArguments>

/** @internal */
export class RandomBrightnessLayer extends RandomImageLayer<typeof brightnessTable> {
  protected override change(graph: Graph, x: Value, draw: Draw): Value {
    const [batch = 1] = x.shape
    const { factor, valueRange: range } = this.config
    const shift = point(graph, 'multiply', draw(factor, [batch, 1, 1, 1]), range[1] - range[0])
    return within(graph, point(graph, 'add', x, shift), range)
  }
}

const brightness = defineLayer({
  className: 'RandomBrightness',
  table: brightnessTable,
  positional: ['factor'],
  create: (self, given) => new RandomBrightnessLayer(self, given),
})

/**
 * In training adds a number to all pixels of an image; changes nothing otherwise. `[batch, height, width, channels]`, unchanged.
 *
 * @param factor How much, as a share of `valueRange`: a range, or a number f for [−f, f].
 * @see keras/src/layers/preprocessing/image_preprocessing/random_brightness.py
 */
export const RandomBrightness: LayerConstructor<
  LayerArguments<[factor: Factor], RandomColorOptions, BrightnessArguments>
> = brightness.make
export type RandomBrightness = ReturnType<typeof RandomBrightness>
