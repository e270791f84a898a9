// y = act(x·W + b): x [..., D], kernel W [D, units], bias b [units] → y [..., units].

import type { Value } from '../../graph/graph.ts'
import { matmul } from '../../ops/matmul.ts'
import { reshape } from '../../ops/view.ts'
import type { TableFor } from '../../util/options.ts'
import { lastOf, type OpenShape, rowsOf } from '../../util/shape.ts'
import { activate } from '../activations/activate.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor, type WeightedLayer } from '../callable.ts'
import { checkFeatures, knownExtent } from '../inputChecks.ts'
import { Layer } from '../layer.ts'
import {
  type ActivationIdentifier,
  absent,
  activation,
  flag,
  initializer,
  type LayerOptions,
  layerOptions,
  positiveInteger,
} from '../options.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import { type BiasRules, type KernelRules, rulesOf } from '../weights/weightRules.ts'

export interface DenseOptions extends LayerOptions, KernelRules, BiasRules {
  /** Applied to the outputs, a name or a layer such as `LeakyReLU(0.1)`; `'linear'` by default. */
  readonly activation?: ActivationIdentifier | null
  /** Whether a bias is added, `true` by default. */
  readonly useBias?: boolean
  /** First values of the kernel, `'glorot_uniform'` by default. */
  readonly kernelInitializer?: InitializerIdentifier
  /** First values of the bias, `'zeros'` by default. */
  readonly biasInitializer?: InitializerIdentifier
}

interface DenseArguments extends DenseOptions {
  /** Outputs, a positive integer. */
  readonly units: number
}

const table = {
  ...layerOptions,
  units: positiveInteger,
  activation: activation('linear'),
  useBias: flag(true),
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  ...rulesOf('kernel', 'bias'),
  loraRank: absent,
  quantizationConfig: absent,
} as const satisfies TableFor<DenseArguments>

type Weights = { readonly kernel: Variable; readonly bias: Variable | undefined }

/** @internal */
export class DenseLayer extends Layer<typeof table, Weights> {
  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ..., features]')
    checkFeatures(this, shape, this.builtWeights?.kernel)
    return [[...shape.slice(0, -1), this.config.units]]
  }

  protected override createWeights(input: OpenShape): Weights {
    const { units, useBias, kernelInitializer, biasInitializer } = this.config
    const features = knownExtent(this, input, input.length - 1, 'features')
    return {
      kernel: this.addWeight({ name: 'kernel', shape: [features, units], initializer: kernelInitializer }),
      bias: useBias
        ? this.addWeight({ name: 'bias', shape: [units], initializer: biasInitializer })
        : undefined,
    }
  }

  protected override lower({ graph, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const rows = x.shape.length === 2 ? x : reshape(graph, x, { shape: [rowsOf(x.shape), lastOf(x.shape)] })
    const { y } = matmul(graph, { a: rows, b: weights.kernel, bias: weights.bias }, {})
    const activated = activate(graph, y, this.config.activation)
    const shape = [...x.shape.slice(0, -1), this.config.units]
    return [x.shape.length === 2 ? activated : reshape(graph, activated, { shape })]
  }
}

const definition = defineLayer({
  className: 'Dense',
  table,
  positional: ['units'],
  create: (self, given) => new DenseLayer(self, given),
})

/**
 * A fully connected layer, act(x·kernel + bias) over the last axis: `[batch, ..., features]` → `[batch, ..., units]`.
 *
 * @param units Outputs, a positive integer.
 * @see keras/src/layers/core/dense.py
 */
export const Dense: LayerConstructor<
  LayerArguments<[units: number], DenseOptions, DenseArguments>,
  WeightedLayer<'kernel' | 'bias'>
> = definition.make
export type Dense = ReturnType<typeof Dense>
