// Normalizes each channel by its mean and variance: the batch's own in training, moving means of those otherwise.
//   y = gamma·(x − mean) / √(variance + epsilon) + beta        x [batch, ..., channels]
// Moving statistics: m ← m·momentum + batch·(1 − momentum), the variance without Bessel's correction, as Keras has it.

import { checkFinite, checkInteger, fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { batchNormalization, moments } from '../ops/batchNormalization.ts'
import { add, affine } from '../ops/elementwise.ts'
import { reshape } from '../ops/view.ts'
import { option, unsupported } from '../util/options.ts'
import { lastOf, type OpenShape, rowsOf } from '../util/shape.ts'
import { type CallableLayer, defineLayer, type OptionsOf } from './callable.ts'
import { knownExtent, Layer, type Lowering, type Variable } from './layer.ts'
import { absent, flag, initializer, layerOptions } from './options.ts'

/** Options that change what Keras computes in ways that are not supported yet. */
const table = {
  ...layerOptions,
  /** The axis of channels: the last. */
  axis: option(-1, checkInteger),
  momentum: option(0.99, (where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 })),
  epsilon: option(1e-3, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
  center: flag(true),
  scale: flag(true),
  betaInitializer: initializer('zeros'),
  gammaInitializer: initializer('ones'),
  movingMeanInitializer: initializer('zeros'),
  movingVarianceInitializer: initializer('ones'),
  betaRegularizer: absent,
  gammaRegularizer: absent,
  betaConstraint: absent,
  gammaConstraint: absent,
  synchronized: unsupported(false),
  renorm: unsupported(false),
  renormClipping: absent,
  renormMomentum: option(0.99, (where, name, value) => checkFinite(where, name, value)),
} as const

export class BatchNormalizationLayer extends Layer<typeof table> {
  #gamma: Variable | null = null
  #beta: Variable | null = null
  #mean: Variable | null = null
  #variance: Variable | null = null

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ..., channels]')
    const { axis } = this.config
    if (axis !== -1 && axis !== shape.length - 1) {
      fail(this.where, { expected: `axis -1, the last`, got: `${axis}` })
    }
    return [shape]
  }

  protected override build(path: string, [input = []]: readonly OpenShape[]): void {
    const { scale, center, ...config } = this.config
    const channels = [knownExtent(this, input, input.length - 1, 'channels')]
    if (scale) this.#gamma = this.addWeight(`${path}/gamma`, channels, config.gammaInitializer)
    if (center) this.#beta = this.addWeight(`${path}/beta`, channels, config.betaInitializer)
    this.#mean = this.addStatistic(`${path}/moving_mean`, channels, config.movingMeanInitializer)
    this.#variance = this.addStatistic(`${path}/moving_variance`, channels, config.movingVarianceInitializer)
  }

  override mixesSamples(lowering: Lowering): boolean {
    return lowering.training && lowering.trains(this)
  }

  override lower(lowering: Lowering, [x]: readonly Value[]): readonly Value[] {
    if (!x || !this.#mean || !this.#variance) throw new TypeError(`${this.where} is not built`)
    const { graph } = lowering
    const { epsilon, momentum } = this.config
    const rows = reshape(graph, x, { shape: [rowsOf(x.shape), lastOf(x.shape)] })
    // As in Keras a frozen layer normalizes by what it has learned.
    const ofBatch = this.mixesSamples(lowering)
    const moving = { mean: lowering.variable(this.#mean), variance: lowering.variable(this.#variance) }
    const statistics = ofBatch ? moments(graph, { x: rows }, {}) : moving
    if (ofBatch) {
      const step = (old: Value, now: Value): Value =>
        add(
          graph,
          affine(graph, { x: old }, { scale: momentum }).y,
          affine(graph, { x: now }, { scale: 1 - momentum }).y,
        )
      lowering.update(this.#mean, step(moving.mean, statistics.mean))
      lowering.update(this.#variance, step(moving.variance, statistics.variance))
    }
    const { y } = batchNormalization(
      graph,
      {
        x: rows,
        mean: statistics.mean,
        variance: statistics.variance,
        gamma: this.#gamma ? lowering.variable(this.#gamma) : undefined,
        beta: this.#beta ? lowering.variable(this.#beta) : undefined,
      },
      { epsilon, ofBatch },
    )
    return [reshape(graph, y, { shape: x.shape })]
  }
}

const definition = defineLayer({
  className: 'BatchNormalization',
  table,
  positional: [],
  create: (self, given) => new BatchNormalizationLayer(self, given),
})

export type BatchNormalizationOptions = OptionsOf<typeof table>

/**
 * Normalizes each channel over the batch: any shape `[batch, ..., channels]`, unchanged.
 *
 * @param options `momentum` (0.99) of the moving statistics, `epsilon` (0.001), `center` (true), `scale` (true),
 * initializers for gamma, beta, moving mean and variance.
 * @see keras/src/layers/normalization/batch_normalization.py
 */
export const BatchNormalization = (
  options?: BatchNormalizationOptions,
): CallableLayer<BatchNormalizationLayer> => definition.make(options)
