// Transposed convolutions, channels-last: every entry of x writes a window of y, as the gradient of a convolution by its
// input does.
//   Conv1DTranspose  x [B, T, C], kernel [K, F, C] → y [B, T', F]
//   Conv2DTranspose  x [B, H, W, C], kernel [KH, KW, F, C] → y [B, H', W', F]
//   Conv3DTranspose  x [B, D, H, W, C], kernel [KD, KH, KW, F, C] → y [B, D', H', W', F]
//   y[b, p, f] = act(Σ x[b, t, c] · kernel[k, f, c] + bias[f]) over all t·stride + k·dilation − cropped = p

import { checkCount } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { binary } from '../../ops/elementwise.ts'
import { reshape } from '../../ops/view.ts'
import { nullable, type TableFor } from '../../util/options.ts'
import { type OpenShape, type Shape, sizeOf } from '../../util/shape.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerConstructor, type LayerFactory, type WeightedLayer } from '../callable.ts'
import type { GivenOptions, LayerDefinition } from '../layer.ts'
import { initializer, positiveInteger } from '../options.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import { type KernelRules, rulesOf } from '../weights/weightRules.ts'
import { activateInFormat, channelsOf, inFormat, SpatialLayer } from './dataFormat.ts'
import {
  type ConvolvedOptions,
  checkSpace,
  checkStridesOrDilation,
  convolutionOptions,
  type Extents,
  extentsOf,
  type FilterArguments,
  type FilterNames,
  type Rank,
  type SymmetricPaddingOptions,
  symmetricPadding,
  windowsOf,
} from './spatial.ts'
import { convolveTransposed, readOutputPadding, transposedSpace } from './transposedWindows.ts'
import type { Window } from './window.ts'

const readPadding = extentsOf(checkCount)

export interface ConvolutionTransposeOptions extends ConvolvedOptions, SymmetricPaddingOptions, KernelRules {
  /**
   * Entries that are added to the output's extent, fewer than the strides; with `null`, the default, and 'same' the output is
   * strides times the input.
   */
  readonly outputPadding?: Extents | null
  /** First values of the kernel, `'glorot_uniform'` by default. */
  readonly kernelInitializer?: InitializerIdentifier
}

const table = {
  ...convolutionOptions,
  filters: positiveInteger,
  padding: symmetricPadding,
  outputPadding: nullable<Extents>(readPadding),
  kernelInitializer: initializer('glorot_uniform'),
  ...rulesOf('kernel'),
} as const satisfies TableFor<ConvolutionTransposeOptions & FilterNames>

type Weights = { readonly kernel: Variable; readonly bias: Variable | undefined }

/** @internal */
export class ConvolutionTransposeLayer extends SpatialLayer<typeof table, Weights> {
  readonly #rank: Rank
  readonly #windows: readonly Window[]
  readonly #outputPadding: readonly number[] | null

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions, rank: Rank) {
    super(definition, given)
    const { padding, outputPadding } = this.config
    this.#rank = rank
    this.#windows = windowsOf(this, rank, this.config, padding)
    this.#outputPadding = readOutputPadding(this, rank, outputPadding, this.#windows)
    checkStridesOrDilation(this, this.#windows)
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = checkSpace(this, inputs, this.#rank, this.builtWeights?.kernel.shape.at(-1))
    return [inFormat(this, [shape[0] ?? null, ...this.#spaceOf(shape), this.config.filters])]
  }

  /** The extents of space of the output for an input, channels last. */
  #spaceOf(input: OpenShape): OpenShape {
    return transposedSpace(this, input, this.#windows, this.#outputPadding)
  }

  protected override createWeights(input: OpenShape): Weights {
    const { filters, useBias, kernelInitializer, biasInitializer } = this.config
    const channels = channelsOf(this, input)
    const window = this.#windows.map((along) => along.window)
    const shape = [...window, filters, channels]
    return {
      kernel: this.addWeight({ name: 'kernel', shape, initializer: kernelInitializer }),
      bias: useBias
        ? this.addWeight({ name: 'bias', shape: [filters], initializer: biasInitializer })
        : undefined,
    }
  }

  protected override lower({ graph, step, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const { kernel, bias } = weights
    const convolved = convolveTransposed(graph, { x, kernel }, this.#windows, this.#spaceOf(x.shape) as Shape)
    const y = bias ? withBias(graph, convolved, bias) : convolved
    return [activateInFormat(this, step, y, this.config.activation)]
  }
}

/** x + bias, of a volume as of an image of all rows, so that the bias's gradient is summed over no more axes. */
function withBias(graph: Graph, x: Value, bias: Value): Value {
  const [batch = 1, ...rest] = x.shape
  const image = [batch, sizeOf(rest.slice(0, -2)), ...rest.slice(-2)]
  const a = rest.length > 3 ? reshape(graph, x, { shape: image }) : x
  const { y } = binary(graph, { a, b: bias }, { fn: 'add' })
  return a === x ? y : reshape(graph, y, { shape: x.shape })
}

const define = (className: string, rank: Rank): LayerFactory<typeof table> =>
  defineLayer({
    className,
    table,
    positional: ['filters', 'kernelSize'],
    create: (self, given) => new ConvolutionTransposeLayer(self, given, rank),
  })

const conv1d = define('Conv1DTranspose', 1)
const conv2d = define('Conv2DTranspose', 2)
const conv3d = define('Conv3DTranspose', 3)

/**
 * Transposed convolution over time, which makes sequences longer: `[batch, steps, channels]` →
 * `[batch, steps', filters]`. With 'same', steps' is steps · strides; with 'valid', (steps − 1) · strides and a window,
 * or a stride where that is longer.
 *
 * @param filters Output channels.
 * @param kernelSize Time steps that a window spans.
 * @param options With `outputPadding`, steps' is (steps − 1) · strides, 1 if the window is odd and 'same' or the window if
 * 'valid', and that number.
 * @see keras/src/layers/convolutional/conv1d_transpose.py
 */
export const Conv1DTranspose: LayerConstructor<
  FilterArguments<ConvolutionTransposeOptions>,
  WeightedLayer<'kernel' | 'bias'>
> = conv1d.make
export type Conv1DTranspose = ReturnType<typeof Conv1DTranspose>

/**
 * Transposed convolution over images: `[batch, height, width, channels]` → `[batch, height', width', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Height and width of a window; one number for both.
 * @param options As {@link Conv1DTranspose}'s; `strides`, `outputPadding` and `dilationRate` a number for both axes or
 * one each.
 * @see keras/src/layers/convolutional/conv2d_transpose.py
 */
export const Conv2DTranspose: LayerConstructor<
  FilterArguments<ConvolutionTransposeOptions>,
  WeightedLayer<'kernel' | 'bias'>
> = conv2d.make
export type Conv2DTranspose = ReturnType<typeof Conv2DTranspose>

/**
 * Transposed convolution over volumes: `[batch, depth, height, width, channels]` →
 * `[batch, depth', height', width', filters]`.
 *
 * @param filters Output channels.
 * @param kernelSize Depth, height and width of a window; one number for all.
 * @param options As {@link Conv1DTranspose}'s; `strides`, `outputPadding` and `dilationRate` a number for all axes or one
 * each.
 * @see keras/src/layers/convolutional/conv3d_transpose.py
 */
export const Conv3DTranspose: LayerConstructor<
  FilterArguments<ConvolutionTransposeOptions>,
  WeightedLayer<'kernel' | 'bias'>
> = conv3d.make
export type Conv3DTranspose = ReturnType<typeof Conv3DTranspose>
