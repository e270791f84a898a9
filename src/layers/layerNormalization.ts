// y = gamma·(x − mean) / √(variance + ε) + beta, by the mean and variance over some axes of each sample; gamma and beta
// have the extents of these axes. Ba et al. 2016.

import { checkFinite, checkInteger, describeValue, fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { layerNormalization } from '../ops/layerNormalization.ts'
import { transpose } from '../ops/transpose.ts'
import { reshape } from '../ops/view.ts'
import { option, type TableFor } from '../util/options.ts'
import { type OpenShape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import type { LayerCall } from './call.ts'
import { type CallableLayer, defineLayer } from './callable.ts'
import type { InitializerIdentifier } from './initializer.ts'
import { knownExtent } from './inputChecks.ts'
import { Layer } from './layer.ts'
import { absent, flag, initializer, type LayerOptions, layerOptions } from './options.ts'
import type { Variable } from './variable.ts'

export interface LayerNormalizationOptions extends LayerOptions {
  /** The axis or axes to normalize over, `-1` by default; never the batch. */
  readonly axis?: number | readonly number[]
  /** Added to the variance before its root is taken, `0.001` by default. */
  readonly epsilon?: number
  /** Whether a learned `beta` is added, `true` by default. */
  readonly center?: boolean
  /** Whether the result is multiplied by a learned `gamma`, `true` by default. */
  readonly scale?: boolean
  /** First values of `beta`, `'zeros'` by default. */
  readonly betaInitializer?: InitializerIdentifier
  /** First values of `gamma`, `'ones'` by default. */
  readonly gammaInitializer?: InitializerIdentifier
}

const table = {
  ...layerOptions,
  axis: option<number | readonly number[]>(-1, (where, name, value) =>
    Array.isArray(value)
      ? value.map((axis: unknown) => checkInteger(where, `each of ${name}`, axis))
      : checkInteger(where, name, value),
  ),
  epsilon: option(1e-3, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
  center: flag(true),
  scale: flag(true),
  betaInitializer: initializer('zeros'),
  gammaInitializer: initializer('ones'),
  betaRegularizer: absent,
  gammaRegularizer: absent,
  betaConstraint: absent,
  gammaConstraint: absent,
} as const satisfies TableFor<LayerNormalizationOptions>

type Weights = { readonly gamma: Variable | undefined; readonly beta: Variable | undefined }

export class LayerNormalizationLayer extends Layer<typeof table, Weights> {
  /** The axes that are normalized over, ascending. */
  #axes(shape: OpenShape): readonly number[] {
    const { axis } = this.config
    const axes = [axis].flat().map((k) => (k < 0 ? k + shape.length : k))
    const distinct = new Set(axes.filter((k) => k > 0 && k < shape.length))
    if (axes.length === 0 || distinct.size !== axes.length) {
      fail(this.where, {
        expected: `axis to name axes of ${showShape(shape)} beside the batch, each once`,
        got: describeValue(axis),
      })
    }
    return [...distinct].sort((a, b) => a - b)
  }

  override get masking() {
    return 'passes' as const
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ..., features]')
    const extents = this.#axes(shape).map((axis) => shape[axis] ?? null)
    const weight = this.builtWeights?.gamma ?? this.builtWeights?.beta
    if (weight && !sameShape(weight.shape, extents)) {
      fail(this.where, {
        expected: `extents ${showShape(weight.shape)} along its axes, for which it has its weights`,
        got: showShape(shape),
        remedy: 'Make another layer for other extents.',
      })
    }
    return [shape]
  }

  protected override build(input: OpenShape): Weights {
    const { center, scale, gammaInitializer, betaInitializer } = this.config
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
    // The axes are moved to the end and back; the compiler removes both transpositions where they are last already.
    const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
    const permutation = [...others, ...axes]
    const last = transpose(graph, { x }, { permutation }).y
    const { y } = layerNormalization(
      graph,
      {
        x: reshape(graph, last, { shape: [sizeOf(x.shape) / columns, columns] }),
        gamma: row(weights.gamma),
        beta: row(weights.beta),
      },
      { epsilon: this.config.epsilon },
    )
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis))
    return [transpose(graph, { x: reshape(graph, y, { shape: last.shape }) }, { permutation: inverse }).y]
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
export const LayerNormalization = (options?: LayerNormalizationOptions): CallableLayer =>
  definition.make(options)
