// Convolutions as functions, for layers of one's own whose kernels are weights of theirs, or are computed.

import { checkCount, checkOneOf, fail } from '../errors.ts'
import { axisInFormat, type DataFormatOptions, dataFormat } from '../layers/dataFormat.ts'
import {
  attributesOf,
  convolve,
  convolveDepthwise,
  convolvedSpace,
  type Extents,
  extents,
  extentsOf,
  perAxis,
  type SymmetricPaddingOptions,
  symmetricPadding,
  type WindowOptions,
} from '../layers/spatial.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { croppingOf, type Padding, transposedExtent, type Window } from '../layers/window.ts'
import { convolutionInputGradient } from '../ops/convolution.ts'
import { type Config, nullable, option, readOptions, type TableFor } from '../util/options.ts'
import { type OpenShape, type Shape, showShape } from '../util/shape.ts'
import { defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { overSpace, type SpatialCall } from './overSpace.ts'

export interface ConvOptions extends WindowOptions, DataFormatOptions {
  /** `'valid'`, the default: windows lie inside the input; `'same'`: zeros around it; `'causal'`, over one axis: zeros before it. */
  readonly padding?: Padding
}

const convOptions = {
  strides: extents(1),
  padding: option<Padding>('valid', (where, name, value) =>
    checkOneOf(where, name, value, ['valid', 'same', 'causal']),
  ),
  dataFormat,
  dilationRate: extents(1),
} as const satisfies TableFor<ConvOptions>

export interface ConvTransposeOptions extends WindowOptions, DataFormatOptions, SymmetricPaddingOptions {
  /** Entries that are added to the output's extent, fewer than the strides; null, the default, for strides times the input. */
  readonly outputPadding?: Extents | null
}

const convTransposeOptions = {
  ...convOptions,
  padding: symmetricPadding,
  outputPadding: nullable<Extents>(extentsOf(checkCount)),
} as const satisfies TableFor<ConvTransposeOptions>

interface Convolved {
  readonly call: SpatialCall
  readonly windows: readonly Window[]
}

const convolutions = defineOperation<Convolved & { readonly groups: number }>({
  name: 'conv',
  outputShapes: ([shape = [], kernel = []], { call, windows }) => [
    [shape[0] ?? null, ...convolvedSpace(call, shape, windows), kernel.at(-1) ?? null],
  ],
  lower: (graph, [x, kernel], { call: { where }, windows, groups }) => [
    convolve(graph, { x: tensorOf(x, where), kernel: tensorOf(kernel, where) }, windows, groups),
  ],
})

const depthwise = defineOperation<Convolved>({
  name: 'depthwiseConv',
  outputShapes: ([shape = [], kernel = []], { call, windows }) => {
    const [channels = 1, multiplier = 1] = kernel.slice(-2) as Shape
    return [[shape[0] ?? null, ...convolvedSpace(call, shape, windows), channels * multiplier]]
  },
  lower: (graph, [x, kernel], { call: { where }, windows }) => [
    convolveDepthwise(graph, { x: tensorOf(x, where), kernel: tensorOf(kernel, where) }, windows),
  ],
})

type Transposed = Convolved & { readonly outputPadding: readonly number[] | null }

const transposedSpace = (shape: OpenShape, { call, windows, outputPadding }: Transposed): OpenShape =>
  windows.map((along, axis) => transposedExtent(call, shape, axis + 1, along, outputPadding?.[axis] ?? null))

const transpositions = defineOperation<Transposed>({
  name: 'convTranspose',
  outputShapes: ([shape = [], kernel = []], args) => [
    [shape[0] ?? null, ...transposedSpace(shape, args), kernel.at(-2) ?? null],
  ],
  lower: (graph, [operand, weights], args) => {
    const { where } = args.call
    const [dy, kernel] = [tensorOf(operand, where), tensorOf(weights, where)]
    const space = transposedSpace(dy.shape, args) as Shape
    const cropping = args.windows.map((along, axis) =>
      croppingOf(dy.shape[axis + 1] ?? 1, space[axis] ?? 1, along),
    )
    const input = [dy.shape[0] ?? 1, ...space, kernel.shape.at(-2) ?? 1]
    return [
      convolutionInputGradient(graph, { dy, kernel }, { ...attributesOf(args.windows, cropping), input }).dx,
    ]
  },
})

/** The shape of a kernel, which has two axes behind those of space and no open extent. */
function kernelShape({ where, rank }: SpatialCall, kernel: Operand, axes: string): Shape {
  const shape = shapeOfOperand(kernel, where)
  if (shape.length !== rank + 2 || shape.includes(null))
    fail(where, { expected: `a kernel [${'extent, '.repeat(rank)}${axes}]`, got: showShape(shape) })
  return shape as Shape
}

/** The number of channels, of which `fits` says whether the kernel, of that shape, reads them. */
function checkChannels(
  call: SpatialCall,
  kernel: Shape,
  expected: string,
  fits: (channels: number) => boolean,
): number {
  const channels = call.shape.at(-1) ?? null
  if (channels === null || !fits(channels))
    return fail(call.where, {
      expected: `${expected} along axis ${axisInFormat(call, call.rank + 1, call.rank + 2)} for a kernel ${showShape(kernel)}`,
      got: `${channels}`,
      remedy: "With dataFormat 'channels_first' channels come behind the batch.",
    })
  return channels
}

/** The windows of a call, whose extents are the kernel's. */
function windowsOf(call: SpatialCall, kernel: Shape, given: Config<typeof convOptions>): readonly Window[] {
  const { where, rank } = call
  const { padding } = given
  if (padding === 'causal' && rank !== 1)
    fail(where, { expected: "padding 'valid' or 'same' over more than one axis", got: "'causal'" })
  const strides = perAxis(call, rank, 'strides', given.strides)
  const dilation = perAxis(call, rank, 'dilationRate', given.dilationRate)
  return kernel
    .slice(0, rank)
    .map((window, axis) => ({ window, stride: strides[axis] ?? 1, dilation: dilation[axis] ?? 1, padding }))
}

/**
 * The convolution of inputs with a kernel: `[batch, steps, channels]` and `[extent, channels, filters]` → `[batch, steps', filters]`, and
 * over two or three axes likewise. A kernel of fewer channels makes groups: of 6 channels one of 2 makes three.
 *
 * @see keras/src/ops/nn.py, conv
 */
export const conv = operation(
  'nn',
  'Conv',
  'inputs kernel {strides=1 padding="valid" dataFormat=null dilationRate=1}',
  (inputs: Operand, kernel: Operand, options: ConvOptions = {}): SymbolicTensor => {
    const where = 'ops.conv'
    const read = readOptions(where, convOptions, options)
    return overSpace(where, inputs, read.dataFormat, (call) => {
      const shape = kernelShape(call, kernel, 'channels, filters')
      const [each = 1, filters = 1] = shape.slice(-2)
      const channels = checkChannels(
        call,
        shape,
        `${each} channels, or a multiple`,
        (count) => count % each === 0,
      )
      const groups = channels / each
      if (filters % groups !== 0)
        fail(call.where, { expected: `filters that ${groups} groups divide`, got: `${filters}` })
      const windows = windowsOf(call, shape, read)
      return single(convolutions(where, [call.x, kernel], { call, windows, groups }))
    })
  },
)

/**
 * The convolution of each channel by itself: `[batch, steps, channels]` and a kernel `[extent, channels, multiplier]` →
 * `[batch, steps', channels · multiplier]`. Options as {@link conv}'s.
 *
 * @see keras/src/ops/nn.py, depthwise_conv
 */
export const depthwiseConv = operation(
  'nn',
  'DepthwiseConv',
  'inputs kernel {strides=1 padding="valid" dataFormat=null dilationRate=1}',
  (inputs: Operand, kernel: Operand, options: ConvOptions = {}): SymbolicTensor => {
    const where = 'ops.depthwiseConv'
    const read = readOptions(where, convOptions, options)
    return overSpace(where, inputs, read.dataFormat, (call) => {
      const shape = kernelShape(call, kernel, 'channels, multiplier')
      checkChannels(call, shape, `${shape.at(-2)} channels`, (count) => count === shape.at(-2))
      const windows = windowsOf(call, shape, read)
      return single(depthwise(where, [call.x, kernel], { call, windows }))
    })
  },
)

/**
 * The convolution of each channel by itself, and then of all channels at each position: the second kernel is
 * `[1, channels · multiplier, filters]`. Options as {@link conv}'s.
 *
 * @see keras/src/ops/nn.py, separable_conv
 */
export const separableConv = operation(
  'nn',
  'SeparableConv',
  'inputs depthwiseKernel pointwiseKernel {strides=1 padding="valid" dataFormat=null dilationRate=1}',
  (
    inputs: Operand,
    depthwiseKernel: Operand,
    pointwiseKernel: Operand,
    options: ConvOptions = {},
  ): SymbolicTensor =>
    conv(depthwiseConv(inputs, depthwiseKernel, options), pointwiseKernel, {
      dataFormat: options.dataFormat ?? null,
    }),
)

/**
 * The transposed convolution, which every entry of the input writes a window of: `[batch, steps, channels]` and a kernel
 * `[extent, filters, channels]` → `[batch, steps', filters]`. With `'same'`, steps' is steps · strides; with `'valid'` a window more than
 * (steps − 1) · strides.
 *
 * @see keras/src/ops/nn.py, conv_transpose
 */
export const convTranspose = operation(
  'nn',
  'ConvTranspose',
  'inputs kernel {strides=1 padding="valid" outputPadding=null dataFormat=null dilationRate=1}',
  (inputs: Operand, kernel: Operand, options: ConvTransposeOptions = {}): SymbolicTensor => {
    const where = 'ops.convTranspose'
    const read = readOptions(where, convTransposeOptions, options)
    return overSpace(where, inputs, read.dataFormat, (call) => {
      const shape = kernelShape(call, kernel, 'filters, channels')
      checkChannels(call, shape, `${shape.at(-1)} channels`, (count) => count === shape.at(-1))
      const windows = windowsOf(call, shape, read)
      const added =
        read.outputPadding === null ? null : perAxis(call, call.rank, 'outputPadding', read.outputPadding)
      if (added?.some((extra, axis) => extra >= (windows[axis]?.stride ?? 1)))
        fail(where, {
          expected: `outputPadding below the strides, ${windows.map(({ stride }) => stride).join()}`,
          got: added.join(),
        })
      return single(transpositions(where, [call.x, kernel], { call, windows, outputPadding: added }))
    })
  },
)
