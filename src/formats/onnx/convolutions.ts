// Convolutions, pooling and what resizes images. ONNX has channels first: inputs and outputs are transposed where a layer has them last.

import { impossible } from '../../errors.ts'
import { isElementwise } from '../../layers/activations/elementwise.ts'
import type { ConvolutionLayer } from '../../layers/convolutional/convolution.ts'
import type { ConvolutionTransposeLayer } from '../../layers/convolutional/convolutionTranspose.ts'
import { channelsLast, inFormat } from '../../layers/convolutional/dataFormat.ts'
import type { DepthwiseConvolutionLayer } from '../../layers/convolutional/depthwiseConvolution.ts'
import type { SeparableConvolutionLayer } from '../../layers/convolutional/separableConvolution.ts'
import { perAxis, type Rank, windowsOf } from '../../layers/convolutional/spatial.ts'
import {
  croppingOf,
  paddingOf,
  transposedExtent,
  type Window,
  windowedExtent,
} from '../../layers/convolutional/window.ts'
import type { Layer } from '../../layers/layer.ts'
import type { ReadActivation } from '../../layers/options.ts'
import type { ConvLSTMLayer } from '../../layers/rnn/convLstm.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import type { OpenShape } from '../../util/shape.ts'
import { activate } from './activations.ts'
import { type Lowerings, type OnnxCall, type OnnxStep, weightsOf } from './call.ts'
import { transpose } from './expressions.ts'
import type { Attributes, OnnxGraph, OnnxValue } from './graph.ts'
import { transposedData } from './transposedData.ts'

/** A tensor in a layer's format with channels first, and the way back. */
export function channelsFirst(graph: OnnxGraph, layer: Layer, x: OnnxValue) {
  const axes = x.shape.map((_, axis) => axis)
  const last = channelsLast(layer, axes)
  const order = [last[0] ?? 0, last.at(-1) ?? 0, ...last.slice(1, -1)]
  return {
    x: transpose(graph, x, order),
    back: (y: OnnxValue): OnnxValue => {
      const [batch, channels, ...space] = axes
      return transpose(graph, y, inFormat(layer, [batch, ...space, channels] as number[]))
    },
  }
}

const lastShape = ({ shape: [batch = null, channels = null, ...space] }: OnnxValue): OpenShape => [
  batch,
  ...space,
  channels,
]

/** Strides, dilation and padding of windows, whose padding may depend on extents that only a call knows. */
export function attributesOf(layer: Layer, x: OnnxValue, windows: readonly Window[]): Attributes {
  const space = x.shape.slice(2)
  const sides = windows.map((along, axis) => {
    const extent = space[axis] ?? null
    // With strides of 1 padding does not depend on the extent.
    if (along.padding !== 'same' || along.stride === 1 || extent !== null)
      return paddingOf(extent ?? along.window * along.dilation, along)
    return null
  })
  const common = {
    kernel_shape: windows.map(({ window }) => window),
    strides: windows.map(({ stride }) => stride),
    ...(windows.some(({ dilation }) => dilation > 1)
      ? { dilations: windows.map(({ dilation }) => dilation) }
      : {}),
  }
  if (sides.every((side) => side !== null))
    return { ...common, pads: [...sides.map(([before]) => before), ...sides.map(([, after]) => after)] }
  if ('dilations' in common) impossible(`${layer.where} has strides and dilation`)
  return { ...common, auto_pad: 'SAME_UPPER' }
}

/** The extents of space of an output, channels first. */
export const windowedSpace = (layer: Layer, x: OnnxValue, windows: readonly Window[]): OpenShape =>
  windows.map((along, axis) => windowedExtent(layer, lastShape(x), axis + 1, along))

/** A kernel with channels first, `[outputs, inputs / groups, …window]`. */
export function kernelOf(graph: OnnxGraph, kernel: Variable, isDepthwise = false): OnnxValue {
  const { shape } = kernel
  const rank = shape.length - 2
  const window = shape.slice(0, rank)
  const axes = window.map((_, axis) => axis)
  const [inputs = 1, outputs = 1] = shape.slice(rank)
  const order = isDepthwise ? [rank, rank + 1, ...axes] : [rank + 1, rank, ...axes]
  const dims = isDepthwise ? [inputs * outputs, 1, ...window] : [outputs, inputs, ...window]
  return graph.derived([kernel], 'channels_first', dims, () => transposedData(kernel.value, shape, order))
}

interface Convolution {
  readonly kernel: Variable
  readonly bias?: Variable | undefined
  readonly windows: readonly Window[]
  readonly groups: number
  readonly isDepthwise?: boolean
}

/** x [batch, channels, …space] convolved. */
function convolve(
  graph: OnnxGraph,
  layer: Layer,
  x: OnnxValue,
  { kernel, bias, windows, groups, isDepthwise = false }: Convolution,
): OnnxValue {
  const weights = kernelOf(graph, kernel, isDepthwise)
  const shape = [x.shape[0] ?? null, weights.shape[0] ?? null, ...windowedSpace(layer, x, windows)]
  const attributes = { ...attributesOf(layer, x, windows), group: groups }
  const inputs = [x, weights, ...(bias ? [graph.weight(bias)] : [])]
  return graph.node('Conv', inputs, { shape, type: 'float' }, attributes)
}

interface Convolved extends Layer {
  readonly config: Layer['config'] & {
    readonly activation: ReadActivation
    readonly padding: Window['padding']
    readonly kernelSize: number | readonly number[]
    readonly strides: number | readonly number[]
    readonly dilationRate: number | readonly number[]
  }
}

const rankOf = (x: OnnxValue): Rank => (x.shape.length - 2) as Rank

/** The windows of a layer of convolutions. */
const windowsOn = (layer: Convolved, x: OnnxValue): readonly Window[] =>
  windowsOf(layer, rankOf(x), layer.config, layer.config.padding)

/** Applies a convolution between transpositions, and the layer's activation. */
function applied(
  step: OnnxStep,
  layer: Convolved,
  input: OnnxValue,
  add: (x: OnnxValue) => OnnxValue,
): readonly OnnxValue[] {
  const { x, back } = channelsFirst(step.graph, layer, input)
  const y = add(x)
  const { activation } = layer.config
  // What works element by element may come before the transposition, which then may meet another.
  return isElementwise(activation)
    ? [back(activate(step, y, activation))]
    : [activate(step, back(y), activation)]
}

const convolution = ({ layer, step, graph, inputs: [input] }: OnnxCall<ConvolutionLayer>) =>
  applied(step, layer as Convolved, input, (x) =>
    convolve(graph, layer, x, {
      ...weightsOf(layer),
      windows: windowsOn(layer as Convolved, x),
      groups: layer.config.groups,
    }),
  )

const depthwise = ({ layer, step, graph, inputs: [input] }: OnnxCall<DepthwiseConvolutionLayer>) =>
  applied(step, layer as Convolved, input, (x) =>
    convolve(graph, layer, x, {
      ...weightsOf(layer),
      windows: windowsOn(layer as Convolved, x),
      groups: x.shape[1] ?? 1,
      isDepthwise: true,
    }),
  )

const separable = ({ layer, step, graph, inputs: [input] }: OnnxCall<SeparableConvolutionLayer>) =>
  applied(step, layer as Convolved, input, (x) => {
    const weights = weightsOf(layer)
    const windows = windowsOn(layer as Convolved, x)
    const [kernel, groups] = [weights.depthwiseKernel, x.shape[1] ?? 1]
    const channels = convolve(graph, layer, x, { kernel, windows, groups, isDepthwise: true })
    const point: Window = { window: 1, stride: 1, dilation: 1, padding: 'valid' }
    const pointwise = { kernel: weights.pointwiseKernel, bias: weights.bias, groups: 1 }
    return convolve(graph, layer, channels, { ...pointwise, windows: windows.map(() => point) })
  })

/** Frames [rows, channels, …space], convolved as a layer's options say. */
export const convolveFrames = (
  graph: OnnxGraph,
  layer: ConvLSTMLayer,
  x: OnnxValue,
  weights: Pick<Convolution, 'kernel' | 'bias'>,
): OnnxValue =>
  convolve(graph, layer, x, {
    ...weights,
    windows: windowsOf(layer, rankOf(x), layer.config, layer.config.padding),
    groups: 1,
  })

/** Any extent: what is cut off does not depend on it. */
const SOME = 1000

function convolutionTranspose({ layer, step, graph, inputs }: OnnxCall<ConvolutionTransposeLayer>) {
  return applied(step, layer as Convolved, inputs[0], (x) => {
    const { kernel, bias } = weightsOf(layer)
    const windows = windowsOn(layer as Convolved, x)
    const given = layer.config.outputPadding
    const padding = given === null ? null : perAxis(layer, rankOf(x), 'outputPadding', given)
    const extentOf = (shape: OpenShape, axis: number): number | null =>
      transposedExtent(layer, shape, axis + 1, windows[axis] as Window, padding?.[axis] ?? null)
    const some = [null, ...windows.map(() => SOME), null]
    const outputs = windows.map((_, axis) => extentOf(some, axis) ?? 1)
    const cropping = windows.map((along, axis) => croppingOf(SOME, outputs[axis] ?? 1, along))
    const attributes = {
      kernel_shape: windows.map(({ window }) => window),
      strides: windows.map(({ stride }) => stride),
      dilations: windows.map(({ dilation }) => dilation),
      pads: [...cropping.map(([before]) => before), ...cropping.map(([, after]) => after)],
      output_padding: windows.map(({ window, stride, dilation }, axis) =>
        Math.max(0, (outputs[axis] ?? 1) - ((SOME - 1) * stride + (window - 1) * dilation + 1)),
      ),
    }
    const space = windows.map((_, axis) => extentOf(lastShape(x), axis))
    const shape = [x.shape[0] ?? null, layer.config.filters, ...space]
    const operands = [x, kernelOf(graph, kernel), ...(bias ? [graph.weight(bias)] : [])]
    return graph.node('ConvTranspose', operands, { shape, type: 'float' }, attributes)
  })
}

export const convolutionLowerings = {
  Conv1D: convolution,
  Conv2D: convolution,
  Conv3D: convolution,
  DepthwiseConv1D: depthwise,
  DepthwiseConv2D: depthwise,
  SeparableConv1D: separable,
  SeparableConv2D: separable,
  Conv1DTranspose: convolutionTranspose,
  Conv2DTranspose: convolutionTranspose,
  Conv3DTranspose: convolutionTranspose,
} satisfies Lowerings
