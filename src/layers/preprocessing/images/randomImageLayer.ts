// Layers that change images in training, each image by numbers that are drawn for it; in predictions they change nothing.

import type { Graph, Value } from '../../../graph/graph.ts'
import { random } from '../../../ops/random.ts'
import { Generator } from '../../../util/generator.ts'
import { drawKey, nextSeed } from '../../../util/seed.ts'
import type { Shape } from '../../../util/shape.ts'
import type { LayerCall, NoWeights } from '../../call.ts'
import type { LayerTable } from '../../layer.ts'
import { seed } from '../../options.ts'
import type { Range } from './factors.ts'
import { ImageLayer, type ImageOptions, imageOptions } from './imageLayer.ts'

export interface RandomImageOptions extends ImageOptions {
  /** Fixes the draws; `null`, the default, takes the next seed of `setSeed`. */
  readonly seed?: number | null
}

export const randomImageOptions = { ...imageOptions, seed } as const

/** Draws of one call in a shape, of which each has a seed of its own. */
export type Draw = (range: Range, shape: Shape) => Value

/** @internal */
export abstract class RandomImageLayer<
  Table extends LayerTable & { readonly seed: typeof seed },
> extends ImageLayer<Table> {
  readonly #seed = this.config.seed ?? nextSeed()
  /** As in Keras a call of the layer alone on images changes them, unless it is given `training: false`. */
  readonly trainsOnData = true

  /** Changes images [B, H, W, C], which are channels-last. */
  protected abstract change(graph: Graph, x: Value, draw: Draw): Value

  /** What images become in predictions. */
  protected atRest(_graph: Graph, x: Value): Value {
    return x
  }

  protected override lower({
    graph,
    inputs: [x],
    training,
    repetition,
  }: LayerCall<NoWeights>): readonly Value[] {
    if (!training) return [this.atRest(graph, x)]
    const seeds = new Generator(this.#seed)
    const draw: Draw = ([low, high], shape) => {
      const key = drawKey(seeds.seed(), repetition)
      const attrs = { fn: 'uniform', shape, low, high, seed: key, isFixed: false } as const
      return random(graph, {}, attrs).y
    }
    return [this.change(graph, x, draw)]
  }
}
