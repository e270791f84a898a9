// What networks of images are made of: convolutions with their normalizations, and tops.

import { impossible } from '../errors.ts'
import { Activation } from '../layers/activations/activation.ts'
import { ReLU } from '../layers/activations/rectifiers.ts'
import { Dense } from '../layers/core/dense.ts'
import {
  BatchNormalization,
  type BatchNormalizationOptions,
} from '../layers/normalization/batchNormalization.ts'
import { GlobalAveragePooling2D, GlobalMaxPooling2D } from '../layers/pooling/pooling.ts'
import { ZeroPadding2D } from '../layers/reshaping/padding.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { channelAxis, type Request } from './application.ts'

/** How many channels a tensor has. */
export const channelsOf = (x: SymbolicTensor): number =>
  x.shape.at(channelAxis()) ?? impossible('images without channels')

/** `-1` for the last axis, as some networks write it. */
export const channelAxisFromEnd = (): 1 | -1 => (channelAxis() === 1 ? 1 : -1)

/** Normalizes by batch; without a name it is numbered. */
export const normalized = (
  x: SymbolicTensor,
  name: string | null,
  options: BatchNormalizationOptions = {},
): SymbolicTensor => BatchNormalization({ axis: channelAxis(), ...options, name })(x)

export const rectified = (x: SymbolicTensor, name: string | null = null): SymbolicTensor =>
  Activation('relu', { name })(x)

/** The rectifier that ends at 6. */
export const clipped = (x: SymbolicTensor, name: string): SymbolicTensor => ReLU({ maxValue: 6, name })(x)

/** Zeros before a convolution with strides, so that it lies as TensorFlow's `'same'` does. */
export function paddedFor(x: SymbolicTensor, kernelSize: number, name: string): SymbolicTensor {
  const axis = channelAxis() === 1 ? 2 : 1
  const half = Math.floor(kernelSize / 2)
  const [rows = null, columns = null] = x.shape.slice(axis, axis + 2)
  // Where the size is open it is taken to be even.
  const before = (extent: number | null): number =>
    half - (rows === null || extent === null ? 1 : 1 - (extent % 2))
  return ZeroPadding2D(
    [
      [before(rows), half],
      [before(columns), half],
    ],
    { name },
  )(x)
}

/** The number of filters nearest to `count` that 8 divides, and no less than nine tenths of it. */
export function inEights(count: number): number {
  const nearest = Math.max(8, Math.floor(Math.trunc(count + 4) / 8) * 8)
  return nearest < 0.9 * count ? nearest + 8 : nearest
}

/** Features as one row each, as `pooling` asks for it. */
export function pooled(
  x: SymbolicTensor,
  { pooling }: Request,
  names: { readonly avg: string; readonly max: string } | null = null,
): SymbolicTensor {
  if (pooling === 'avg') return GlobalAveragePooling2D({ name: names?.avg ?? null })(x)
  return pooling === 'max' ? GlobalMaxPooling2D({ name: names?.max ?? null })(x) : x
}

/** The names of poolings in networks that have some. */
export const POOLING_NAMES = { avg: 'avg_pool', max: 'max_pool' } as const

/** Probabilities of classes. */
export const classified = (
  x: SymbolicTensor,
  { classes, classifierActivation }: Request,
  options: Parameters<typeof Dense>[1] = {},
): SymbolicTensor => Dense(classes, { name: 'predictions', ...options, activation: classifierActivation })(x)

/** The top of most networks, or pooled features. */
export function withTop(
  x: SymbolicTensor,
  request: Request,
  topName: string | null,
  names?: Parameters<typeof pooled>[2],
): SymbolicTensor {
  if (!request.includeTop) return pooled(x, request, names)
  return classified(GlobalAveragePooling2D({ name: topName })(x), request)
}
