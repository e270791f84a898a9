// Scales features to mean 0 and standard deviation 1: (x − mean) / scale.

import { fail } from '../errors.ts'
import { type Config, flag, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import type { Tensor } from '../util/tensor.ts'
import { Unproxied } from '../util/unproxied.ts'
import { readNumbers } from './numbers.ts'
import { failUnfitted, mapFeatures, type Numbers, readFeatures } from './scaling.ts'
import { withoutNew } from './withoutNew.ts'

export interface StandardScalerOptions {
  /** Whether the mean is taken away, `true` by default. */
  readonly withMean?: boolean
  /** Whether numbers are divided by their standard deviation, `true` by default. */
  readonly withStd?: boolean
}

const standardOptions = {
  withMean: flag(true),
  withStd: flag(true),
} as const satisfies TableFor<StandardScalerOptions>

/** The moments of a feature: the weight of its numbers, their mean, and the sum of their squared distances from it. */
interface Moments {
  readonly weight: number
  readonly mean: number
  readonly squares: number
}

class StandardScalerClass extends Unproxied {
  readonly #options: Config<typeof standardOptions>
  #moments: readonly Moments[] | null = null

  constructor(options?: StandardScalerOptions | null) {
    super()
    this.#options = readOptions('StandardScaler', standardOptions, options)
  }

  /** The mean of each feature; null where neither mean nor deviation is asked for. */
  get mean(): readonly number[] | null {
    const moments = this.#of('mean')
    return this.#isIdle ? null : moments.map(({ mean }) => mean)
  }

  /** The variance of each feature, as of a whole population; null without `withStd`. */
  get var(): readonly number[] | null {
    const moments = this.#of('var')
    return this.#options.withStd ? moments.map(varianceOf) : null
  }

  /** By what each feature is divided: its standard deviation, or 1 where it is constant; null without `withStd`. */
  get scale(): readonly number[] | null {
    const moments = this.#of('scale')
    return this.#options.withStd ? moments.map(scaleOf) : null
  }

  /** Features of the data that it was fitted to. */
  get nFeaturesIn(): number {
    return this.#of('nFeaturesIn').length
  }

  /** The numbers of a feature, or of each where some are missing; weights are added up. */
  get nSamplesSeen(): number | readonly number[] {
    const [first = 0, ...others] = this.#of('nSamplesSeen').map(({ weight }) => weight)
    return others.every((weight) => weight === first) ? first : [first, ...others]
  }

  /**
   * Learns mean and deviation of each feature, and forgets what was learned before.
   *
   * @param x `[samples, ..., features]`, or a list of numbers of one feature. NaN is left out.
   * @param sampleWeight A weight for each sample, at least 0; `null` by default.
   */
  fit(x: Numbers, sampleWeight?: Numbers | null): this {
    this.#moments = this.#learn('StandardScaler.fit', x, sampleWeight, null)
    return this
  }

  /** Learns from a part of the data: after all parts, mean and deviation are those of the whole. */
  partialFit(x: Numbers, sampleWeight?: Numbers | null): this {
    this.#moments = this.#learn('StandardScaler.partialFit', x, sampleWeight, this.#moments)
    return this
  }

  /** The data scaled, in their shape; NaN stays. */
  transform(x: Numbers): Tensor {
    const moments = this.#of('transform')
    const [mean, scale] = this.#line(moments)
    const read = readFeatures(x, 'StandardScaler.transform', moments.length)
    return mapFeatures(read, (value, i) => (value - (mean[i] as number)) / (scale[i] as number))
  }

  /** `fit`, and then `transform` of the same data. */
  fitTransform(x: Numbers, sampleWeight?: Numbers | null): Tensor {
    return this.fit(x, sampleWeight).transform(x)
  }

  /** Scaled data as they were before. */
  inverseTransform(x: Numbers): Tensor {
    const moments = this.#of('inverseTransform')
    const [mean, scale] = this.#line(moments)
    const read = readFeatures(x, 'StandardScaler.inverseTransform', moments.length)
    return mapFeatures(read, (value, i) => value * (scale[i] as number) + (mean[i] as number))
  }

  get #isIdle(): boolean {
    return !this.#options.withMean && !this.#options.withStd
  }

  #of(name: string): readonly Moments[] {
    return this.#moments ?? failUnfitted(`StandardScaler.${name}`)
  }

  /** What is taken away and by what is divided. */
  #line(moments: readonly Moments[]): readonly [mean: readonly number[], scale: readonly number[]] {
    const { withMean, withStd } = this.#options
    return [
      moments.map(({ mean }) => (withMean ? mean : 0)),
      moments.map((each) => (withStd ? scaleOf(each) : 1)),
    ]
  }

  #learn(
    where: string,
    x: Numbers,
    sampleWeight: Numbers | null | undefined,
    before: readonly Moments[] | null,
  ): Moments[] {
    const { data, features } = readFeatures(x, where, before?.length)
    const samples = data.length / features
    const weights =
      (sampleWeight ?? null) === null ? null : readNumbers(sampleWeight, `${where}, sampleWeight`)
    if (weights && (weights.shape.length !== 1 || weights.data.length !== samples))
      fail(`${where}, sampleWeight`, { expected: `[${samples}]`, got: showShape(weights.shape) })
    const negative = weights?.data.find((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
    if (negative !== undefined)
      fail(`${where}, sampleWeight`, { expected: 'weights of at least 0', got: `${negative}` })
    return Array.from({ length: features }, (_, feature) => {
      // Two passes: a sum of squares alone loses what is left where the mean is large.
      let [weight, sum, squares] = [0, 0, 0]
      const each = (visit: (value: number, weight: number) => void): void => {
        for (let i = 0; i < samples; i++) {
          const value = data[i * features + feature] as number
          if (!Number.isNaN(value)) visit(value, weights?.data[i] ?? 1)
        }
      }
      each((value, w) => {
        weight += w
        sum += w * value
      })
      const mean = weight === 0 ? 0 : sum / weight
      each((value, w) => {
        squares += w * (value - mean) ** 2
      })
      return together(before?.[feature] ?? { weight: 0, mean: 0, squares: 0 }, { weight, mean, squares })
    })
  }
}

/** Moments of two sets of numbers as one (Chan, Golub and LeVeque, 1983). */
function together(a: Moments, b: Moments): Moments {
  const weight = a.weight + b.weight
  if (weight === 0) return a
  const distance = b.mean - a.mean
  return {
    weight,
    mean: a.mean + (distance * b.weight) / weight,
    squares: a.squares + b.squares + (distance ** 2 * a.weight * b.weight) / weight,
  }
}

const varianceOf = ({ weight, squares }: Moments): number => squares / weight

/** As in scikit-learn a feature is constant where its variance is no more than rounding makes of a constant. */
function scaleOf(moments: Moments): number {
  const { weight, mean } = moments
  const variance = varianceOf(moments)
  const rounding = weight * Number.EPSILON * variance + (weight * mean * Number.EPSILON) ** 2
  return variance <= rounding ? 1 : Math.sqrt(variance)
}

/**
 * Scales each feature to mean 0 and standard deviation 1; `inverseTransform` takes forecasts back.
 *
 * @see sklearn/preprocessing/_data.py
 */
export const StandardScaler = withoutNew('StandardScaler', StandardScalerClass)
export type StandardScaler = StandardScalerClass
