// Inception v3 (Szegedy et al. 2015): branches of convolutions of several sizes side by side.

import { Conv2D } from '../layers/convolutional/convolution.ts'
import { Concatenate } from '../layers/merging/concatenate.ts'
import { AveragePooling2D, MaxPooling2D } from '../layers/pooling/pooling.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Architecture, channelAxis, loadApplication, type Network, WEIGHTS } from './application.ts'
import { normalized, rectified, withTop } from './blocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

/** Filters, rows and columns of the kernel, and whether it halves the image, or is as far inside it as the kernel reaches. */
type Convolution = readonly [filters: number, rows: number, columns: number, end?: 'halving' | 'valid']

function convolved(x: SymbolicTensor, ...row: readonly Convolution[]): SymbolicTensor {
  return row.reduce((input, [filters, rows, columns, end]) => {
    const strides = end === 'halving' ? 2 : 1
    const padding = end ? 'valid' : 'same'
    const y = Conv2D(filters, [rows, columns], { strides, padding, useBias: false })(input)
    return rectified(normalized(y, null, { scale: false }))
  }, x)
}

const joined = (branches: readonly SymbolicTensor[], name: string | null = null): SymbolicTensor =>
  Concatenate({ axis: channelAxis(), name })(branches)

const averaged = (x: SymbolicTensor, filters: number): SymbolicTensor =>
  convolved(AveragePooling2D(3, { strides: 1, padding: 'same' })(x), [filters, 1, 1])

/** Two kernels of 3 × 3 in a row, which see 5 × 5. */
const small = (x: SymbolicTensor, pooled: number, name: string): SymbolicTensor =>
  joined(
    [
      convolved(x, [64, 1, 1]),
      convolved(x, [48, 1, 1], [64, 5, 5]),
      convolved(x, [64, 1, 1], [96, 3, 3], [96, 3, 3]),
      averaged(x, pooled),
    ],
    name,
  )

/** Rows and columns of 7, one behind the other. */
const long = (x: SymbolicTensor, inside: number, name: string): SymbolicTensor =>
  joined(
    [
      convolved(x, [192, 1, 1]),
      convolved(x, [inside, 1, 1], [inside, 1, 7], [192, 7, 1]),
      convolved(x, [inside, 1, 1], [inside, 7, 1], [inside, 1, 7], [inside, 7, 1], [192, 1, 7]),
      averaged(x, 192),
    ],
    name,
  )

/** Rows and columns of 3, side by side. */
function wide(x: SymbolicTensor, i: number): SymbolicTensor {
  const straight = convolved(x, [320, 1, 1])
  const crossed = (input: SymbolicTensor, name: string | null = null): SymbolicTensor =>
    joined([convolved(input, [384, 1, 3]), convolved(input, [384, 3, 1])], name)
  const once = crossed(convolved(x, [384, 1, 1]), `mixed9_${i}`)
  const twice = crossed(convolved(x, [448, 1, 1], [384, 3, 3]))
  return joined([straight, once, twice, averaged(x, 192)], `mixed${9 + i}`)
}

const halved = (x: SymbolicTensor): SymbolicTensor => MaxPooling2D(3, { strides: 2 })(x)

/** @internal */
export const inceptionV3: Architecture = {
  functionName: 'InceptionV3',
  table: applicationTable,
  positional: USUAL_ORDER,
  size: 299,
  least: 75,
  modelName: () => 'inception_v3',
  build(images, request) {
    let x = halved(convolved(images, [32, 3, 3, 'halving'], [32, 3, 3, 'valid'], [64, 3, 3]))
    x = halved(convolved(x, [80, 1, 1, 'valid'], [192, 3, 3, 'valid']))
    for (const [i, filters] of [32, 64, 64].entries()) x = small(x, filters, `mixed${i}`)
    x = joined(
      [
        convolved(x, [384, 3, 3, 'halving']),
        convolved(x, [64, 1, 1], [96, 3, 3], [96, 3, 3, 'halving']),
        halved(x),
      ],
      'mixed3',
    )
    for (const [i, filters] of [128, 160, 160, 192].entries()) x = long(x, filters, `mixed${4 + i}`)
    x = joined(
      [
        convolved(x, [192, 1, 1], [320, 3, 3, 'halving']),
        convolved(x, [192, 1, 1], [192, 1, 7], [192, 7, 1], [192, 3, 3, 'halving']),
        halved(x),
      ],
      'mixed8',
    )
    return withTop(wide(wide(x, 0), 1), request, 'avg_pool')
  },
  weightsFile({ includeTop }) {
    const name = `inception_v3_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`
    const hash = includeTop ? '9a0d58056eeedaa3f26cb7ebd46da564' : 'bcbd6486424b2319ff4ef7d526e38f63'
    return { name, origin: `${WEIGHTS}inception_v3/${name}`, hash }
  },
}

/**
 * InceptionV3, of images `[299, 299, 3]` by default, at least `[75, 75, 3]`. Its images are prepared by `inceptionV3.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/inception_v3.py
 */
export const InceptionV3 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(inceptionV3, options)
