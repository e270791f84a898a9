// y = act(x): an activation as a layer of its own.

import type { Value } from '../graph/graph.ts'
import { required } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { activate } from './activate.ts'
import { type CallableLayer, defineLayer, type LayerArguments } from './callable.ts'
import { Layer, type Lowering } from './layer.ts'
import { type ActivationName, activation, layerOptions } from './options.ts'

const table = { ...layerOptions, activation: required<ActivationName>(activation('linear').check) } as const

export class ActivationLayer extends Layer<typeof table> {
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [this.single(inputs, 1, '[batch, ...]')]
  }

  override lower({ graph }: Lowering, [x]: readonly Value[]): readonly Value[] {
    if (!x) throw new TypeError(`${this.where} has no input`)
    return [activate(graph, x, this.config.activation)]
  }
}

const definition = defineLayer({
  className: 'Activation',
  table,
  positional: ['activation'],
  create: (self, given) => new ActivationLayer(self, given),
})

/**
 * Applies an activation: any shape, unchanged. Softmax works along the last axis.
 *
 * @param activation Keras's name: 'relu', 'tanh', 'softmax', …
 * @see keras/src/layers/activations/activation.py
 */
export const Activation = (
  ...args: LayerArguments<typeof table, [activation: ActivationName], ['activation']>
): CallableLayer<ActivationLayer> => definition.make(...args)
