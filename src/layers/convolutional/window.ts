// Windows that slide along an axis: their number and their padding, by Keras's words. Transposed, every entry of the input
// writes a window of the output.

import { fail } from '../../errors.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import { axisInFormat, inFormat, type Spatial } from './dataFormat.ts'

/** 'valid': none; 'same': as many outputs as strides fit in the input; 'causal': only before the first. */
export type Padding = 'valid' | 'same' | 'causal'

export interface Window {
  readonly window: number
  readonly stride: number
  readonly dilation: number
  readonly padding: Padding
}

/** From the first entry of a dilated window to its last. */
const spanOf = ({ window, dilation }: Window): number => (window - 1) * dilation + 1

/** Entries before the first and after the last. */
export function paddingOf(extent: number, along: Window): [before: number, after: number] {
  const span = spanOf(along)
  if (along.padding === 'valid') return [0, 0]
  if (along.padding === 'causal') return [span - 1, 0]
  const total = Math.max((Math.ceil(extent / along.stride) - 1) * along.stride + span - extent, 0)
  return [Math.floor(total / 2), total - Math.floor(total / 2)]
}

// Errors name the axes of the layer's format.
const alongAxis = (layer: Spatial, axis: number, input: OpenShape): string =>
  `along axis ${axisInFormat(layer, axis, input.length)}`
const ofInput = (layer: Spatial, input: OpenShape): string => `(input ${showShape(inFormat(layer, input))})`

/** The output's extent along an axis of the input, channels last; throws where a window does not fit. */
export function windowedExtent(layer: Spatial, input: OpenShape, axis: number, along: Window): number | null {
  const extent = input[axis] ?? null
  if (extent === null) return null
  const [before, after] = paddingOf(extent, along)
  const span = spanOf(along)
  if (extent + before + after < span) {
    fail(layer.where, {
      expected: `an input of at least ${span} ${alongAxis(layer, axis, input)}`,
      got: `${extent} ${ofInput(layer, input)}`,
      remedy: "Use a smaller window, or padding: 'same'.",
    })
  }
  return Math.floor((extent + before + after - span) / along.stride) + 1
}

/** Entries that windows of a transposed convolution write, those that are cut off included. */
const writtenExtent = (extent: number, along: Window): number => (extent - 1) * along.stride + spanOf(along)

/**
 * The extent that a transposed convolution's output has along an axis of the input; throws where nothing is left.
 * `outputPadding` is added to the extent that strides and window give; with null, 'same' gives stride times the input, and
 * 'valid' a whole stride to every entry.
 *
 * @see keras/src/backend/common/backend_utils.py, compute_conv_transpose_output_shape
 */
export function transposedExtent(
  layer: Spatial,
  input: OpenShape,
  axis: number,
  along: Window,
  outputPadding: number | null,
): number | null {
  const extent = input[axis] ?? null
  if (extent === null) return null
  const span = spanOf(along)
  const { stride, padding } = along
  const output =
    padding === 'valid'
      ? writtenExtent(extent, along) + (outputPadding ?? Math.max(stride - span, 0))
      : outputPadding === null
        ? extent * stride
        : (extent - 1) * stride + (span % 2) + outputPadding
  if (output < 1) {
    fail(layer.where, {
      expected: `an output of at least 1 ${alongAxis(layer, axis, input)}`,
      got: `${output} ${ofInput(layer, input)}`,
      remedy: "Leave outputPadding out, or use padding: 'valid'.",
    })
  }
  return output
}

/** Entries cut off of a transposed convolution's `output` entries, at the start and at the end. */
export function croppingOf(extent: number, output: number, along: Window): [before: number, after: number] {
  const total = Math.max(writtenExtent(extent, along) - output, 0)
  return [Math.floor(total / 2), total - Math.floor(total / 2)]
}
