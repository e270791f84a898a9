// Noise of the normal distribution in training: added, or as a factor with mean 1 (Srivastava et al. 2014).

import { checkFinite } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { point } from '../../ops/pointwise.ts'
import { random } from '../../ops/random.ts'
import { required, type TableFor } from '../../util/options.ts'
import { drawKey, nextSeed } from '../../util/seed.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { LayerTable } from '../layer.ts'
import { type LayerOptions, layerOptions, readRate, seed } from '../options.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

export interface GaussianOptions extends LayerOptions {
  /** Fixes the draws; `null`, the default, takes the next seed of `setSeed`. */
  readonly seed?: number | null
}

/** A layer that draws a number for each of its inputs in a training step. */
abstract class NoiseLayer<
  Table extends LayerTable & { readonly seed: typeof seed },
> extends WeightlessLayer<Table> {
  readonly #seed = this.config.seed ?? nextSeed()

  /** The mean and the standard deviation of the draws; null where there are none. */
  protected abstract get distribution(): { readonly mean: number; readonly deviation: number } | null
  protected abstract apply(graph: Graph, x: Value, noise: Value): Value

  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [this.single(inputs, 1, '[batch, ...]')]
  }

  protected override lower({
    graph,
    inputs: [x],
    training,
    repetition,
  }: LayerCall<NoWeights>): readonly Value[] {
    const { distribution } = this
    if (!training || distribution === null) return [x]
    const { mean: low, deviation: high } = distribution
    const key = drawKey(this.#seed, repetition)
    const attrs = { fn: 'normal', shape: x.shape, low, high, seed: key, isFixed: false } as const
    return [this.apply(graph, x, random(graph, {}, attrs).y)]
  }
}

interface GaussianNoiseArguments extends GaussianOptions {
  /** The standard deviation of the noise, in [0, 1]. */
  readonly stddev: number
}

const noiseTable = {
  ...layerOptions,
  stddev: required((where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 })),
  seed,
} as const satisfies TableFor<GaussianNoiseArguments>

/** @internal */
export class GaussianNoiseLayer extends NoiseLayer<typeof noiseTable> {
  protected override get distribution() {
    const { stddev } = this.config
    return stddev > 0 ? { mean: 0, deviation: stddev } : null
  }

  protected override apply(graph: Graph, x: Value, noise: Value): Value {
    return point(graph, 'add', x, noise)
  }
}

const gaussianNoise = defineLayer({
  className: 'GaussianNoise',
  table: noiseTable,
  positional: ['stddev'],
  create: (self, given) => new GaussianNoiseLayer(self, given),
})

/**
 * Adds noise of mean 0 in training; changes nothing otherwise. Any shape.
 *
 * @param stddev The standard deviation of the noise, in [0, 1].
 * @see keras/src/layers/regularization/gaussian_noise.py
 */
export const GaussianNoise: LayerConstructor<
  LayerArguments<[stddev: number], GaussianOptions, GaussianNoiseArguments>
> = gaussianNoise.make
export type GaussianNoise = ReturnType<typeof GaussianNoise>

interface GaussianDropoutArguments extends GaussianOptions {
  /** The rate of the dropout whose factors have the same mean and variance, in [0, 1). */
  readonly rate: number
}

const dropoutTable = {
  ...layerOptions,
  rate: required(readRate),
  seed,
} as const satisfies TableFor<GaussianDropoutArguments>

/** @internal */
export class GaussianDropoutLayer extends NoiseLayer<typeof dropoutTable> {
  protected override get distribution() {
    const { rate } = this.config
    return rate > 0 ? { mean: 1, deviation: Math.sqrt(rate / (1 - rate)) } : null
  }

  protected override apply(graph: Graph, x: Value, noise: Value): Value {
    return point(graph, 'multiply', x, noise)
  }
}

const gaussianDropout = defineLayer({
  className: 'GaussianDropout',
  table: dropoutTable,
  positional: ['rate'],
  create: (self, given) => new GaussianDropoutLayer(self, given),
})

/**
 * Multiplies by noise of mean 1 and variance rate / (1 − rate) in training; changes nothing otherwise. Any shape.
 *
 * @param rate The rate of the dropout whose factors have the same mean and variance, in [0, 1).
 * @see keras/src/layers/regularization/gaussian_dropout.py
 */
export const GaussianDropout: LayerConstructor<
  LayerArguments<[rate: number], GaussianOptions, GaussianDropoutArguments>
> = gaussianDropout.make
export type GaussianDropout = ReturnType<typeof GaussianDropout>
