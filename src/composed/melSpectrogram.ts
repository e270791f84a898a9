// Spectrograms of signals over frequencies as they are heard: the power of short frames, added up over triangles that are as wide on the mel
// scale, in decibels. mel(f) = 1127·ln(1 + f / 700).

import { checkExtent, checkFinite, checkPositive, checkPositiveInteger, fail } from '../errors.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../layers/callable.ts'
import { type LayerOptions, layerOptions } from '../layers/options.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { add, log10, maximum, multiply, power, sqrt, square, subtract } from '../operations/elementwise.ts'
import { matmul } from '../operations/products.ts'
import { max } from '../operations/reductions.ts'
import { swapaxes } from '../operations/shapes.ts'
import { checkSignalWindow, type SignalWindow } from '../operations/signalWindow.ts'
import { stft } from '../operations/spectrograms.ts'
import { flag, nullable, option, type TableFor } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { ComposedLayer } from './composedLayer.ts'

export interface MelSpectrogramOptions extends LayerOptions {
  /** Entries from one frame to the next, `512` by default. */
  readonly sequenceStride?: number
  /** Entries that a window weighs, at most `fftLength`; `null`, the default, is as many. */
  readonly sequenceLength?: number | null
  /** What frames are weighed by: `'hann'`, the default, `'hamming'`, a number for each entry, or `null` for nothing. */
  readonly window?: SignalWindow
  /** Entries of the signal in a second, `16000` by default. */
  readonly samplingRate?: number
  /** Triangles, and so entries of the outputs: `128` by default. */
  readonly numMelBins?: number
  /** The frequency at which the first triangle begins, in Hertz, `20` by default. */
  readonly minFreq?: number
  /** The frequency at which the last triangle ends; `null`, the default, is half of `samplingRate`. */
  readonly maxFreq?: number | null
  /** Whether outputs are decibels, `true` by default. */
  readonly powerToDb?: boolean
  /** How many decibels below the greatest one of a batch outputs are at least, `80` by default. */
  readonly topDb?: number
  /** The power of magnitudes that is added up, `2` by default. */
  readonly magExp?: number
  /** What sums and `refPower` are at least, `1e-10` by default. */
  readonly minPower?: number
  /** The power of 0 decibels, `1` by default. */
  readonly refPower?: number
}

interface MelSpectrogramArguments extends MelSpectrogramOptions {
  /** Entries of a transform, `2048` by default. */
  readonly fftLength?: number
}

const table = {
  ...layerOptions,
  fftLength: option(2048, checkExtent),
  sequenceStride: option(512, checkExtent),
  sequenceLength: nullable(checkExtent),
  window: option<SignalWindow>('hann', checkSignalWindow, (value) =>
    value instanceof Tensor ? value.toArray() : value,
  ),
  samplingRate: option(16000, checkPositiveInteger),
  numMelBins: option(128, checkExtent),
  minFreq: option(20, (where, name, value) => checkFinite(where, name, value, { min: 0 })),
  maxFreq: nullable(checkPositive),
  powerToDb: flag(true),
  topDb: option(80, checkFinite),
  magExp: option(2, checkPositive),
  minPower: option(1e-10, checkPositive),
  refPower: option(1, checkFinite),
} as const satisfies TableFor<MelSpectrogramArguments>

/** Numbers of the matrix that makes bands of bins: ten times as many as those of the longest transforms in use. */
const MOST_NUMBERS = 2 ** 22

const melOf = (hertz: number): number => 1127 * Math.log(1 + hertz / 700)

/** @internal */
export class MelSpectrogramLayer extends ComposedLayer<typeof table> {
  // As in Keras a mask ends here.
  override supportsMasking = false
  readonly #sequenceLength = this.config.sequenceLength ?? this.config.fftLength
  readonly #maxFreq = this.config.maxFreq ?? Math.floor(this.config.samplingRate / 2)

  /** Decibels are bounded by the greatest one of all samples. */
  override mixesSamples(): boolean {
    return this.config.powerToDb
  }

  protected override checkInput(input: OpenShape): void {
    if (input.length !== 2)
      fail(this.where, {
        expected: 'signals [batch, entries]',
        got: showShape(input),
        remedy: input.at(-1) === 1 ? 'Put Reshape([entries]) before it.' : undefined,
      })
  }

  /** What each triangle has of each bin, [bins, numMelBins]; of bin 0 nothing. */
  #triangles(bins: number): Tensor {
    const { numMelBins, samplingRate, minFreq } = this.config
    const [low, high] = [melOf(minFreq), melOf(this.#maxFreq)]
    const edge = (i: number): number => low + ((high - low) * i) / (numMelBins + 1)
    const shares = Float32Array.from({ length: bins * numMelBins }, (_, place) => {
      const [bin, triangle] = [Math.floor(place / numMelBins), place % numMelBins]
      if (bin === 0) return 0
      const mel = melOf((samplingRate / 2) * (bin / (bins - 1)))
      const [from, center, to] = [edge(triangle), edge(triangle + 1), edge(triangle + 2)]
      return Math.max(0, Math.min((mel - from) / (center - from), (to - mel) / (to - center)))
    })
    return new Tensor(shares, [bins, numMelBins])
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { fftLength, sequenceStride, window, powerToDb, topDb, magExp, minPower, refPower } = this.config
    const [real, imaginary] = stft(x, this.#sequenceLength, sequenceStride, fftLength, {
      window,
      center: true,
    })
    const squares = add(square(real), square(imaginary))
    const spectrum = magExp === 2 ? squares : power(sqrt(squares), magExp)
    const sums = matmul(spectrum, this.#triangles(Math.floor(fftLength / 2) + 1))
    if (!powerToDb) return swapaxes(sums, -1, -2)
    const reference = 10 * Math.log10(Math.max(Math.abs(refPower), minPower))
    const decibels = subtract(multiply(log10(maximum(sums, minPower)), 10), reference)
    return swapaxes(maximum(decibels, subtract(max(decibels), topDb)), -1, -2)
  }

  /** Keras keeps what its defaults became. */
  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), sequenceLength: this.#sequenceLength, maxFreq: this.#maxFreq }
  }
}

const definition = defineLayer({
  className: 'MelSpectrogram',
  table,
  positional: ['fftLength', 'sequenceStride'],
  create(self, given) {
    const layer = new MelSpectrogramLayer(given, self)
    const { fftLength, sequenceLength, window, numMelBins } = layer.config
    const length = sequenceLength ?? fftLength
    if (length > fftLength)
      fail(layer.where, { expected: `sequenceLength of at most fftLength, ${fftLength}`, got: `${length}` })
    if (window instanceof Tensor && window.data.length !== length)
      fail(layer.where, { expected: `a window of ${length} numbers`, got: `${window.data.length}` })
    const bins = Math.floor(fftLength / 2) + 1
    if (bins * numMelBins > MOST_NUMBERS)
      fail(layer.where, {
        expected: `fftLength and numMelBins whose matrix has at most ${MOST_NUMBERS} numbers`,
        got: `${bins} · ${numMelBins}`,
      })
    return layer
  },
})

/**
 * Spectrograms of signals over frequencies as they are heard: `[batch, entries]` → `[batch, numMelBins, frames]`, with a frame around each
 * multiple of `sequenceStride`.
 *
 * @param fftLength Entries of a transform, `2048` by default.
 * @see keras/src/layers/preprocessing/mel_spectrogram.py
 */
export const MelSpectrogram: LayerConstructor<
  | LayerArguments<[fftLength?: number], MelSpectrogramOptions, MelSpectrogramArguments>
  | readonly [fftLength: number, sequenceStride: number, options?: MelSpectrogramOptions]
> = definition.make
export type MelSpectrogram = ReturnType<typeof MelSpectrogram>
