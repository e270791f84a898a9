// Separable convolutions, channels-last: a depthwise convolution, then a product over the channels of each position.
//   SeparableConv1D  x [B, T, C], depthwise kernel [K, C, M], pointwise kernel [1, C·M, F] → y [B, T', F]
//   SeparableConv2D  x [B, H, W, C], depthwise kernel [KH, KW, C, M], pointwise kernel [1, 1, C·M, F] → y [B, H', W', F]
//   y = act((x ∗ depthwise) ∗ pointwise + bias), strides and dilation apply to the first

import type { Value } from '../../graph/graph.ts'
import type { TableFor } from '../../util/options.ts'
import type { OpenShape, Shape } from '../../util/shape.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerConstructor, type WeightedLayer } from '../callable.ts'
import type { GivenOptions, LayerDefinition } from '../layer.ts'
import { initializer, positiveInteger } from '../options.ts'
import type { Initializer, InitializerIdentifier } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import { type PointwiseRules, rulesOf } from '../weights/weightRules.ts'
import { activateInFormat, channelsOf, inFormat, SpatialLayer } from './dataFormat.ts'
import {
  checkSpace,
  convolve,
  convolveDepthwise,
  convolvedSpace,
  type DepthwiseOptions,
  depthwiseOptions,
  type FilterArguments,
  type FilterNames,
  type Rank,
  windowsOf,
} from './spatial.ts'
import type { Window } from './window.ts'

export interface SeparableConvolutionOptions extends DepthwiseOptions, PointwiseRules {
  /** First values of the kernel over all channels, `'glorot_uniform'` by default. */
  readonly pointwiseInitializer?: InitializerIdentifier
}

const table = {
  ...depthwiseOptions,
  filters: positiveInteger,
  pointwiseInitializer: initializer('glorot_uniform'),
  ...rulesOf('pointwise'),
} as const satisfies TableFor<SeparableConvolutionOptions & FilterNames>

const POINTWISE: Window = { window: 1, stride: 1, dilation: 1, padding: 'valid' }

type Weights = {
  readonly depthwiseKernel: Variable
  readonly pointwiseKernel: Variable
  readonly bias: Variable | undefined
}

/** @internal */
export class SeparableConvolutionLayer extends SpatialLayer<typeof table, Weights> {
  readonly #rank: Rank
  readonly #windows: readonly Window[]

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, rank: Rank) {
    super(definition, given)
    this.#rank = rank
    this.#windows = windowsOf(this, rank, this.config, this.config.padding)
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = checkSpace(this, inputs, this.#rank, this.builtWeights?.depthwiseKernel.shape.at(-2))
    const space = convolvedSpace(this, shape, this.#windows)
    return [inFormat(this, [shape[0] ?? null, ...space, this.config.filters])]
  }

  protected override createWeights(input: OpenShape): Weights {
    const { filters, depthMultiplier, useBias } = this.config
    const { depthwiseInitializer, pointwiseInitializer, biasInitializer } = this.config
    const channels = channelsOf(this, input)
    const window = this.#windows.map((along) => along.window)
    const depthwise = [...window, channels, depthMultiplier]
    const pointwise = [...window.map(() => 1), channels * depthMultiplier, filters]
    const weight = (name: string, shape: Shape, initializer: Initializer): Variable =>
      this.addWeight({ name, shape, initializer })
    return {
      depthwiseKernel: weight('depthwise_kernel', depthwise, depthwiseInitializer),
      pointwiseKernel: weight('pointwise_kernel', pointwise, pointwiseInitializer),
      bias: useBias ? weight('bias', [filters], biasInitializer) : undefined,
    }
  }

  protected override lower({ graph, step, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const pointwise = this.#windows.map(() => POINTWISE)
    const channels = convolveDepthwise(graph, { x, kernel: weights.depthwiseKernel }, this.#windows)
    const y = convolve(
      graph,
      { x: channels, kernel: weights.pointwiseKernel, bias: weights.bias },
      pointwise,
      1,
    )
    return [activateInFormat(this, step, y, this.config.activation)]
  }
}

const conv1d = defineLayer({
  className: 'SeparableConv1D',
  table,
  positional: ['filters', 'kernelSize'],
  create: (self, given) => new SeparableConvolutionLayer(self, given, 1),
})

const conv2d = defineLayer({
  className: 'SeparableConv2D',
  table,
  positional: ['filters', 'kernelSize'],
  create: (self, given) => new SeparableConvolutionLayer(self, given, 2),
})

/**
 * Convolution over time of each channel by itself, then of all channels at each step: `[batch, steps, channels]` →
 * `[batch, steps', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Time steps that a window spans.
 * @see keras/src/layers/convolutional/separable_conv1d.py
 */
export const SeparableConv1D: LayerConstructor<
  FilterArguments<SeparableConvolutionOptions>,
  WeightedLayer<'depthwiseKernel' | 'pointwiseKernel' | 'bias'>
> = conv1d.make
export type SeparableConv1D = ReturnType<typeof SeparableConv1D>

/**
 * Convolution over images of each channel by itself, then of all channels at each position:
 * `[batch, height, width, channels]` → `[batch, height', width', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Height and width of a window; one number for both.
 * @param options As {@link SeparableConv1D}'s; `strides` and `dilationRate` a number for both axes or one each.
 * @see keras/src/layers/convolutional/separable_conv2d.py
 */
export const SeparableConv2D: LayerConstructor<
  FilterArguments<SeparableConvolutionOptions>,
  WeightedLayer<'depthwiseKernel' | 'pointwiseKernel' | 'bias'>
> = conv2d.make
export type SeparableConv2D = ReturnType<typeof SeparableConv2D>
