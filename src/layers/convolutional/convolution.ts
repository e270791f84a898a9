// Convolutions, channels-last: y = act(x ∗ kernel + bias).
//   Conv1D  x [B, T, C], kernel [K, C / groups, F] → y [B, T', F]
//   Conv2D  x [B, H, W, C], kernel [KH, KW, C / groups, F] → y [B, H', W', F]
//   Conv3D  x [B, D, H, W, C], kernel [KD, KH, KW, C / groups, F] → y [B, D', H', W', F]

import { checkExtent, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { option, type TableFor } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerConstructor, type LayerFactory, type WeightedLayer } from '../callable.ts'
import type { GivenOptions, LayerDefinition } from '../layer.ts'
import { initializer, positiveInteger } from '../options.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import { type KernelRules, rulesOf } from '../weights/weightRules.ts'
import { activateInFormat, channelsOf, inFormat, SpatialLayer } from './dataFormat.ts'
import {
  anyPadding,
  type ConvolvedOptions,
  checkSpace,
  checkStridesOrDilation,
  convolutionOptions,
  convolve,
  convolvedSpace,
  type FilterArguments,
  type FilterNames,
  type Rank,
  windowsOf,
} from './spatial.ts'
import type { Padding, Window } from './window.ts'

export interface ConvolutionOptions extends ConvolvedOptions, KernelRules {
  /** `'valid'`, the default: windows lie inside the input; `'same'`: zeros around it; `'causal'`, in one dimension: zeros before it. */
  readonly padding?: Padding
  /** The number of groups of channels that are convolved separately, `1` by default. */
  readonly groups?: number
  /** First values of the kernel, `'glorot_uniform'` by default. */
  readonly kernelInitializer?: InitializerIdentifier
}

const table = {
  ...convolutionOptions,
  filters: positiveInteger,
  padding: anyPadding,
  groups: option(1, checkExtent),
  kernelInitializer: initializer('glorot_uniform'),
  ...rulesOf('kernel'),
} as const satisfies TableFor<ConvolutionOptions & FilterNames>

type Weights = { readonly kernel: Variable; readonly bias: Variable | undefined }

/** @internal */
export class ConvolutionLayer extends SpatialLayer<typeof table, Weights> {
  readonly #rank: Rank
  readonly #windows: readonly Window[]

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, rank: Rank) {
    super(definition, given)
    const { padding, filters, groups } = this.config
    this.#rank = rank
    this.#windows = windowsOf(this, rank, this.config, padding)
    checkStridesOrDilation(this, this.#windows)
    if (padding === 'causal' && rank !== 1) {
      fail(this.where, {
        expected: `padding 'valid' or 'same' in ${rank === 2 ? 'two' : 'three'} dimensions`,
        got: "'causal'",
      })
    }
    if (filters % groups !== 0) {
      fail(this.where, { expected: `filters that ${groups} groups divide`, got: String(filters) })
    }
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const { filters, groups } = this.config
    const built = this.builtWeights?.kernel.shape.at(-2)
    const shape = checkSpace(this, inputs, this.#rank, built && built * groups)
    const channels = shape.at(-1)
    if (typeof channels === 'number' && channels % groups !== 0) {
      fail(this.where, {
        expected: `channels that ${groups} groups divide`,
        got: `${channels} (input ${showShape(inFormat(this, shape))})`,
      })
    }
    return [inFormat(this, [shape[0] ?? null, ...convolvedSpace(this, shape, this.#windows), filters])]
  }

  protected override createWeights(input: OpenShape): Weights {
    const { filters, groups, useBias, kernelInitializer, biasInitializer } = this.config
    const channels = channelsOf(this, input)
    const window = this.#windows.map((along) => along.window)
    const shape = [...window, channels / groups, filters]
    return {
      kernel: this.addWeight({ name: 'kernel', shape, initializer: kernelInitializer }),
      bias: useBias
        ? this.addWeight({ name: 'bias', shape: [filters], initializer: biasInitializer })
        : undefined,
    }
  }

  protected override lower({ graph, step, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const y = convolve(graph, { x, ...weights }, this.#windows, this.config.groups)
    return [activateInFormat(this, step, y, this.config.activation)]
  }
}

const define = (className: string, rank: Rank): LayerFactory<typeof table> =>
  defineLayer({
    className,
    table,
    positional: ['filters', 'kernelSize'],
    create: (self, given) => new ConvolutionLayer(self, given, rank),
  })

const conv1d = define('Conv1D', 1)
const conv2d = define('Conv2D', 2)
const conv3d = define('Conv3D', 3)

/**
 * Convolution over time: `[batch, steps, channels]` → `[batch, steps', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Time steps that a window spans.
 * @see keras/src/layers/convolutional/conv1d.py
 */
export const Conv1D: LayerConstructor<
  FilterArguments<ConvolutionOptions>,
  WeightedLayer<'kernel' | 'bias'>
> = conv1d.make
export type Conv1D = ReturnType<typeof Conv1D>

/**
 * Convolution over images: `[batch, height, width, channels]` → `[batch, height', width', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Height and width of a window; one number for both.
 * @param options As {@link Conv1D}'s; `strides` and `dilationRate` a number for both axes or one each; no 'causal'.
 * @see keras/src/layers/convolutional/conv2d.py
 */
export const Conv2D: LayerConstructor<
  FilterArguments<ConvolutionOptions>,
  WeightedLayer<'kernel' | 'bias'>
> = conv2d.make
export type Conv2D = ReturnType<typeof Conv2D>

/**
 * Convolution over volumes, or over videos as volumes of frames: `[batch, depth, height, width, channels]` →
 * `[batch, depth', height', width', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Depth, height and width of a window; one number for all.
 * @param options As {@link Conv1D}'s; `strides` and `dilationRate` a number for all axes or one each; no 'causal'.
 * @see keras/src/layers/convolutional/conv3d.py
 */
export const Conv3D: LayerConstructor<
  FilterArguments<ConvolutionOptions>,
  WeightedLayer<'kernel' | 'bias'>
> = conv3d.make
export type Conv3D = ReturnType<typeof Conv3D>
