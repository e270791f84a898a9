// Options of preprocessing layers as the tests of wrong calls know them.

import {
  atLeastZero,
  extent,
  finite,
  flag,
  integer,
  type Kind,
  kind,
  nullable,
  oneOf,
  positive,
  positiveInteger,
  unsupported,
} from '../kinds.ts'
import type { Options } from './call.ts'

const anyText = kind(['given', ''], (value) => typeof value === 'string')
const anyInteger = kind([3, -3], Number.isSafeInteger)

/** A number, or an array of some, as data are. */
const numbers = kind([0.5, [1, 2]], (value) => {
  const isNumbers = (each: unknown): boolean =>
    typeof each === 'boolean' || (typeof each === 'number' && Number.isFinite(each))
  return typeof value === 'number'
    ? Number.isFinite(value)
    : Array.isArray(value) && value.length > 0 && value.every(isNumbers)
})

const isIn = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && value >= min && value <= max
const isPair = (value: unknown, fits: (each: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(fits)

/** How much images are changed along an axis. */
const axisFactor = kind(
  [0.5, [0.2, -0.1]],
  (value) => isIn(value, -1, 1) || isPair(value, (each) => isIn(each, -1, 1)),
  [[0.5], [2, 0.5]],
)
const zoomFactor = kind(
  [0.5, [0.2, -0.1]],
  (value) => isIn(value, -0.999, 1) || isPair(value, (each) => isIn(each, -0.999, 1)),
  [-1, [-1, 0]],
)

/** How much they are changed: of a range one end at least is within the bounds. */
const factorIn = (min: number, max: number): Kind =>
  kind(
    [0.5, [0.1, 0.7]],
    (value) =>
      isIn(value, min, max) ||
      (isPair(value, Number.isFinite) && Array.isArray(value) && value[0] <= max && value[1] >= min),
    [[0.5], [2, 3]],
  )

/** Kinds by name; where layers differ, by class and name. */
export const preprocessing: Options = {
  'Rescaling.scale': numbers,
  'Rescaling.offset': numbers,
  'Normalization.axis': nullable(
    kind(
      [-1, [-1]],
      (value) => Number.isSafeInteger(value) || (Array.isArray(value) && value.every(Number.isSafeInteger)),
    ),
  ),
  // Each is refused without the other.
  mean: kind([null], (value) => value === null),
  variance: kind([null], (value) => value === null),
  invert: flag,
  numTokens: extent,
  'CategoryEncoding.outputMode': oneOf('one_hot', 'multi_hot', 'count'),
  'Discretization.outputMode': oneOf('int', 'one_hot', 'multi_hot', 'count'),
  'Discretization.epsilon': kind([0.5], (value) => typeof value === 'number' && value > 0 && value <= 1),
  // Either of both is refused beside the other.
  binBoundaries: kind(
    [[0, 1]],
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((each, i) => Number.isFinite(each) && (i === 0 || each > value[i - 1])),
  ),
  numBins: kind([null], (value) => value === null),
  maxTokens: nullable(kind([9], (value) => Number.isSafeInteger(value) && Number(value) >= 2)),
  numOovIndices: integer,
  maskToken: nullable(anyText),
  'IntegerLookup.maskToken': nullable(anyInteger),
  oovToken: nullable(anyText),
  'IntegerLookup.oovToken': nullable(anyInteger),
  vocabulary: nullable(
    kind(
      [['a', 'b']],
      (value) => Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string'),
    ),
  ),
  'IntegerLookup.vocabulary': nullable(
    kind(
      [[5, 6]],
      (value) =>
        Array.isArray(value) &&
        value.length > 0 &&
        value.every(Number.isSafeInteger) &&
        new Set(value).size === value.length,
    ),
  ),
  // Refused without options beside it.
  idfWeights: kind([null], (value) => value === null),
  padToMaxTokens: kind([false], (value) => value === false),
  'StringLookup.invert': kind([false, true], (value) => typeof value === 'boolean'),
  'StringLookup.outputMode': oneOf('int', 'one_hot', 'multi_hot', 'count'),
  'IntegerLookup.outputMode': oneOf('int', 'one_hot', 'multi_hot', 'count'),
  'Hashing.outputMode': oneOf('int', 'one_hot', 'multi_hot', 'count'),
  'TextVectorization.outputMode': oneOf('int', 'multi_hot', 'count'),
  salt: nullable(
    kind(
      [2, [2, 3]],
      (value) =>
        integer.accepts(value) ||
        (Array.isArray(value) && value.length === 2 && value.every((each) => integer.accepts(each))),
      [[1]],
    ),
  ),
  'IntegerLookup.salt': kind([null], (value) => value === null),
  oovMethod: oneOf('floormod', 'farmhash'),
  vocabularySize: nullable(integer),
  encoding: unsupported('utf-8'),
  ragged: unsupported(false),
  standardize: nullable(kind(['lower'], (value) => typeof value === 'function')),
  split: nullable(kind(['character'], (value) => typeof value === 'function')),
  ngrams: nullable(
    kind(
      [2, [1, 3]],
      (value) =>
        positiveInteger.accepts(value) ||
        (Array.isArray(value) && value.every((each) => positiveInteger.accepts(each))),
    ),
  ),
  outputSequenceLength: nullable(extent),
  'Hashing.maskValue': nullable(
    kind(['a', 3], (value) => typeof value === 'string' || Number.isSafeInteger(value)),
  ),
  'Hashing.numBins': positiveInteger,
  height: extent,
  width: extent,
  cropToAspectRatio: flag,
  padToAspectRatio: flag,
  antialias: flag,
  fillValue: finite,
  'Resizing.fillMode': oneOf('constant'),
  fillMode: oneOf('constant', 'nearest', 'wrap', 'reflect'),
  'RandomTranslation.interpolation': oneOf('bilinear', 'nearest'),
  'RandomRotation.interpolation': oneOf('bilinear', 'nearest'),
  'RandomZoom.interpolation': oneOf('bilinear', 'nearest'),
  boundingBoxFormat: unsupported(null),
  factor: unsupported(null),
  'RandomBrightness.factor': factorIn(-1, 1),
  'RandomContrast.factor': factorIn(0, 1),
  'RandomRotation.factor': factorIn(-1, 1),
  heightFactor: axisFactor,
  widthFactor: axisFactor,
  'RandomZoom.heightFactor': zoomFactor,
  'RandomZoom.widthFactor': nullable(zoomFactor),
  valueRange: kind([[0, 1]], (value) => isPair(value, Number.isFinite), [[1], [0, Number.NaN]]),
  mode: oneOf('horizontal', 'vertical', 'horizontal_and_vertical'),
  'STFTSpectrogram.mode': oneOf('log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'),
  // Each is bounded by another.
  frameLength: kind(
    [256],
    (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 256,
  ),
  frameStep: nullable(
    kind([64], (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 256),
  ),
  'STFTSpectrogram.fftLength': nullable(
    kind(
      [256, 300],
      (value) => Number.isSafeInteger(value) && Number(value) >= 256 && Number(value) <= 2 ** 24,
    ),
  ),
  window: oneOf('hann', 'hamming', null),
  periodic: flag,
  scaling: oneOf('density', 'spectrum', null),
  expandDims: flag,
  fftLength: extent,
  sequenceStride: extent,
  sequenceLength: nullable(
    kind([64, 2048], (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 2048),
  ),
  samplingRate: positiveInteger,
  numMelBins: extent,
  minFreq: atLeastZero,
  maxFreq: nullable(positive),
  powerToDb: flag,
  topDb: finite,
  magExp: positive,
  minPower: positive,
  refPower: finite,
  tieWeights: flag,
  reverseDtype: oneOf(null, 'float32', 'float16', 'bfloat16'),
  logitSoftCap: nullable(
    kind([0.5], (value) => typeof value === 'number' && Number.isFinite(value) && value > 0),
  ),
}
