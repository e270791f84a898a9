// Numbers as the bins that they lie in.

import { checkFinite, checkPositiveInteger, describeValue, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { point } from '../../ops/pointwise.ts'
import { sum } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import { constructorOf } from '../../util/constructorOf.ts'
import { nullable, option, type TableFor, unsupported } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import { checkFiniteData, type NumericArray, Tensor, toTensor } from '../../util/tensor.ts'
import type { LayerCall } from '../call.ts'
import { type CallableLayer, defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import { Layer } from '../layer.ts'
import { type LayerOptions, layerOptions, noActivity } from '../options.ts'
import type { Variable } from '../weights/variable.ts'
import { setValues } from '../weights/variableValues.ts'
import { type AdaptData, type AdaptOptions, eachBatch, numbersOf, readAdaptOptions } from './adapting.ts'
import { countedTo, type Encoding, encode, encodedShape, outputMode } from './encoding.ts'
import { boundariesOf, EMPTY, merged, type Summary, summaryOf } from './quantiles.ts'

export interface DiscretizationOptions extends LayerOptions {
  /** How many bins `adapt` makes; `null`, the default, where `binBoundaries` says them. */
  readonly numBins?: number | null
  /** By how much a bin's share of the data may be off, `0.01` by default: `adapt` keeps some 1 / epsilon numbers. */
  readonly epsilon?: number
  /**
   * `'int'`, by default: the number of the bin. `'one_hot'`: a vector for each number. `'multi_hot'`: a vector for each sample, the
   * numbers of its last axis, 1 where one lies in a bin. `'count'`: how many lie in it.
   */
  readonly outputMode?: 'int' | Encoding
}

interface DiscretizationArguments extends DiscretizationOptions {
  /** Where the bins end, ascending; `null`, the default, where `adapt` finds them. */
  readonly binBoundaries?: readonly number[] | NumericArray | null
}

const table = {
  ...layerOptions,
  activityRegularizer: noActivity,
  binBoundaries: nullable<readonly number[], readonly number[] | NumericArray>((where, name, value) => {
    const array = toTensor(value, `${where}, ${name}`)
    checkFiniteData(array, `${where}, ${name}`)
    const numbers = [...array.data]
    if (
      array.shape.length !== 1 ||
      numbers.length === 0 ||
      numbers.some((number, i) => number <= (numbers[i - 1] ?? -Infinity))
    )
      fail(where, { expected: `${name} to be ascending numbers`, got: describeValue(value) })
    return ArrayBuffer.isView(value) ? numbers : (value as readonly number[]).map(Number)
  }),
  numBins: nullable(checkPositiveInteger),
  epsilon: option(0.01, (where, name, value) => {
    const share = checkFinite(where, name, value, { min: 0, max: 1 })
    return share > 0 ? share : fail(where, { expected: `${name} to be above 0`, got: '0' })
  }),
  outputMode: outputMode<'int' | Encoding>('int', ['int', 'one_hot', 'multi_hot', 'count']),
  sparse: unsupported(false),
} as const satisfies TableFor<DiscretizationArguments>

type Weights = { readonly boundaries: Variable; readonly places: Variable | undefined }

export class DiscretizationLayer extends Layer<typeof table, Weights> {
  #boundaries: readonly number[] | null = this.config.binBoundaries

  /** Where the bins end; null before they are known. */
  get binBoundaries(): readonly number[] | null {
    return this.#boundaries
  }

  override getConfig(): Record<string, unknown> {
    // Keras's layer has no such option, and refuses a file that names it.
    const { trainable: _, ...config } = super.getConfig()
    return { ...config, binBoundaries: this.#boundaries }
  }

  /**
   * Finds `numBins` bins that the data fill alike, by quantiles of all their numbers within `epsilon`. It runs on the host, where the
   * data are; arrays are done with when the call returns.
   *
   * @param data Arrays, or a stream of batches, async or not: arrays or `[x, y]`.
   * @param options `steps`: the most batches of a stream; `null`, the default: all.
   * @throws {RecurraError} if the layer was given binBoundaries, or numbers are not finite.
   */
  async adapt(data: AdaptData, options: AdaptOptions = {}): Promise<void> {
    await this.adaptTo(data, options)
  }

  /** @internal Does that at once for arrays, and throws; of a stream it returns when it is read. */
  adaptTo(data: AdaptData, options: AdaptOptions): Promise<void> | null {
    const where = `${this.where}.adapt`
    const { steps } = readAdaptOptions(where, options)
    const { numBins, epsilon } = this.config
    if (numBins === null) {
      fail(where, {
        expected: 'a layer with numBins',
        got: 'one with binBoundaries',
        remedy: 'Give numBins instead of binBoundaries.',
      })
    }
    let summary: Summary = EMPTY
    const take = (batch: unknown, at: string): void => {
      summary = merged(summaryOf(numbersOf(batch, at).data, epsilon), summary, epsilon)
    }
    return eachBatch(data, steps, where, take, () => this.#set(boundariesOf(summary, numBins), where))
  }

  #set(boundaries: readonly number[], where: string): void {
    const { boundaries: variable } = this.builtWeights ?? {}
    if (variable && variable.value.length !== boundaries.length) {
      fail(where, {
        expected: `${variable.value.length} boundaries, for which a model has the layer`,
        got: `${boundaries.length}`,
        remedy: 'Adapt the layer before a model is made of it.',
      })
    }
    this.#boundaries = boundaries
    if (variable) setValues([variable], [Float32Array.from(boundaries)])
  }

  #known(): readonly number[] {
    return (
      this.#boundaries ??
      fail(this.where, {
        expected: 'binBoundaries, or a layer that was adapted',
        got: 'neither',
        remedy: 'Call await layer.adapt(data) first.',
      })
    )
  }

  /** @internal */
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 1, '[batch, ...]')
    const depth = this.#known().length + 1
    const { outputMode: mode } = this.config
    return [mode === 'int' ? shape : encodedShape(this.where, shape, mode, depth)]
  }

  /** @internal */
  protected override createWeights(): Weights {
    const boundaries = this.#known()
    const places = countedTo(boundaries.length + 1)
    return {
      boundaries: this.addConstant(
        'boundaries',
        new Tensor(Float32Array.from(boundaries), [boundaries.length]),
      ),
      places: this.config.outputMode === 'int' ? undefined : this.addConstant('places', places),
    }
  }

  /** @internal */
  protected override lower({ graph, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const column = reshape(graph, x, { shape: [...x.shape, 1] })
    const isBelow = point(graph, 'lessEqual', weights.boundaries, column)
    const { y: indices } = sum(graph, { x: isBelow }, { axis: x.shape.length })
    const { outputMode: mode } = this.config
    const { places } = weights
    return [mode === 'int' || !places ? indices : encode(graph, { indices, places }, mode)]
  }
}

const definition = defineLayer({
  className: 'Discretization',
  table,
  positional: ['binBoundaries', 'numBins', 'epsilon', 'outputMode'],
  create: (self, given) => new DiscretizationLayer(self, given),
})

/** A Discretization that can be called. */
export type CallableDiscretization = DiscretizationLayer & CallableLayer

/**
 * Numbers as the bins that they lie in: with `binBoundaries: [0, 1]` those below 0 are 0, those from 0 to below 1 are 1, and others 2.
 * `[batch, ...]`, unchanged in `outputMode: 'int'`. Either `binBoundaries` are given, or `numBins`, and `await layer.adapt(data)`
 * finds them. No gradient comes back.
 *
 * @throws {RecurraError} if both are given, or neither.
 * @see keras/src/layers/preprocessing/discretization.py
 */
export const Discretization: LayerConstructor<
  LayerArguments<
    [binBoundaries?: readonly number[] | NumericArray | null],
    DiscretizationOptions,
    DiscretizationArguments
  >,
  CallableDiscretization
> = constructorOf('Discretization', (...args) => {
  const layer = definition.make<CallableDiscretization>(...args)
  const { binBoundaries, numBins } = layer.config
  // Files have both, of a layer that was adapted.
  if ((binBoundaries === null) === (numBins === null)) {
    fail(layer.where, {
      expected: 'binBoundaries, or numBins to adapt',
      got: binBoundaries === null ? 'neither' : 'both',
    })
  }
  return layer
})
export type Discretization = ReturnType<typeof Discretization>
