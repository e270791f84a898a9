// Softmax as a layer, over any axes of a sample.

import type { Value } from '../graph/graph.ts'
import { softmax } from '../ops/softmax.ts'
import type { TableFor } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { axesOf, axis, onLastAxes } from './axes.ts'
import type { LayerCall, NoWeights } from './call.ts'
import { type CallableLayer, defineLayer, type LayerArguments } from './callable.ts'
import { WeightlessLayer } from './layer.ts'
import { type LayerOptions, layerOptions } from './options.ts'

export interface SoftmaxOptions extends LayerOptions {
  /** The axis or axes along which the outputs add to 1, `-1` by default; never the batch. */
  readonly axis?: number | readonly number[]
}

const table = {
  ...layerOptions,
  axis,
} as const satisfies TableFor<SoftmaxOptions>

export class SoftmaxLayer extends WeightlessLayer<typeof table> {
  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ...]')
    axesOf(this, this.config.axis, shape)
    return [shape]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    const axes = axesOf(this, this.config.axis, x.shape)
    return [onLastAxes(graph, x, axes, (rows) => softmax(graph, { x: rows }, {}).y)]
  }
}

const definition = defineLayer({
  className: 'Softmax',
  table,
  positional: ['axis'],
  create: (self, given) => new SoftmaxLayer(self, given),
})

/**
 * eˣ over the sum of all along an axis. Any shape, unchanged.
 *
 * @param args `axis`, or options.
 * @see keras/src/layers/activations/softmax.py
 */
export const Softmax = (
  ...args: LayerArguments<[axis?: number | readonly number[]], LayerOptions, SoftmaxOptions>
): CallableLayer => definition.make(...args)
