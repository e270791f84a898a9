// Depthwise convolutions, channels-last: each channel with M separate kernels, y = act(x ∗ kernel + bias).
//   DepthwiseConv1D  x [B, T, C], kernel [K, C, M] → y [B, T', C·M]
//   DepthwiseConv2D  x [B, H, W, C], kernel [KH, KW, C, M] → y [B, H', W', C·M]
//   y[b, t, c·M + m] = act(Σ x[b, t·stride + k·dilation − padding, c] · kernel[k, c, m] + bias[c·M + m])

import type { Value } from '../../graph/graph.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor, type WeightedLayer } from '../callable.ts'
import type { GivenOptions, LayerDefinition } from '../layer.ts'
import type { Variable } from '../weights/variable.ts'
import { activateInFormat, channelsOf, inFormat, SpatialLayer } from './dataFormat.ts'
import {
  checkSpace,
  convolveDepthwise,
  convolvedSpace,
  type DepthwiseOptions,
  depthwiseOptions,
  type Extents,
  type KernelNames,
  type Rank,
  windowsOf,
} from './spatial.ts'
import type { Window } from './window.ts'

const table = depthwiseOptions

type Weights = { readonly kernel: Variable; readonly bias: Variable | undefined }

/** @internal */
export class DepthwiseConvolutionLayer extends SpatialLayer<typeof table, Weights> {
  readonly #rank: Rank
  readonly #windows: readonly Window[]

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, rank: Rank) {
    super(definition, given)
    this.#rank = rank
    this.#windows = windowsOf(this, rank, this.config, this.config.padding)
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = checkSpace(this, inputs, this.#rank, this.builtWeights?.kernel.shape.at(-2))
    const channels = channelsOf(this, shape)
    const space = convolvedSpace(this, shape, this.#windows)
    return [inFormat(this, [shape[0] ?? null, ...space, channels * this.config.depthMultiplier])]
  }

  protected override createWeights(input: OpenShape): Weights {
    const { depthMultiplier, useBias, depthwiseInitializer: initializer, biasInitializer } = this.config
    const channels = channelsOf(this, input)
    const shape = [...this.#windows.map((along) => along.window), channels, depthMultiplier]
    const outputs = [channels * depthMultiplier]
    const kernel = this.addWeight({ name: 'kernel', shape, initializer })
    const { depthwiseRegularizer: regularizer, depthwiseConstraint: constraint } = this.config
    kernel.rules = { regularizer, constraint }
    return {
      kernel,
      bias: useBias
        ? this.addWeight({ name: 'bias', shape: outputs, initializer: biasInitializer })
        : undefined,
    }
  }

  protected override lower({ graph, step, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const y = convolveDepthwise(graph, { x, ...weights }, this.#windows)
    return [activateInFormat(this, step, y, this.config.activation)]
  }
}

const conv1d = defineLayer({
  className: 'DepthwiseConv1D',
  table,
  positional: ['kernelSize'],
  create: (self, given) => new DepthwiseConvolutionLayer(self, given, 1),
})

const conv2d = defineLayer({
  className: 'DepthwiseConv2D',
  table,
  positional: ['kernelSize'],
  create: (self, given) => new DepthwiseConvolutionLayer(self, given, 2),
})

export type DepthwiseConvolutionOptions = DepthwiseOptions

type DepthwiseArguments = LayerArguments<
  [kernelSize: Extents],
  DepthwiseOptions,
  DepthwiseOptions & KernelNames
>

/**
 * Convolution over time of each channel by itself: `[batch, steps, channels]` →
 * `[batch, steps', channels · depthMultiplier]`, the outputs of one channel side by side.
 *
 * @param kernelSize Time steps that a window spans.
 * @see keras/src/layers/convolutional/depthwise_conv1d.py
 */
export const DepthwiseConv1D: LayerConstructor<
  DepthwiseArguments,
  WeightedLayer<'kernel' | 'bias'>
> = conv1d.make
export type DepthwiseConv1D = ReturnType<typeof DepthwiseConv1D>

/**
 * Convolution over images of each channel by itself: `[batch, height, width, channels]` →
 * `[batch, height', width', channels · depthMultiplier]`.
 *
 * @param kernelSize Height and width of a window; one number for both.
 * @param options As {@link DepthwiseConv1D}'s; `strides` and `dilationRate` a number for both axes or one each.
 * @see keras/src/layers/convolutional/depthwise_conv2d.py
 */
export const DepthwiseConv2D: LayerConstructor<
  DepthwiseArguments,
  WeightedLayer<'kernel' | 'bias'>
> = conv2d.make
export type DepthwiseConv2D = ReturnType<typeof DepthwiseConv2D>
