// Normalizes each channel by mean and variance: the batch's in training, moving averages of these otherwise.
//   y = gamma·(x − mean) / √(variance + epsilon) + beta        x [batch, ..., channels]
// Moving statistics: m ← m·momentum + batch·(1 − momentum), the variance without Bessel's correction, as in Keras.

import { checkFinite, checkInteger, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { affine } from '../../ops/affine.ts'
import { batchNormalization, moments } from '../../ops/batchNormalization.ts'
import { broadcast } from '../../ops/broadcasting.ts'
import { add } from '../../ops/elementwise.ts'
import { maskWeights } from '../../ops/masks.ts'
import { reshape } from '../../ops/view.ts'
import { flag, option, type TableFor, unsupported } from '../../util/options.ts'
import { type OpenShape, showShape, sizeOf } from '../../util/shape.ts'
import { axesOf, rowsAlong } from '../axes.ts'
import type { LayerCall, MaskedValue, StepLowering } from '../call.ts'
import { defineLayer, type LayerConstructor, type WeightedLayer } from '../callable.ts'
import { knownExtent } from '../inputChecks.ts'
import { Layer } from '../layer.ts'
import type { MaskAxes } from '../masks.ts'
import { initializer } from '../options.ts'
import type { Initializer, InitializerIdentifier } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import { type NormalizationOptions, normalizationOptions } from './normalizationOptions.ts'
import {
  corrected,
  deviation,
  type RenormClipping,
  renormClipping,
  rootsOf,
  varianceOf,
} from './renormalization.ts'

export interface BatchNormalizationOptions extends NormalizationOptions {
  /** The axis of channels, `-1` by default: the last. Behind layers of `dataFormat: 'channels_first'` it is 1. Never the batch. */
  readonly axis?: number
  /** The share of the moving mean and variance that remains after a training step, `0.99` by default. */
  readonly momentum?: number
  /** First values of the moving mean, `'zeros'` by default. */
  readonly movingMeanInitializer?: InitializerIdentifier
  /** First values of the moving variance, `'ones'` by default. */
  readonly movingVarianceInitializer?: InitializerIdentifier
  /**
   * Whether outputs of training are those that moving moments would give, `false` by default: batch renormalization, for small batches
   * (Ioffe 2017).
   */
  readonly renorm?: boolean
  /** With `renorm` bounds of the correction of the scale, `rmin` and `rmax`, and of the offset, `dmax`; `null`, the default: none. */
  readonly renormClipping?: RenormClipping | null
  /** With `renorm` the share of the moments that correct which remains after a training step, `0.99` by default. */
  readonly renormMomentum?: number
}

const table = {
  ...normalizationOptions,
  axis: option(-1, checkInteger),
  momentum: option(0.99, (where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 })),
  movingMeanInitializer: initializer('zeros'),
  movingVarianceInitializer: initializer('ones'),
  synchronized: unsupported(false),
  renorm: flag(false),
  renormClipping,
  renormMomentum: option(0.99, checkFinite),
} as const satisfies TableFor<BatchNormalizationOptions>

type Weights = {
  readonly gamma: Variable | undefined
  readonly beta: Variable | undefined
  readonly movingMean: Variable
  readonly movingVariance: Variable
  readonly movingStddev: Variable | undefined
  readonly renormMean: Variable | undefined
  readonly renormStddev: Variable | undefined
}

/** @internal */
export class BatchNormalizationLayer extends Layer<typeof table, Weights> {
  override get takesMask(): boolean {
    return true
  }

  override get passesMask(): boolean {
    return true
  }

  /** Masks of calls may have extents of 1, which are broadcast (masks.ts). */
  readonly broadcastsMask = true

  override outputMasks([axes = 0]: readonly number[], [input = []]: readonly OpenShape[]): MaskAxes {
    if (axes > 0 && this.#axis(input) !== input.length - 1)
      fail(this.where, {
        expected: 'no mask with channels along another axis than the last',
        got: `axis ${this.config.axis}`,
      })
    if (axes > 0 && axes !== input.length - 1)
      fail(this.where, {
        expected: `a mask of all axes of ${showShape(input)} but the last`,
        got: `one of ${axes} axes`,
      })
    return [axes]
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ..., channels]')
    const channels = shape[this.#axis(shape)]
    const built = this.builtWeights?.movingMean.shape[0]
    if (built !== undefined && channels !== built)
      fail(this.where, {
        expected: `${built} channels along axis ${this.config.axis}, for which it has its weights`,
        got: showShape(shape),
        remedy: 'Make another layer for other channels.',
      })
    return [shape]
  }

  #axis(shape: OpenShape): number {
    return axesOf(this, this.config.axis, shape)[0] as number
  }

  protected override createWeights(input: OpenShape): Weights {
    const { scale, center, ...config } = this.config
    const shape = [knownExtent(this, input, this.#axis(input), 'channels')]
    const weight = (name: string, initializer: Initializer): Variable =>
      this.addWeight({ name, shape, initializer })
    const statistic = (name: string, initializer: Initializer): Variable =>
      this.addStatistic({ name, shape, initializer })
    const ofRenorm = (name: string, initializer: Initializer): Variable | undefined =>
      config.renorm ? statistic(name, initializer) : undefined
    const roots = rootsOf(config.movingVarianceInitializer)
    return {
      gamma: scale ? weight('gamma', config.gammaInitializer) : undefined,
      beta: center ? weight('beta', config.betaInitializer) : undefined,
      movingMean: statistic('moving_mean', config.movingMeanInitializer),
      movingVariance: statistic('moving_variance', config.movingVarianceInitializer),
      movingStddev: ofRenorm('moving_stddev', roots),
      renormMean: ofRenorm('renorm_mean', config.movingMeanInitializer),
      renormStddev: ofRenorm('renorm_stddev', roots),
    }
  }

  override mixesSamples(step: StepLowering, training: boolean): boolean {
    return training && step.trains(this)
  }

  protected override lower(call: LayerCall<Weights>): readonly MaskedValue[] {
    const {
      graph,
      inputs: [x],
      masks: [mask],
      weights: { gamma, beta, movingMean, movingVariance, movingStddev, renormMean, renormStddev },
    } = call
    const { epsilon, momentum, renormMomentum, renormClipping: clipping } = this.config
    const { rows, back } = rowsAlong(graph, x, [this.#axis(x.shape)])
    // As in Keras a frozen layer normalizes by its moving statistics.
    const ofBatch = this.mixesSamples(call.step, call.training)
    // As in Keras the moments are those of valid time steps; the others are normalized by them too.
    const ofRows = mask && broadcast(graph, mask, x.shape.slice(0, -1))
    const weights =
      ofRows &&
      reshape(graph, maskWeights(graph, { mask: ofRows }, {}).scaled, { shape: [sizeOf(ofRows.shape)] })
    const { mean, variance } = ofBatch
      ? moments(graph, { x: rows, weights: weights ?? undefined }, {})
      : { mean: movingMean, variance: movingVariance }
    let transform = { gamma, beta }
    if (ofBatch) {
      const step = (old: Value, now: Value, share = momentum): Value =>
        add(
          graph,
          affine(graph, { x: old }, { scale: share }).y,
          affine(graph, { x: now }, { scale: 1 - share }).y,
        )
      call.update('movingMean', step(movingMean, mean))
      if (!movingStddev || !renormMean || !renormStddev) {
        call.update('movingVariance', step(movingVariance, variance))
      } else {
        const stddev = deviation(graph, variance, epsilon)
        const before = { mean: renormMean, stddev: renormStddev }
        transform = corrected(graph, { mean, stddev }, before, transform, { epsilon, clipping })
        call.update('renormMean', step(renormMean, mean, renormMomentum))
        call.update('renormStddev', step(renormStddev, stddev, renormMomentum))
        const moved = step(movingStddev, stddev)
        call.update('movingStddev', moved)
        call.update('movingVariance', varianceOf(graph, moved, epsilon))
      }
    }
    const { y } = batchNormalization(
      graph,
      { x: rows, mean, variance, ...transform },
      { epsilon, ofBatch: ofBatch && !mask },
    )
    return [{ value: back(y), mask: ofRows ?? null }]
  }
}

const definition = defineLayer({
  className: 'BatchNormalization',
  table,
  positional: [],
  create: (self, given) => new BatchNormalizationLayer(self, given),
})

/**
 * Normalizes each channel over the batch: any shape `[batch, ..., channels]`, unchanged. With a mask the moments are those of valid
 * time steps.
 *
 * @see keras/src/layers/normalization/batch_normalization.py
 */
export const BatchNormalization: LayerConstructor<
  [options?: BatchNormalizationOptions],
  WeightedLayer<'gamma' | 'beta' | 'movingMean' | 'movingVariance'>
> = definition.make
export type BatchNormalization = ReturnType<typeof BatchNormalization>
