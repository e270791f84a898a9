// What EfficientNets are made of.

import { Conv2D } from '../layers/convolutional/convolution.ts'
import { Add, Multiply } from '../layers/merging/merge.ts'
import { GlobalAveragePooling2D } from '../layers/pooling/pooling.ts'
import { Dropout } from '../layers/regularization/dropout.ts'
import { Reshape } from '../layers/reshaping/reshaping.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { VarianceScaling } from '../layers/weights/initializerNamespace.ts'
import { channelAxis, type Request } from './application.ts'
import { classified, POOLING_NAMES, pooled } from './blocks.ts'

export const convolutionInitializer = VarianceScaling({
  scale: 2,
  mode: 'fan_out',
  distribution: 'truncated_normal',
})

export const topInitializer = VarianceScaling({ scale: 1 / 3, mode: 'fan_out', distribution: 'uniform' })

/** A convolution by one pixel, without a bias. */
export const projection = (x: SymbolicTensor, filters: number, name: string): SymbolicTensor =>
  Conv2D(filters, 1, {
    padding: 'same',
    useBias: false,
    kernelInitializer: convolutionInitializer,
    name,
  })(x)

/**
 * Weighs channels by what the whole image has in them (squeeze and excitation).
 *
 * @param inside Filters between.
 */
export function excited(x: SymbolicTensor, filters: number, inside: number, prefix: string): SymbolicTensor {
  const shape = channelAxis() === 1 ? [filters, 1, 1] : [1, 1, filters]
  const options = { padding: 'same', kernelInitializer: convolutionInitializer } as const
  let weights = GlobalAveragePooling2D({ name: `${prefix}se_squeeze` })(x)
  weights = Reshape(shape, { name: `${prefix}se_reshape` })(weights)
  weights = Conv2D(inside, 1, { ...options, activation: 'silu', name: `${prefix}se_reduce` })(weights)
  weights = Conv2D(filters, 1, { ...options, activation: 'sigmoid', name: `${prefix}se_expand` })(weights)
  return Multiply({ name: `${prefix}se_excite` })([x, weights])
}

/** A block's output with its input, where in training the block is left out of a share of the samples. */
export function withInput(
  x: SymbolicTensor,
  input: SymbolicTensor,
  rate: number,
  prefix: string,
): SymbolicTensor {
  const dropped = rate > 0 ? Dropout(rate, { noiseShape: [null, 1, 1, 1], name: `${prefix}drop` })(x) : x
  return Add({ name: `${prefix}add` })([dropped, input])
}

/** The top of an EfficientNet, or pooled features. */
export function efficientTop(
  x: SymbolicTensor,
  request: Request,
  dropoutRate: number,
  options: Parameters<typeof classified>[2] = {},
): SymbolicTensor {
  if (!request.includeTop) return pooled(x, request, POOLING_NAMES)
  const averaged = GlobalAveragePooling2D({ name: 'avg_pool' })(x)
  const dropped = Dropout(dropoutRate, { name: 'top_dropout' })(averaged)
  return classified(dropped, request, { kernelInitializer: topInitializer, ...options })
}

/** The letter of a block in its stage. */
export const letterOf = (block: number): string => String.fromCharCode(97 + block)
