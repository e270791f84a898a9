// Options, checks and operations that layers with windows over one to three spatial axes share.
//   1D  x [B, T, C]        2D  x [B, H, W, C]        3D  x [B, D, H, W, C]

import { checkExtent, describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { convolution } from '../../ops/convolution.ts'
import type { ConvolutionAttributes } from '../../ops/convolutionGeometry.ts'
import { reshape } from '../../ops/view.ts'
import { oneOf, option, type Read, required, type TableFor } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { LayerArguments } from '../callable.ts'
import {
  type ActivationIdentifier,
  activation,
  flag,
  initializer,
  type LayerOptions,
  layerOptions,
} from '../options.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import { type BiasRules, type DepthwiseRules, rulesOf } from '../weights/weightRules.ts'
import { channelsLast, type DataFormatOptions, dataFormat, inFormat, type Spatial } from './dataFormat.ts'
import { type Padding, paddingOf, type Window, windowedExtent } from './window.ts'

/** Axes of space. */
export type Rank = 1 | 2 | 3

/** An extent for each axis, or one for all. */
export type Extents = number | readonly number[]

export const extentsOf =
  (check: Read<number>): Read<Extents> =>
  (where, name, value) =>
    Array.isArray(value)
      ? value.map((extent: unknown) => check(where, name, extent))
      : check(where, name, value)

export const readExtents = extentsOf(checkExtent)

/** An option that is an extent for each axis, or one for all. */
export const extents = (fallback: number) => option<Extents>(fallback, readExtents)

/** Arguments of a layer with filters: both by position, the kernel's size among the options, or all by name. */
export type FilterArguments<Options> =
  | LayerArguments<[filters: number, kernelSize: Extents], Options, Options & FilterNames>
  | readonly [filters: number, options: Options & KernelNames]

export interface KernelNames {
  /** Steps or pixels that a window spans: a number for all axes, or one for each. */
  readonly kernelSize: Extents
}

export interface FilterNames extends KernelNames {
  /** Channels of the output. */
  readonly filters: number
}

export interface WindowOptions {
  /** Distance from one window to the next, `1` by default: a number for all axes, or one for each. */
  readonly strides?: Extents
  /** Distance from one entry of a window to the next, `1` by default: a number for all axes, or one for each. */
  readonly dilationRate?: Extents
}

/** The options of all convolutions. */
export interface ConvolvedOptions extends LayerOptions, DataFormatOptions, WindowOptions, BiasRules {
  /** Applied to the outputs, a name or a layer such as `LeakyReLU(0.1)`; `'linear'` by default. */
  readonly activation?: ActivationIdentifier | null
  /** Whether a bias is added, `true` by default. */
  readonly useBias?: boolean
  /** First values of the bias, `'zeros'` by default. */
  readonly biasInitializer?: InitializerIdentifier
}

export const convolutionOptions = {
  ...layerOptions,
  kernelSize: required<Extents>(readExtents),
  strides: extents(1),
  dataFormat,
  dilationRate: extents(1),
  activation: activation('linear'),
  useBias: flag(true),
  biasInitializer: initializer('zeros'),
  ...rulesOf('bias'),
} as const satisfies TableFor<ConvolvedOptions & KernelNames>

/** Padding of convolutions. */
export const anyPadding = option<Padding>('valid', oneOf(['valid', 'same', 'causal']))

/** Padding of convolutions without 'causal'. */
export const symmetricPadding = option<Exclude<Padding, 'causal'>>('valid', oneOf(['valid', 'same']))

export interface SymmetricPaddingOptions {
  /** `'valid'`, the default: windows lie inside the input; `'same'`: zeros around it give as many outputs as strides fit in. */
  readonly padding?: 'valid' | 'same'
}

/** The options of depthwise convolutions. */
export interface DepthwiseOptions extends ConvolvedOptions, SymmetricPaddingOptions, DepthwiseRules {
  /** Outputs for each channel, `1` by default. */
  readonly depthMultiplier?: number
  /** First values of the kernels of each channel, `'glorot_uniform'` by default. */
  readonly depthwiseInitializer?: InitializerIdentifier
}

export const depthwiseOptions = {
  ...convolutionOptions,
  padding: symmetricPadding,
  depthMultiplier: option(1, checkExtent),
  depthwiseInitializer: initializer('glorot_uniform'),
  ...rulesOf('depthwise'),
} as const satisfies TableFor<DepthwiseOptions & KernelNames>

/** An option's extent for each axis. */
export function perAxis(layer: Spatial, rank: Rank, name: string, given: Extents): readonly number[] {
  if (typeof given === 'number') return Array<number>(rank).fill(given)
  if (given.length === rank) return given
  return fail(layer.where, {
    expected: `${name} as one integer or a list of ${rank}`,
    got: describeValue(given),
  })
}

/** The window along each axis. */
export function windowsOf(
  layer: Spatial,
  rank: Rank,
  given: Readonly<Record<'kernelSize' | 'strides' | 'dilationRate', Extents>>,
  padding: Padding,
): readonly Window[] {
  const strides = perAxis(layer, rank, 'strides', given.strides)
  const dilation = perAxis(layer, rank, 'dilationRate', given.dilationRate)
  return perAxis(layer, rank, 'kernelSize', given.kernelSize).map((window, axis) => ({
    window,
    stride: strides[axis] ?? 1,
    dilation: dilation[axis] ?? 1,
    padding,
  }))
}

/** Some of Keras's layers refuse strides and dilation together, along whichever axes. */
export function checkStridesOrDilation(layer: Spatial, windows: readonly Window[]): void {
  const strides = windows.map(({ stride }) => stride)
  const dilation = windows.map((window) => window.dilation)
  if (Math.max(...strides) === 1 || Math.max(...dilation) === 1) return
  fail(layer.where, {
    expected: 'strides or dilationRate of 1',
    got: `strides ${strides.join(', ')} and dilationRate ${dilation.join(', ')}`,
  })
}

/** The names of the axes of space. */
export const SPACE_AXES = {
  1: ['steps'],
  2: ['height', 'width'],
  3: ['depth', 'height', 'width'],
} as const

/** The only input, channels last; throws if a built layer gets another number of channels. */
export function checkSpace(
  layer: Spatial,
  inputs: readonly OpenShape[],
  rank: Rank,
  channels?: number,
): OpenShape {
  const [given] = inputs
  const shape = given && channelsLast(layer, given)
  if (inputs.length !== 1 || shape?.length !== rank + 2) {
    fail(layer.where, {
      expected: `input [${inFormat(layer, ['batch', ...SPACE_AXES[rank], 'channels']).join(', ')}]`,
      got: inputs.map(showShape).join(' and ') || 'nothing',
    })
  }
  if (channels !== undefined && shape.at(-1) !== channels) {
    fail(layer.where, {
      expected: `${channels} channels, for which it has its weights`,
      got: showShape(inFormat(layer, shape)),
      remedy: 'Make another layer for other channels.',
    })
  }
  return shape
}

/** Extents of a convolution's output beside batch and channels. */
export const convolvedSpace = (
  layer: Spatial,
  input: OpenShape,
  windows: readonly Window[],
): readonly (number | null)[] => windows.map((along, axis) => windowedExtent(layer, input, axis + 1, along))

export type Sides = readonly [before: number, after: number]

/** The operation's attributes for windows and padding, axis by axis. */
export const attributesOf = (
  windows: readonly Window[],
  sides: readonly Sides[],
  groups = 1,
): ConvolutionAttributes => ({
  strides: windows.map(({ stride }) => stride),
  dilation: windows.map(({ dilation }) => dilation),
  padding: sides.flat(),
  groups,
})

/** The padding along each axis of x. */
export const sidesOf = (x: Value, windows: readonly Window[]): readonly Sides[] =>
  windows.map((along, axis) => paddingOf(x.shape[axis + 1] ?? 1, along))

/** The tensors of a layer. */
interface Convolved {
  readonly x: Value
  readonly kernel: Value
  readonly bias?: Value | undefined
}

/** x ∗ kernel + bias. */
export const convolve = (
  graph: Graph,
  tensors: Convolved,
  windows: readonly Window[],
  groups: number,
): Value => convolution(graph, tensors, attributesOf(windows, sidesOf(tensors.x, windows), groups)).y

/** Depthwise convolution, kernel [K, C, M]: channel c makes outputs c·M to c·M + M − 1. */
export function convolveDepthwise(
  graph: Graph,
  { x, kernel, bias }: Convolved,
  windows: readonly Window[],
): Value {
  const [channels = 1, multiplier = 1] = kernel.shape.slice(-2)
  // The layout of C groups that read one channel each.
  const shape = [...kernel.shape.slice(0, -2), 1, channels * multiplier]
  return convolve(graph, { x, kernel: reshape(graph, kernel, { shape }), bias }, windows, channels)
}
