// y = act(x): an activation as a layer.

import type { Value } from '../graph/graph.ts'
import { required, type TableFor } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { activate } from './activate.ts'
import type { LayerCall, NoWeights } from './call.ts'
import { type CallableLayer, defineLayer, type LayerArguments } from './callable.ts'
import { WeightlessLayer } from './layer.ts'
import { type ActivationName, type LayerOptions, layerOptions, readActivation } from './options.ts'

interface ActivationArguments extends LayerOptions {
  /** Keras's name of the activation: `'relu'`, `'tanh'`, `'softmax'`, … */
  readonly activation: ActivationName
}

const table = {
  ...layerOptions,
  activation: required(readActivation),
} as const satisfies TableFor<ActivationArguments>

export class ActivationLayer extends WeightlessLayer<typeof table> {
  override get masking() {
    return 'passes' as const
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [this.single(inputs, 1, '[batch, ...]')]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
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
  ...args: LayerArguments<[activation: ActivationName], LayerOptions, ActivationArguments>
): CallableLayer => definition.make(...args)
