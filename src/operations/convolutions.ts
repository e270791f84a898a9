// Convolutions as functions, for layers of one's own whose kernels are weights of theirs, or are computed.

import { checkCount, fail } from '../errors.ts'
import { axisInFormat, type DataFormatOptions, dataFormat } from '../layers/convolutional/dataFormat.ts'
import {
  anyPadding,
  convolve,
  convolveDepthwise,
  convolvedSpace,
  type Extents,
  extents,
  extentsOf,
  type SymmetricPaddingOptions,
  symmetricPadding,
  type WindowOptions,
  windowsOf,
} from '../layers/convolutional/spatial.ts'
import {
  convolveTransposed,
  readOutputPadding,
  transposedSpace,
} from '../layers/convolutional/transposedWindows.ts'
import type { Padding, Window } from '../layers/convolutional/window.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as columns from '../ops/columns.cpu.ts'
import * as convolution from '../ops/convolution.cpu.ts'
import * as fold from '../ops/fold.cpu.ts'
import * as matmul from '../ops/matmul.cpu.ts'
import { type Config, nullable, readOptions, type TableFor } from '../util/options.ts'
import { type Shape, showShape } from '../util/shape.ts'
import { defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { overSpace, type SpatialCall } from './overSpace.ts'

export interface ConvOptions extends WindowOptions, DataFormatOptions {
  /** `'valid'`, the default: windows lie inside the input; `'same'`: zeros around it; `'causal'`, over one axis: zeros before it. */
  readonly padding?: Padding
}

const convOptions = {
  strides: extents(1),
  padding: anyPadding,
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

const sides = { ...convolution, ...matmul, ...columns, ...fold }

const convolutions = defineOperation<Convolved & { readonly groups: number }>({
  name: 'conv',
  sides,
  outputShapes: ([shape = [], kernel = []], { call, windows }) => [
    [shape[0] ?? null, ...convolvedSpace(call, shape, windows), kernel.at(-1) ?? null],
  ],
  lower: (graph, [x, kernel], { call: { where }, windows, groups }) => [
    convolve(graph, { x: tensorOf(x, where), kernel: tensorOf(kernel, where) }, windows, groups),
  ],
})

const depthwise = defineOperation<Convolved>({
  name: 'depthwiseConv',
  sides,
  outputShapes: ([shape = [], kernel = []], { call, windows }) => {
    const [channels = 1, multiplier = 1] = kernel.slice(-2) as Shape
    return [[shape[0] ?? null, ...convolvedSpace(call, shape, windows), channels * multiplier]]
  },
  lower: (graph, [x, kernel], { call: { where }, windows }) => [
    convolveDepthwise(graph, { x: tensorOf(x, where), kernel: tensorOf(kernel, where) }, windows),
  ],
})

const transpositions = defineOperation<Convolved & { readonly outputPadding: readonly number[] | null }>({
  name: 'convTranspose',
  sides,
  outputShapes: ([shape = [], kernel = []], { call, windows, outputPadding }) => [
    [shape[0] ?? null, ...transposedSpace(call, shape, windows, outputPadding), kernel.at(-2) ?? null],
  ],
  lower: (graph, [operand, weights], { call, windows, outputPadding }) => {
    const [x, kernel] = [tensorOf(operand, call.where), tensorOf(weights, call.where)]
    const space = transposedSpace(call, x.shape, windows, outputPadding) as Shape
    return [convolveTransposed(graph, { x, kernel }, windows, space)]
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
function windowsOfKernel(
  call: SpatialCall,
  kernel: Shape,
  given: Config<typeof convOptions>,
): readonly Window[] {
  const { where, rank } = call
  const { padding } = given
  if (padding === 'causal' && rank !== 1)
    fail(where, { expected: "padding 'valid' or 'same' over more than one axis", got: "'causal'" })
  return windowsOf(call, rank, { ...given, kernelSize: kernel.slice(0, rank) }, padding)
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
      const windows = windowsOfKernel(call, shape, read)
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
      const windows = windowsOfKernel(call, shape, read)
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
      const windows = windowsOfKernel(call, shape, read)
      const outputPadding = readOutputPadding(call, call.rank, read.outputPadding, windows)
      return single(transpositions(where, [call.x, kernel], { call, windows, outputPadding }))
    })
  },
)
