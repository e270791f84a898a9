// y = gamma·(x − mean) / √(variance + ε) + beta, by the mean and variance over some axes of each sample; gamma and beta
// have the extents of these axes. Ba et al. 2016.

import type { Graph, Value } from '../../graph/graph.ts'
import { layerNormalization } from '../../ops/layerNormalization.ts'
import { point } from '../../ops/pointwise.ts'
import { sum } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import type { TableFor } from '../../util/options.ts'
import { type OpenShape, sizeOf } from '../../util/shape.ts'
import { axesOf, axis, onLastAxes } from '../axes.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerConstructor, type WeightedLayer } from '../callable.ts'
import { checkExtents, knownExtent } from '../inputChecks.ts'
import { Layer } from '../layer.ts'
import { flag } from '../options.ts'
import type { Variable } from '../weights/variable.ts'
import { type NormalizationOptions, normalizationOptions } from './normalizationOptions.ts'

export interface LayerNormalizationOptions extends NormalizationOptions {
  /** The axis or axes to normalize over, `-1` by default; never the batch. */
  readonly axis?: number | readonly number[]
  /**
   * Whether inputs are divided by the root of their variance and stay where they are, `false` by default: gamma is learned then,
   * whatever `scale` says, and beta is not. Keras calls it deprecated, since it is not by the root of the mean square;
   * `RMSNormalization` is.
   */
  readonly rmsScaling?: boolean
}

const table = {
  ...normalizationOptions,
  axis,
  rmsScaling: flag(false),
} as const satisfies TableFor<LayerNormalizationOptions>

type Weights = { readonly gamma: Variable | undefined; readonly beta: Variable | undefined }

/** @internal */
export class LayerNormalizationLayer extends Layer<typeof table, Weights> {
  /** The axes that are normalized over, ascending. */
  #axes(shape: OpenShape): readonly number[] {
    return axesOf(this, this.config.axis, shape)
  }

  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ..., features]')
    checkExtents(this, shape, this.#axes(shape), this.builtWeights?.gamma ?? this.builtWeights?.beta)
    return [shape]
  }

  protected override createWeights(input: OpenShape): Weights {
    const { rmsScaling, gammaInitializer, betaInitializer } = this.config
    const scale = this.config.scale || rmsScaling
    const center = this.config.center && !rmsScaling
    const shape = this.#axes(input).map((axis) => knownExtent(this, input, axis, 'features'))
    return {
      gamma: scale ? this.addWeight({ name: 'gamma', shape, initializer: gammaInitializer }) : undefined,
      beta: center ? this.addWeight({ name: 'beta', shape, initializer: betaInitializer }) : undefined,
    }
  }

  protected override lower({ graph, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const axes = this.#axes(x.shape)
    const columns = sizeOf(axes.map((axis) => x.shape[axis] ?? 1))
    const row = (weight: Value | undefined): Value | undefined =>
      weight && reshape(graph, weight, { shape: [columns] })
    return [
      onLastAxes(graph, x, axes, (rows) => {
        if (this.config.rmsScaling) return this.#scaled(graph, rows, row(weights.gamma))
        const inputs = { x: rows, gamma: row(weights.gamma), beta: row(weights.beta) }
        return layerNormalization(graph, inputs, { epsilon: this.config.epsilon }).y
      }),
    ]
  }

  /** gamma·x / √(variance + ε) of each row. */
  #scaled(graph: Graph, x: Value, gamma: Value | undefined): Value {
    const [rows = 1, columns = 1] = x.shape
    const meanOf = (values: Value): Value => {
      const { y } = sum(graph, { x: values }, { axis: 1, scale: 1 / columns })
      return reshape(graph, y, { shape: [rows, 1] })
    }
    const centered = point(graph, 'subtract', x, meanOf(x))
    const variance = meanOf(point(graph, 'square', centered))
    const factor = point(graph, 'rsqrt', point(graph, 'add', variance, this.config.epsilon))
    const y = point(graph, 'multiply', x, factor)
    return gamma ? point(graph, 'multiply', y, gamma) : y
  }
}

const definition = defineLayer({
  className: 'LayerNormalization',
  table,
  positional: [],
  create: (self, given) => new LayerNormalizationLayer(self, given),
})

/**
 * Shifts and scales the features of each sample to mean 0 and variance 1, then by learned weights to others. Any shape,
 * unchanged.
 *
 * @see keras/src/layers/normalization/layer_normalization.py
 */
export const LayerNormalization: LayerConstructor<
  [options?: LayerNormalizationOptions],
  WeightedLayer<'gamma' | 'beta'>
> = definition.make
export type LayerNormalization = ReturnType<typeof LayerNormalization>
