// Softmax as a layer, over any axes of a sample.

import { fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { broadcast } from '../../ops/broadcasting.ts'
import { maskedSoftmax } from '../../ops/maskedSoftmax.ts'
import { softmax } from '../../ops/softmax.ts'
import { reshape } from '../../ops/view.ts'
import type { TableFor } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import { axesOf, axis, onLastAxes, rowsAlong } from '../axes.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { MaskAxes } from '../masks.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

export interface SoftmaxOptions extends LayerOptions {
  /** The axis or axes along which the outputs add to 1, `-1` by default; never the batch. */
  readonly axis?: number | readonly number[]
}

const table = {
  ...layerOptions,
  axis,
} as const satisfies TableFor<SoftmaxOptions>

/** @internal */
export class SoftmaxLayer extends WeightlessLayer<typeof table> {
  override get takesMask(): boolean {
    return true
  }

  /** Masks of calls may have extents of 1, which are broadcast (masks.ts). */
  readonly broadcastsMask = true

  override outputMasks([axes = 0]: readonly number[], [input = []]: readonly OpenShape[]): MaskAxes {
    if (axes > 0 && axes !== input.length)
      fail(this.where, {
        expected: `a mask of all axes of ${showShape(input)}, or with extents of 1`,
        got: `one of ${axes} axes`,
        remedy: "Use Activation('softmax'), which does not compute by masks.",
      })
    // A loss has one weight for what the last axis holds, not a mask of it.
    return []
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ...]')
    axesOf(this, this.config.axis, shape)
    return [shape]
  }

  protected override lower({ graph, inputs: [x], masks: [given] }: LayerCall<NoWeights>): readonly Value[] {
    const mask = given && broadcast(graph, given, x.shape)
    const axes = axesOf(this, this.config.axis, x.shape)
    const oneHead = (rows: Value): Value => reshape(graph, rows, { shape: [1, 1, ...rows.shape] })
    const ofRows = (rows: Value): Value => {
      if (!mask) return softmax(graph, { x: rows }, {}).y
      const given = { x: oneHead(rows), mask: oneHead(rowsAlong(graph, mask, axes).rows) }
      return reshape(graph, maskedSoftmax(graph, given, { unseen: 'zero' }).y, { shape: rows.shape })
    }
    return [onLastAxes(graph, x, axes, ofRows)]
  }
}

const definition = defineLayer({
  className: 'Softmax',
  table,
  positional: ['axis'],
  create: (self, given) => new SoftmaxLayer(self, given),
})

/**
 * eˣ over the sum of all along an axis. Any shape, unchanged. A `mask` in the call has the axes of the input, with an extent of 1 where
 * it is broadcast; what is 0 in it takes no part.
 *
 * @param axis The axis or axes of the sum, `-1` by default.
 * @see keras/src/layers/activations/softmax.py
 */
export const Softmax: LayerConstructor<
  LayerArguments<[axis?: number | readonly number[]], LayerOptions, SoftmaxOptions>
> = definition.make
export type Softmax = ReturnType<typeof Softmax>
