// Inception-ResNet-v2 (Szegedy et al. 2016): branches of convolutions whose sum with their input goes on.

import { CustomScaleLayer } from '../composed/networkLayers.ts'
import { Conv2D } from '../layers/convolutional/convolution.ts'
import type { Extents } from '../layers/convolutional/spatial.ts'
import { Concatenate } from '../layers/merging/concatenate.ts'
import { AveragePooling2D, MaxPooling2D } from '../layers/pooling/pooling.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Architecture, channelAxis, loadApplication, type Network, WEIGHTS } from './application.ts'
import { channelsOf, normalized, rectified, withTop } from './blocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

/** Filters and kernel size, and whether it halves the image, or is as far inside it as the kernel reaches. */
type Convolution = readonly [filters: number, kernel: Extents, end?: 'halving' | 'valid']

function one(
  x: SymbolicTensor,
  [filters, kernel, end]: Convolution,
  name: string | null = null,
): SymbolicTensor {
  const strides = end === 'halving' ? 2 : 1
  const padding = end ? 'valid' : 'same'
  const y = Conv2D(filters, kernel, { strides, padding, useBias: false, name })(x)
  return rectified(normalized(y, name && `${name}_bn`, { scale: false }), name && `${name}_ac`)
}

const convolved = (x: SymbolicTensor, ...row: readonly Convolution[]): SymbolicTensor =>
  row.reduce((input, convolution) => one(input, convolution), x)

const joined = (branches: readonly SymbolicTensor[], name: string): SymbolicTensor =>
  Concatenate({ axis: channelAxis(), name })(branches)

/** The branches of the blocks of three sizes of images, and by what their sums are multiplied. */
const BLOCKS = {
  block35: {
    scale: 0.17,
    count: 10,
    branches: [
      [[32, 1]],
      [
        [32, 1],
        [32, 3],
      ],
      [
        [32, 1],
        [48, 3],
        [64, 3],
      ],
    ],
  },
  block17: {
    scale: 0.1,
    count: 20,
    branches: [
      [[192, 1]],
      [
        [128, 1],
        [160, [1, 7]],
        [192, [7, 1]],
      ],
    ],
  },
  block8: {
    scale: 0.2,
    count: 9,
    branches: [
      [[192, 1]],
      [
        [192, 1],
        [224, [1, 3]],
        [256, [3, 1]],
      ],
    ],
  },
} as const satisfies Readonly<
  Record<string, { scale: number; count: number; branches: readonly (readonly Convolution[])[] }>
>

/** @param scale By what the sum of the branches is multiplied. */
function block(x: SymbolicTensor, kind: keyof typeof BLOCKS, id: number, scale: number): SymbolicTensor {
  const name = `${kind}_${id}`
  const mixed = joined(
    BLOCKS[kind].branches.map((branch) => convolved(x, ...branch)),
    `${name}_mixed`,
  )
  const up = Conv2D(channelsOf(x), 1, { strides: 1, padding: 'same', useBias: true, name: `${name}_conv` })
  return CustomScaleLayer(scale)([x, up(mixed)])
}

function blocks(x: SymbolicTensor, kind: keyof typeof BLOCKS): SymbolicTensor {
  const { count, scale } = BLOCKS[kind]
  return Array.from({ length: count }).reduce<SymbolicTensor>(
    (input, _, i) => rectified(block(input, kind, i + 1, scale), `${kind}_${i + 1}_ac`),
    x,
  )
}

const halved = (x: SymbolicTensor): SymbolicTensor => MaxPooling2D(3, { strides: 2, padding: 'valid' })(x)

/** @internal */
export const inceptionResnetV2: Architecture = {
  functionName: 'InceptionResNetV2',
  table: applicationTable,
  positional: USUAL_ORDER,
  size: 299,
  least: 75,
  modelName: () => 'inception_resnet_v2',
  build(images, request) {
    let x = halved(convolved(images, [32, 3, 'halving'], [32, 3, 'valid'], [64, 3]))
    x = halved(convolved(x, [80, 1, 'valid'], [192, 3, 'valid']))
    const first = [
      convolved(x, [96, 1]),
      convolved(x, [48, 1], [64, 5]),
      convolved(x, [64, 1], [96, 3], [96, 3]),
      convolved(AveragePooling2D(3, { strides: 1, padding: 'same' })(x), [64, 1]),
    ]
    x = blocks(joined(first, 'mixed_5b'), 'block35')
    const second = [
      convolved(x, [384, 3, 'halving']),
      convolved(x, [256, 1], [256, 3], [384, 3, 'halving']),
      halved(x),
    ]
    x = blocks(joined(second, 'mixed_6a'), 'block17')
    const third = [
      convolved(x, [256, 1], [384, 3, 'halving']),
      convolved(x, [256, 1], [288, 3, 'halving']),
      convolved(x, [256, 1], [288, 3], [320, 3, 'halving']),
      halved(x),
    ]
    x = blocks(joined(third, 'mixed_7a'), 'block8')
    // The last block has neither a factor nor an activation.
    x = block(x, 'block8', 10, 1)
    return withTop(one(x, [1536, 1], 'conv_7b'), request, 'avg_pool')
  },
  weightsFile({ includeTop }) {
    const name = `inception_resnet_v2_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`
    const hash = includeTop ? 'e693bd0210a403b3192acc6073ad2e96' : 'd19885ff4a710c122648d3b5c3b684e4'
    return { name, origin: `${WEIGHTS}inception_resnet_v2/${name}`, hash }
  },
}

/**
 * InceptionResNetV2, of images `[299, 299, 3]` by default, at least `[75, 75, 3]`. Its images are prepared by
 * `inceptionResnetV2.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/inception_resnet_v2.py
 */
export const InceptionResNetV2 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(inceptionResnetV2, options)
