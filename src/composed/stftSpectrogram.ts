// Spectrograms of signals: Fourier transforms of short frames, as convolutions with kernels [frameLength, 1, bins] of cosines and sines, which
// are weights and may learn. Bin k of a frame is Σ window[t]·x[t]·e^(−2πi·k·t / fftLength) / scale.

import { checkExtent, checkInteger, describeValue, fail } from '../errors.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../layers/callable.ts'
import { type DataFormatOptions, dataFormat } from '../layers/convolutional/dataFormat.ts'
import { type LayerOptions, layerOptions } from '../layers/options.ts'
import { type PlainNumbers, readNumbers } from '../layers/preprocessing/numbers.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { DrawnVariable } from '../layers/weights/variable.ts'
import { conv } from '../operations/convolutions.ts'
import { add, arctan2, log, maximum, multiply, sqrt, square } from '../operations/elementwise.ts'
import { concatenate } from '../operations/joining.ts'
import { expandDims, reshape, transpose } from '../operations/shapes.ts'
import { namedWindow } from '../operations/signalWindow.ts'
import { flag, nullable, oneOf, option, type TableFor } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { ComposedLayer } from './composedLayer.ts'

const MODES = ['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'] as const
type Mode = (typeof MODES)[number]

const SCALINGS = ['density', 'spectrum'] as const

/** What frames are weighed by. */
type Window = 'hann' | 'hamming' | Tensor

export interface STFTSpectrogramOptions extends LayerOptions, DataFormatOptions {
  /** Entries of a frame, `256` by default. */
  readonly frameLength?: number
  /** Entries from one frame to the next, at most `frameLength`; `null`, the default, is half of it. */
  readonly frameStep?: number | null
  /** Entries of a transform, of which half and one are bins; `null`, the default, is the next power of two from `frameLength` on. */
  readonly fftLength?: number | null
  /** What frames are weighed by: `'hann'`, the default, `'hamming'`, a number for each entry, or `null` for nothing. */
  readonly window?: 'hann' | 'hamming' | PlainNumbers | Tensor | null
  /** Whether windows are such as follow each other, without their last entry, `false` by default. */
  readonly periodic?: boolean
  /** What windows are divided by: `'density'`, the default, the root of the sum of their squares; `'spectrum'` their sum; `null` nothing. */
  readonly scaling?: (typeof SCALINGS)[number] | null
  /** `'valid'`, the default: frames lie inside the signal; `'same'`: zeros around it give as many as steps fit in. */
  readonly padding?: 'valid' | 'same'
  /** Whether bins are an axis of their own, as of an image, and not beside channels: `false` by default. */
  readonly expandDims?: boolean
}

interface STFTSpectrogramArguments extends STFTSpectrogramOptions {
  /**
   * What is told of each bin: `'log'`, the default, the logarithm of its magnitude; `'magnitude'`; `'psd'`, the density of power; `'real'`,
   * `'imag'`, the parts of the transform, `'stft'` both one behind the other; `'angle'`.
   */
  readonly mode?: Mode
}

const readWindow = (where: string, name: string, value: unknown): Window => {
  if (value === 'hann' || value === 'hamming') return value
  const numbers = typeof value === 'string' ? 0 : readNumbers(where, name, value)
  if (numbers instanceof Tensor && numbers.shape.length === 1) return numbers
  return fail(where, {
    expected: `${name} to be 'hann', 'hamming' or a list of numbers`,
    got: describeValue(value),
    remedy: typeof value === 'string' ? 'Give the numbers of another window.' : undefined,
  })
}

const table = {
  ...layerOptions,
  mode: option<Mode>('log', oneOf(MODES)),
  frameLength: option(256, checkExtent),
  frameStep: nullable(checkExtent),
  fftLength: nullable((where, name, value) => checkInteger(where, name, value, { min: 1, max: 2 ** 20 })),
  window: option<Window | null, NonNullable<STFTSpectrogramOptions['window']> | null>(
    'hann',
    (where, name, value) => (value === null ? null : readWindow(where, name, value)),
    (value) => (value instanceof Tensor ? value.toArray() : value),
  ),
  periodic: flag(false),
  scaling: option<(typeof SCALINGS)[number] | null>('density', (where, name, value) =>
    value === null ? null : oneOf(SCALINGS)(where, name, value),
  ),
  padding: option<'valid' | 'same'>('valid', oneOf(['valid', 'same'])),
  expandDims: flag(false),
  dataFormat,
} as const satisfies TableFor<STFTSpectrogramArguments>

/** What magnitudes and powers are at least, so that they have a logarithm and a slope. */
const LEAST = 1e-7

/** @internal */
export class STFTSpectrogramLayer extends ComposedLayer<typeof table> {
  // As in Keras a mask ends here.
  override supportsMasking = false
  realKernel: DrawnVariable | null = null
  imagKernel: DrawnVariable | null = null
  readonly #step = this.config.frameStep ?? Math.floor(this.config.frameLength / 2)
  readonly #fftLength = this.config.fftLength ?? 2 ** Math.ceil(Math.log2(this.config.frameLength))

  protected override checkInput(input: OpenShape): void {
    const axes = this.config.dataFormat === 'channels_first' ? 'channels, entries' : 'entries, channels'
    if (input.length !== 3) fail(this.where, { expected: `signals [batch, ${axes}]`, got: showShape(input) })
  }

  get #bins(): number {
    return Math.floor(this.#fftLength / 2) + 1
  }

  /** The numbers by which frames are weighed and scaled. */
  #weights(): readonly number[] {
    const { frameLength: length, window, periodic, scaling } = this.config
    if (window === null) return Array<number>(length).fill(1)
    const numbers =
      window instanceof Tensor
        ? [...window.data]
        : length === 1
          ? [1]
          : namedWindow(window, length, periodic ? length : length - 1)
    if (scaling === null) return numbers
    const scale =
      scaling === 'density'
        ? Math.sqrt(numbers.reduce((sum, each) => sum + each * each, 0))
        : numbers.reduce((sum, each) => sum + Math.abs(each), 0)
    return numbers.map((each) => each / scale)
  }

  override build(): void {
    const { mode, frameLength } = this.config
    const bins = this.#bins
    const shape = [frameLength, 1, bins]
    // As Keras counts them, of an odd length too.
    const period = 2 * (bins - 1)
    // Drawn when weights are: a file may claim any length.
    const kernel = (name: string, of: (turns: number) => number): DrawnVariable => {
      const initializer = (): Tensor => {
        const weights = this.#weights()
        const values = Float32Array.from({ length: frameLength * bins }, (_, i) => {
          const [t, k] = [Math.floor(i / bins), i % bins]
          // Whole turns are left out, so that sines of large angles are exact.
          return of(period === 0 ? 0 : ((t * k) % period) / period) * (weights[t] ?? 0)
        })
        return new Tensor(values, shape)
      }
      return this.addWeight({ name, shape, initializer })
    }
    if (mode !== 'imag') this.realKernel = kernel('real_kernel', (turns) => Math.cos(2 * Math.PI * turns))
    // Of half a turn it is 0, not what is nearly so, which would have an angle.
    if (mode !== 'real')
      this.imagKernel = kernel('imag_kernel', (turns) => (turns === 0.5 ? 0 : -Math.sin(2 * Math.PI * turns)))
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { mode, padding, dataFormat: format } = this.config
    const signals = format === 'channels_first' ? x : transpose(x, [0, 2, 1])
    // Channels are rows of an image, which windows of one row leave apart.
    const rows = expandDims(signals, -1)
    const filtered = (kernel: DrawnVariable | null): SymbolicTensor =>
      conv(rows, expandDims(kernel as DrawnVariable, 0), {
        strides: [1, this.#step],
        padding,
        dataFormat: 'channels_last',
      })
    if (mode === 'real') return this.#arranged(filtered(this.realKernel))
    const imaginary = filtered(this.imagKernel)
    if (mode === 'imag') return this.#arranged(imaginary)
    const real = filtered(this.realKernel)
    if (mode === 'angle') return this.#arranged(arctan2(imaginary, real))
    if (mode === 'stft') return this.#arranged(concatenate([real, imaginary], -1))
    const power = add(square(real), square(imaginary))
    if (mode === 'psd') {
      // Bins between the ends stand for those with the opposite sign, too.
      const last = this.#bins - 1
      const counts = Array.from({ length: last + 1 }, (_, k) => (k === 0 || k === last ? 1 : 2))
      return this.#arranged(multiply(power, counts))
    }
    const magnitude = sqrt(maximum(power, LEAST))
    return this.#arranged(mode === 'magnitude' ? magnitude : log(maximum(magnitude, LEAST)))
  }

  /** [batch, channels, frames, bins] as the layer gives it. */
  #arranged(y: SymbolicTensor): SymbolicTensor {
    const { expandDims: isImage, dataFormat: format } = this.config
    const [, channels, frames, bins] = y.shape
    const wide = channels && bins ? channels * bins : -1
    if (format === 'channels_first')
      return isImage ? y : reshape(transpose(y, [0, 1, 3, 2]), [-1, wide, frames ?? -1])
    if (isImage) return transpose(y, [0, 2, 3, 1])
    return reshape(transpose(y, [0, 2, 1, 3]), [-1, frames ?? -1, wide])
  }
}

const definition = defineLayer({
  className: 'STFTSpectrogram',
  table,
  positional: ['mode'],
  create(self, given) {
    const layer = new STFTSpectrogramLayer(given, self)
    const { frameLength, frameStep, fftLength, window, periodic, scaling } = layer.config
    if ((frameStep ?? 0) > frameLength)
      fail(layer.where, { expected: `frameStep of at most frameLength, ${frameLength}`, got: `${frameStep}` })
    if ((fftLength ?? frameLength) < frameLength)
      fail(layer.where, {
        expected: `fftLength of at least frameLength, ${frameLength}`,
        got: `${fftLength}`,
      })
    if (window instanceof Tensor && window.data.length !== frameLength)
      fail(layer.where, { expected: `a window of ${frameLength} numbers`, got: `${window.data.length}` })
    const isNothing =
      window instanceof Tensor
        ? window.data.every((each) => each === 0)
        : window === 'hann' && frameLength === 2 && !periodic
    if (isNothing && scaling !== null)
      fail(layer.where, {
        expected: 'a window of which a number is not 0, to divide it by its scale',
        got: `${describeValue(window)} of ${frameLength} numbers`,
        remedy: 'Give periodic: true, or a longer frame.',
      })
    return layer
  },
})

/**
 * Spectrograms of signals: `[batch, entries, channels]` → `[batch, frames, channels · bins]`, or with `expandDims`
 * `[batch, frames, bins, channels]`. Its kernels learn unless it has `trainable: false`.
 *
 * @param mode What is told of each bin, `'log'` by default.
 * @see keras/src/layers/preprocessing/stft_spectrogram.py
 */
export const STFTSpectrogram: LayerConstructor<
  LayerArguments<[mode?: Mode], STFTSpectrogramOptions, STFTSpectrogramArguments>
> = definition.make
export type STFTSpectrogram = ReturnType<typeof STFTSpectrogram>
