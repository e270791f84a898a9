// Images in a mirror, one in two.

import type { Graph, Value } from '../../../graph/graph.ts'
import { point } from '../../../ops/pointwise.ts'
import { strided } from '../../../ops/strided.ts'
import { oneOf, option, type TableFor } from '../../../util/options.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../../callable.ts'
import { factorOfNothing } from './imageLayer.ts'
import {
  type Draw,
  RandomImageLayer,
  type RandomImageOptions,
  randomImageOptions,
} from './randomImageLayer.ts'

const MODES = ['horizontal', 'vertical', 'horizontal_and_vertical'] as const
type FlipMode = (typeof MODES)[number]

export interface RandomFlipOptions extends RandomImageOptions {
  /**
   * `'horizontal'`: left and right change places; `'vertical'`: top and bottom; `'horizontal_and_vertical'`, the default: both, in the
   * same images.
   */
  readonly mode?: FlipMode
}

const table = {
  ...randomImageOptions,
  mode: option<FlipMode>('horizontal_and_vertical', oneOf(MODES)),
  factor: factorOfNothing,
} as const satisfies TableFor<RandomFlipOptions>

/** @internal */
export class RandomFlipLayer extends RandomImageLayer<typeof table> {
  protected override change(graph: Graph, x: Value, draw: Draw): Value {
    const { mode } = this.config
    const [batch = 1] = x.shape
    const flipped = [mode === 'horizontal' ? 0 : 1, mode === 'vertical' ? 0 : 2]
    const axes = x.shape.map((count, axis) =>
      axis > 0 && flipped.includes(axis)
        ? { count, start: count - 1, step: -1, spacing: 1 }
        : { count, start: 0, step: 1, spacing: 1 },
    )
    const isFlipped = point(graph, 'lessEqual', draw([0, 1], [batch, 1, 1, 1]), 0.5)
    const mirrored = strided(graph, { x }, { axes }).y
    return point(graph, 'where', isFlipped, mirrored, x)
  }
}

const definition = defineLayer({
  className: 'RandomFlip',
  table,
  positional: ['mode'],
  create: (self, given) => new RandomFlipLayer(self, given),
})

/**
 * In training shows one image in two in a mirror; changes nothing otherwise. `[batch, height, width, channels]`, unchanged.
 *
 * @param mode `'horizontal'`, `'vertical'` or, by default, `'horizontal_and_vertical'`.
 * @see keras/src/layers/preprocessing/image_preprocessing/random_flip.py
 */
export const RandomFlip: LayerConstructor<
  LayerArguments<[mode?: FlipMode], Omit<RandomFlipOptions, 'mode'>, RandomFlipOptions>
> = definition.make
export type RandomFlip = ReturnType<typeof RandomFlip>
