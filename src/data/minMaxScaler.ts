// Scales features to a range: x · scale + min.

import { describeValue, fail } from '../errors.ts'
import { type Config, flag, option, readOptions, type TableFor } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { Unproxied } from '../util/unproxied.ts'
import { byFeature, failUnfitted, mapFeatures, type Numbers, readFeatures } from './scaling.ts'
import { withoutNew } from './withoutNew.ts'

export interface MinMaxScalerOptions {
  /** Where the least and the largest number of each feature go, `[0, 1]` by default. */
  readonly featureRange?: readonly [min: number, max: number]
  /** Whether what is transformed later is cut to the range, `false` by default. */
  readonly clip?: boolean
}

const minMaxOptions = {
  featureRange: option<readonly [number, number]>([0, 1], (where, name, value) => {
    const [min, max] = Array.isArray(value) && value.length === 2 ? (value as readonly unknown[]) : []
    if (Number.isFinite(min) && Number.isFinite(max) && Number(min) < Number(max))
      return [Number(min), Number(max)]
    return fail(where, { expected: `${name} as [min, max] with min below max`, got: describeValue(value) })
  }),
  clip: flag(false),
} as const satisfies TableFor<MinMaxScalerOptions>

interface Fitted {
  readonly dataMin: number[]
  readonly dataMax: number[]
  readonly samples: number
}

class MinMaxScalerClass extends Unproxied {
  readonly #options: Config<typeof minMaxOptions>
  #fitted: Fitted | null = null

  constructor(options?: MinMaxScalerOptions | null) {
    super()
    this.#options = readOptions('MinMaxScaler', minMaxOptions, options)
  }

  /** Where the least and the largest number of each feature go, `[0, 1]` by default. */
  get featureRange(): readonly [min: number, max: number] {
    return this.#options.featureRange
  }

  /** The least number of each feature. */
  get dataMin(): readonly number[] {
    return this.#of('dataMin').dataMin
  }

  /** The largest number of each feature. */
  get dataMax(): readonly number[] {
    return this.#of('dataMax').dataMax
  }

  /** `dataMax` − `dataMin` of each feature. */
  get dataRange(): readonly number[] {
    const { dataMin, dataMax } = this.#of('dataRange')
    return dataMax.map((max, i) => max - (dataMin[i] as number))
  }

  /** By what each feature is multiplied. */
  get scale(): readonly number[] {
    const [min, max] = this.featureRange
    // Features that are constant go to the start of the range.
    return this.dataRange.map((range) => (max - min) / (range < 10 * Number.EPSILON ? 1 : range))
  }

  /** What is added to each feature then. */
  get min(): readonly number[] {
    const { scale } = this
    return this.dataMin.map((least, i) => this.featureRange[0] - least * (scale[i] as number))
  }

  /** Features of the data that it was fitted to. */
  get nFeaturesIn(): number {
    return this.#of('nFeaturesIn').dataMin.length
  }

  /** Samples that it was fitted to. */
  get nSamplesSeen(): number {
    return this.#of('nSamplesSeen').samples
  }

  /**
   * Learns the range of each feature, and forgets what was learned before.
   *
   * @param x `[samples, ..., features]`, or a list of numbers of one feature. NaN is left out.
   */
  fit(x: Numbers): this {
    this.#fitted = this.#learn(x, 'MinMaxScaler.fit', null)
    return this
  }

  /** Learns from a part of the data: the range grows by what the part has. */
  partialFit(x: Numbers): this {
    this.#fitted = this.#learn(x, 'MinMaxScaler.partialFit', this.#fitted)
    return this
  }

  /** The data scaled, in their shape; NaN stays. */
  transform(x: Numbers): Tensor {
    const where = 'MinMaxScaler.transform'
    const read = readFeatures(x, where, this.#of('transform').dataMin.length)
    const { scale, min } = this
    const [low, high] = this.featureRange
    return mapFeatures(read, (value, i) => {
      const scaled = value * (scale[i] as number) + (min[i] as number)
      return this.#options.clip ? Math.min(high, Math.max(low, scaled)) : scaled
    })
  }

  /** `fit`, and then `transform` of the same data. */
  fitTransform(x: Numbers): Tensor {
    return this.fit(x).transform(x)
  }

  /** Scaled data as they were before. */
  inverseTransform(x: Numbers): Tensor {
    const where = 'MinMaxScaler.inverseTransform'
    const read = readFeatures(x, where, this.#of('inverseTransform').dataMin.length)
    const { scale, min } = this
    return mapFeatures(read, (value, i) => (value - (min[i] as number)) / (scale[i] as number))
  }

  #of(name: string): Fitted {
    return this.#fitted ?? failUnfitted(`MinMaxScaler.${name}`)
  }

  #learn(x: Numbers, where: string, before: Fitted | null): Fitted {
    const read = readFeatures(x, where, before?.dataMin.length)
    const columns = byFeature(read)
    const found = (pick: (a: number, b: number) => number, seen: readonly number[] | undefined): number[] =>
      columns.map((column, i) => {
        const known = seen?.[i] ?? Number.NaN
        return column.reduce((a, b) => (Number.isNaN(a) ? b : pick(a, b)), known)
      })
    return {
      dataMin: found(Math.min, before?.dataMin),
      dataMax: found(Math.max, before?.dataMax),
      samples: (before?.samples ?? 0) + read.data.length / read.features,
    }
  }
}

/**
 * Scales each feature to a range by its least and largest number; `inverseTransform` takes forecasts back.
 *
 * @see sklearn/preprocessing/_data.py
 */
export const MinMaxScaler = withoutNew('MinMaxScaler', MinMaxScalerClass)
export type MinMaxScaler = MinMaxScalerClass
