// (x − mean) / √variance, of the data that the layer was adapted to, or as given; or the way back.

import { checkInteger, describeValue, fail, impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { point } from '../../ops/pointwise.ts'
import { reshape } from '../../ops/view.ts'
import { flag, nullable, option, type TableFor } from '../../util/options.ts'
import { type OpenShape, type Shape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import { Tensor } from '../../util/tensor.ts'
import type { LayerCall } from '../call.ts'
import { type CallableLayer, defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import { knownExtent } from '../inputChecks.ts'
import { Layer } from '../layer.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import { Ones, Zeros } from '../weights/initializers.ts'
import type { Variable } from '../weights/variable.ts'
import { setValues } from '../weights/variableValues.ts'
import { type AdaptData, type AdaptOptions, eachBatch, numbersOf, readAdaptOptions } from './adapting.ts'
import { Moments } from './moments.ts'
import { type Numbers, readNumbers, writeNumbers } from './numbers.ts'

export interface NormalizationOptions extends LayerOptions {
  /** The mean, a number or an array that broadcasts along `axis`; `null`, the default, where `adapt` finds it. */
  readonly mean?: Numbers | null
  /** The variance, beside `mean`; `null`, the default, where `adapt` finds it. */
  readonly variance?: Numbers | null
  /** Whether the layer takes normalized numbers back, x·√variance + mean: `false` by default. */
  readonly invert?: boolean
}

interface NormalizationArguments extends NormalizationOptions {
  /** The axis, or several, whose entries have a mean and a variance of their own; `null` for one of all. By default the last, -1. */
  readonly axis?: number | readonly number[] | null
}

const numbers = nullable<number | Tensor, Numbers>(readNumbers, writeNumbers)

const table = {
  ...layerOptions,
  axis: option<readonly number[], number | readonly number[] | null>([-1], (where, name, value) =>
    value === null
      ? []
      : Array.isArray(value)
        ? value.map((each: unknown) => checkInteger(where, `each of ${name}`, each))
        : [checkInteger(where, name, value)],
  ),
  mean: numbers,
  variance: numbers,
  invert: flag(false),
} as const satisfies TableFor<NormalizationArguments>

/** Deviations are at least Keras's epsilon, so that what does not vary becomes 0. */
const LEAST = 1e-7

type Weights = {
  readonly mean: Variable
  readonly variance: Variable
  /** As Keras's files have it: 0. */
  readonly count: Variable | undefined
}

export class NormalizationLayer extends Layer<typeof table, Weights> {
  /** @internal */
  override get passesMask(): boolean {
    return true
  }

  /** The axes of an input that keep entries of their own, ascending. */
  #keptAxes(shape: OpenShape): readonly number[] {
    const { axis } = this.config
    const axes = axis.map((each) => (each < 0 ? each + shape.length : each))
    if (axes.some((each) => each < 1 || each >= shape.length) || new Set(axes).size < axes.length) {
      fail(this.where, {
        expected: `axis among those of ${showShape(shape)} behind the batch, each once`,
        got: describeValue(axis),
        remedy: 'axis: null takes one mean of all numbers.',
      })
    }
    return axes.sort((a, b) => a - b)
  }

  /** @internal */
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 1, '[batch, ...]')
    const kept = this.#keptAxes(shape).map((axis) => shape[axis] ?? null)
    const { mean } = this.builtWeights ?? {}
    if (mean && !sameShape(mean.shape, kept)) {
      fail(this.where, {
        expected: `inputs with ${showShape(mean.shape)} along axis ${describeValue(this.config.axis)}, as the layer knows them`,
        got: showShape(shape),
      })
    }
    return [shape]
  }

  protected override createWeights(input: OpenShape): Weights {
    const kept = this.#keptAxes(input).map((axis) => knownExtent(this, input, axis, 'entries'))
    const { mean, variance } = this.config
    if (mean !== null && variance !== null) {
      return {
        mean: this.addConstant('mean', this.#spread('mean', mean, kept)),
        variance: this.addConstant('variance', this.#spread('variance', variance, kept)),
        count: undefined,
      }
    }
    const weights = {
      mean: this.addStatistic({ name: 'mean', shape: kept, initializer: Zeros() }),
      variance: this.addStatistic({ name: 'variance', shape: kept, initializer: Ones() }),
      count: this.addStatistic({ name: 'count', shape: [], initializer: Zeros() }),
    }
    weights.count.isInteger = true
    return weights
  }

  /** Given numbers along the kept axes, to which they broadcast. */
  #spread(name: string, given: number | Tensor, kept: Shape): Tensor {
    const { data, shape } = typeof given === 'number' ? new Tensor(Float32Array.of(given), []) : given
    const offset = kept.length - shape.length
    if (!shape.every((extent, i) => extent === 1 || extent === kept[i + offset])) {
      fail(this.where, {
        expected: `${name} that broadcasts to [${kept.join(', ')}]`,
        got: `[${shape.join(', ')}]`,
      })
    }
    const spread = Float32Array.from({ length: sizeOf(kept) }, (_, index) => {
      const place = shape.reduce((at, extent, i) => {
        const along = Math.floor(index / sizeOf(kept.slice(i + offset + 1))) % (kept[i + offset] ?? 1)
        return at * extent + (extent === 1 ? 0 : along)
      }, 0)
      return data[place] ?? 0
    })
    return new Tensor(spread, kept)
  }

  /**
   * Learns mean and variance of data, which are weights of the layer then: as sums in float64, on the host, where the data are; to take
   * them to a device would take longer than to add them. Arrays are done with when the call returns.
   *
   * @param data Arrays, or a stream of batches, async or not: arrays or `[x, y]`.
   * @param options `steps`: the most batches of a stream; `null`, the default: all.
   * @throws {RecurraError} if the layer was given a mean, the data do not fit the layer, or are not finite.
   */
  async adapt(data: AdaptData, options: AdaptOptions = {}): Promise<void> {
    await this.adaptTo(data, options)
  }

  /** @internal Does that at once for arrays, and throws; of a stream it returns when it is read. */
  adaptTo(data: AdaptData, options: AdaptOptions): Promise<void> | null {
    const where = `${this.where}.adapt`
    const { steps } = readAdaptOptions(where, options)
    if (this.config.mean !== null) {
      fail(where, { expected: 'a layer without mean and variance', got: 'one that was given them' })
    }
    let moments: Moments | null = null
    const take = (batch: unknown, at: string): void => {
      const read = numbersOf(batch, at)
      const sample = [null, ...read.shape.slice(1)]
      this.outputShapes([sample])
      this.ensureBuilt('', [sample])
      const axes = this.#keptAxes(read.shape)
      moments ??= new Moments(axes.map((axis) => read.shape[axis] ?? 1))
      moments.add(read, axes)
    }
    const finish = (): void => {
      const { mean, variance } = this.builtWeights ?? {}
      if (!moments || !mean || !variance) impossible('data were read')
      const { mean: means, variance: variances } = moments as Moments
      setValues([mean, variance], [Float32Array.from(means), Float32Array.from(variances)])
    }
    return eachBatch(data, steps, where, take, finish)
  }

  protected override lower({ graph, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const axes = this.#keptAxes(x.shape)
    const shape = x.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1))
    const mean = reshape(graph, weights.mean, { shape })
    const root = point(graph, 'sqrt', reshape(graph, weights.variance, { shape }))
    const deviation = point(graph, 'maximum', root, LEAST)
    return [
      this.config.invert
        ? point(graph, 'add', point(graph, 'multiply', x, deviation), mean)
        : point(graph, 'divide', point(graph, 'subtract', x, mean), deviation),
    ]
  }
}

const definition = defineLayer({
  className: 'Normalization',
  table,
  positional: ['axis', 'mean', 'variance', 'invert'],
  create: (self, given) => {
    const layer = new NormalizationLayer(self, given)
    const { mean, variance, axis } = layer.config
    const shapes = [mean, variance].map((each) =>
      each === null ? null : typeof each === 'number' ? [] : each.shape,
    )
    const [ofMean, ofVariance] = shapes
    if (JSON.stringify(ofMean) !== JSON.stringify(ofVariance)) {
      fail(layer.where, {
        expected: 'mean and variance, both or none, of one shape',
        got: shapes.map((shape) => (shape ? `[${shape.join(', ')}]` : 'none')).join(' and '),
      })
    }
    if (ofMean && ofMean.length > axis.length) {
      fail(layer.where, {
        expected: `mean and variance of at most ${axis.length} axes, as many as axis names`,
        got: `[${ofMean.join(', ')}]`,
      })
    }
    return layer
  },
})

/** A Normalization that can be called. */
export type CallableNormalization = NormalizationLayer & CallableLayer

/**
 * (x − mean) / √variance with a mean and a variance for each entry along `axis`, given or learned by `await layer.adapt(data)`.
 * `[batch, ...]`, unchanged. What does not vary becomes 0. The layer does the same in training as in a prediction.
 *
 * @param axis The axis, or several, whose entries have a mean of their own, the last by default; `null` for one mean of all.
 * @throws {RecurraError} if one of mean and variance is missing, or they do not fit.
 * @see keras/src/layers/preprocessing/normalization.py
 */
export const Normalization: LayerConstructor<
  LayerArguments<[axis?: number | readonly number[] | null], NormalizationOptions, NormalizationArguments>,
  CallableNormalization
> = definition.make
export type Normalization = ReturnType<typeof Normalization>
