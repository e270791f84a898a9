// Rectifiers as layers: ReLU, LeakyReLU and ELU with their parameters, and PReLU, whose slope below 0 is learned.

import { checkFinite, checkPositiveInteger, describeValue, fail, impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { binary } from '../../ops/elementwise.ts'
import { type RectifierAttributes, rectifier } from '../../ops/rectifier.ts'
import { nullable, option, type TableFor } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../../util/shape.ts'
import type { LayerCall } from '../call.ts'
import {
  type CallableLayer,
  defineLayer,
  type LayerArguments,
  type LayerConstructor,
  type WeightedLayer,
} from '../callable.ts'
import { ElementwiseLayer } from '../elementwiseLayer.ts'
import { knownExtent } from '../inputChecks.ts'
import { Layer } from '../layer.ts'
import { type ActivationLayer, initializer, type LayerOptions, layerOptions } from '../options.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import { type ConstraintIdentifier, type RegularizerIdentifier, rulesOf } from '../weights/weightRules.ts'
import { activate } from './activate.ts'

/** A number of at least 0. */
const atLeastZero = (where: string, name: string, value: unknown): number =>
  checkFinite(where, name, value, { min: 0 })

/** A layer that can be called and that other layers take as their activation. */
type CallableActivation = CallableLayer & ActivationLayer

export interface ReLUOptions extends LayerOptions {
  /** The largest output; `null`, the default, is none. */
  readonly maxValue?: number | null
  /** The slope below the threshold, `0` by default. */
  readonly negativeSlope?: number
  /** Where the output begins to be the input, `0` by default. */
  readonly threshold?: number
}

const reluTable = {
  ...layerOptions,
  maxValue: nullable(atLeastZero),
  negativeSlope: option(0, atLeastZero),
  threshold: option(0, atLeastZero),
} as const satisfies TableFor<ReLUOptions>

/** @internal */
export class ReLULayer extends ElementwiseLayer<typeof reluTable> {
  override applyTo(graph: Graph, x: Value): Value {
    const { maxValue: limit, negativeSlope: alpha, threshold } = this.config
    // What kernels apply to their own results.
    if (alpha === 0 && threshold === 0 && limit === null) return activate(graph, x, 'relu')
    if (alpha === 0 && threshold === 0 && limit === 6) return activate(graph, x, 'relu6')
    return rectifier(graph, { x }, { alpha, threshold, limit }).y
  }
}

const relu = defineLayer({
  className: 'ReLU',
  table: reluTable,
  positional: ['maxValue', 'negativeSlope', 'threshold'],
  create: (self, given) => new ReLULayer(self, given),
})

/**
 * x above `threshold`, at most `maxValue`; below it negativeSlope·(x − threshold). Any shape, unchanged.
 *
 * @param maxValue The largest output; `null`, the default, is none.
 * @param negativeSlope The slope below the threshold, `0` by default.
 * @param threshold Where the output begins to be the input, `0` by default.
 * @see keras/src/layers/activations/relu.py
 */
export const ReLU: LayerConstructor<
  LayerArguments<
    [maxValue?: number | null, negativeSlope?: number, threshold?: number],
    LayerOptions,
    ReLUOptions
  >,
  CallableActivation
> = relu.make
export type ReLU = ReturnType<typeof ReLU>

export interface LeakyReLUOptions extends LayerOptions {
  /** The slope below 0, `0.3` by default; the activation `'leaky_relu'` has 0.2. */
  readonly negativeSlope?: number
}

const leakyTable = {
  ...layerOptions,
  negativeSlope: option(0.3, checkFinite),
} as const satisfies TableFor<LeakyReLUOptions>

/** @internal */
export class LeakyReLULayer extends ElementwiseLayer<typeof leakyTable> {
  override applyTo(graph: Graph, x: Value): Value {
    return rectifier(graph, { x }, { alpha: this.config.negativeSlope }).y
  }
}

const leaky = defineLayer({
  className: 'LeakyReLU',
  table: leakyTable,
  positional: ['negativeSlope'],
  create: (self, given) => new LeakyReLULayer(self, given),
})

/**
 * x above 0, below it negativeSlope·x. Any shape, unchanged.
 *
 * @param negativeSlope The slope below 0, `0.3` by default.
 * @see keras/src/layers/activations/leaky_relu.py
 */
export const LeakyReLU: LayerConstructor<
  LayerArguments<[negativeSlope?: number], LayerOptions, LeakyReLUOptions>,
  CallableActivation
> = leaky.make
export type LeakyReLU = ReturnType<typeof LeakyReLU>

export interface ELUOptions extends LayerOptions {
  /** The factor of eˣ − 1 below 0, `1` by default. */
  readonly alpha?: number
}

const eluTable = {
  ...layerOptions,
  alpha: option(1, checkFinite),
} as const satisfies TableFor<ELUOptions>

/** @internal */
export class ELULayer extends ElementwiseLayer<typeof eluTable> {
  override applyTo(graph: Graph, x: Value): Value {
    return rectifier(graph, { x }, { alpha: this.config.alpha, exponential: true }).y
  }
}

const elu = defineLayer({
  className: 'ELU',
  table: eluTable,
  positional: ['alpha'],
  create: (self, given) => new ELULayer(self, given),
})

/**
 * x above 0, below it alpha·(eˣ − 1). Any shape, unchanged.
 *
 * @param alpha The factor of eˣ − 1 below 0, `1` by default.
 * @see keras/src/layers/activations/elu.py
 */
export const ELU: LayerConstructor<
  LayerArguments<[alpha?: number], LayerOptions, ELUOptions>,
  CallableActivation
> = elu.make
export type ELU = ReturnType<typeof ELU>

export interface PReLUOptions extends LayerOptions {
  /** First values of `alpha`, the slopes below 0, `'zeros'` by default. */
  readonly alphaInitializer?: InitializerIdentifier
  /** A penalty on `alpha`, `'l2'` or `L2(0.01)` say, which is added to the loss; `null`, the default, is none. */
  readonly alphaRegularizer?: RegularizerIdentifier | null
  /** What `alpha` meets after each update, `'non_neg'` say; `null`, the default, is nothing. */
  readonly alphaConstraint?: ConstraintIdentifier | null
  /** Axes along which all elements have one slope, counted from 1 without the batch; `null`, the default, is none. */
  readonly sharedAxes?: number | readonly number[] | null
}

const preluTable = {
  ...layerOptions,
  alphaInitializer: initializer('zeros'),
  ...rulesOf('alpha'),
  sharedAxes: nullable<number | readonly number[]>((where, name, value) =>
    (Array.isArray(value) ? value : [value]).map((axis: unknown) =>
      checkPositiveInteger(where, Array.isArray(value) ? `each of ${name}` : name, axis),
    ),
  ),
} as const satisfies TableFor<PReLUOptions>

type PReLUWeights = { readonly alpha: Variable }

const POSITIVE: RectifierAttributes = { alpha: 0 }
const NEGATIVE: RectifierAttributes = { alpha: 1, limit: 0 }

/** @internal */
export class PReLULayer extends Layer<typeof preluTable, PReLUWeights> {
  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 2, '[batch, ...]')
    const shared = this.#sharedAxes()
    if (shared.some((axis) => axis >= shape.length)) {
      fail(this.where, {
        expected: `sharedAxes from 1 to ${shape.length - 1}, the axes of ${showShape(shape)}`,
        got: describeValue(this.config.sharedAxes),
      })
    }
    const alpha = this.builtWeights?.alpha
    const extents = shape.slice(1).map((extent, i) => (shared.includes(i + 1) ? 1 : extent))
    if (alpha && !sameShape(alpha.shape, extents)) {
      fail(this.where, {
        expected: `samples for slopes of ${showShape(alpha.shape)}, which it has`,
        got: showShape(shape),
        remedy: 'Make another layer for other samples.',
      })
    }
    return [shape]
  }

  #sharedAxes = (): readonly number[] => [this.config.sharedAxes ?? []].flat()

  protected override createWeights(input: OpenShape): PReLUWeights {
    const shared = this.#sharedAxes()
    const shape = input
      .slice(1)
      .map((_, i) => (shared.includes(i + 1) ? 1 : knownExtent(this, input, i + 1, 'elements')))
    return { alpha: this.addWeight({ name: 'alpha', shape, initializer: this.config.alphaInitializer }) }
  }

  protected override lower({
    graph,
    inputs: [x],
    weights: { alpha },
  }: LayerCall<PReLUWeights>): readonly Value[] {
    const [positive, negative] = [POSITIVE, NEGATIVE].map((attrs) => rectifier(graph, { x }, attrs).y)
    if (!positive || !negative) impossible('a rectifier has a result')
    const below = binary(graph, { a: negative, b: alpha }, { fn: 'multiply' }).y
    return [binary(graph, { a: positive, b: below }, { fn: 'add' }).y]
  }
}

const prelu = defineLayer({
  className: 'PReLU',
  table: preluTable,
  positional: [],
  create: (self, given) => new PReLULayer(self, given),
})

/**
 * x above 0, below it alpha·x with a learned `alpha` for each element of a sample. Any shape, unchanged.
 *
 * @see keras/src/layers/activations/prelu.py
 */
export const PReLU: LayerConstructor<[options?: PReLUOptions], WeightedLayer<'alpha'>> = prelu.make
export type PReLU = ReturnType<typeof PReLU>
