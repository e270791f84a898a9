// y = act(x): an activation as a layer.

import type { Graph, Value } from '../../graph/graph.ts'
import type { TableFor } from '../../util/options.ts'
import { type CallableLayer, defineLayer, type WrapperConstructor } from '../callable.ts'
import { ElementwiseLayer } from '../elementwiseLayer.ts'
import {
  type ActivationIdentifier,
  type ActivationLayer,
  type LayerOptions,
  layerOptions,
  requiredActivation,
} from '../options.ts'
import { activate } from './activate.ts'

interface ActivationArguments extends LayerOptions {
  /** Keras's name of the activation, `'relu'`, `'tanh'`, `'softmax'`, …, a layer such as `LeakyReLU(0.1)`, or a function of `ops`. */
  readonly activation: ActivationIdentifier
}

const table = {
  ...layerOptions,
  activation: requiredActivation,
} as const satisfies TableFor<ActivationArguments>

/** @internal */
export class NamedActivationLayer extends ElementwiseLayer<typeof table> {
  override applyTo(graph: Graph, x: Value): Value {
    return activate(graph, x, this.config.activation)
  }
}

const definition = defineLayer({
  className: 'Activation',
  table,
  positional: ['activation'],
  create: (self, given) => new NamedActivationLayer(self, given),
})

/**
 * Applies an activation: any shape, unchanged. Softmax works along the last axis.
 *
 * @param activation Keras's name, 'relu', 'tanh', 'softmax', …, a layer such as LeakyReLU(0.1), or a function of `ops`.
 * @see keras/src/layers/activations/activation.py
 */
export const Activation: WrapperConstructor<
  ActivationIdentifier,
  LayerOptions,
  ActivationArguments,
  CallableLayer & ActivationLayer
> = definition.make
export type Activation = ReturnType<typeof Activation>
