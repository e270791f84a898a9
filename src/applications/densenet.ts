// DenseNet (Huang et al. 2016): each convolution sees what all before it made.

import { Conv2D } from '../layers/convolutional/convolution.ts'
import { Concatenate } from '../layers/merging/concatenate.ts'
import { AveragePooling2D, MaxPooling2D } from '../layers/pooling/pooling.ts'
import { ZeroPadding2D } from '../layers/reshaping/padding.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Architecture, channelAxis, loadApplication, type Network, WEIGHTS } from './application.ts'
import { channelsOf, normalized, POOLING_NAMES, rectified, withTop } from './blocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

const GROWTH = 32

const ready = (x: SymbolicTensor, norm: string, relu: string): SymbolicTensor =>
  rectified(normalized(x, norm, { epsilon: 1.001e-5 }), relu)

function denseBlock(input: SymbolicTensor, name: string): SymbolicTensor {
  let x = ready(input, `${name}_0_bn`, `${name}_0_relu`)
  x = Conv2D(4 * GROWTH, 1, { useBias: false, name: `${name}_1_conv` })(x)
  x = ready(x, `${name}_1_bn`, `${name}_1_relu`)
  x = Conv2D(GROWTH, 3, { padding: 'same', useBias: false, name: `${name}_2_conv` })(x)
  return Concatenate({ axis: channelAxis(), name: `${name}_concat` })([input, x])
}

/** Halves rows, columns and channels. */
function transition(input: SymbolicTensor, name: string): SymbolicTensor {
  const x = ready(input, `${name}_bn`, `${name}_relu`)
  const filters = Math.floor(channelsOf(x) / 2)
  const halved = Conv2D(filters, 1, { useBias: false, name: `${name}_conv` })(x)
  return AveragePooling2D(2, { strides: 2, name: `${name}_pool` })(halved)
}

/** @param depths Blocks of each of the four stages. */
const densenet = (depths: readonly number[], sums: readonly [top: string, noTop: string]): Architecture => {
  const layers = 2 * depths.reduce((a, b) => a + b) + 5
  const modelName = `densenet${layers}`
  return {
    functionName: `DenseNet${layers}`,
    table: applicationTable,
    positional: USUAL_ORDER,
    size: 224,
    least: 32,
    isChannelsLast: true,
    modelName: () => modelName,
    build(images, request) {
      let x = ZeroPadding2D(3)(images)
      x = Conv2D(64, 7, { strides: 2, useBias: false, name: 'conv1_conv' })(x)
      x = ready(x, 'conv1_bn', 'conv1_relu')
      x = MaxPooling2D(3, { strides: 2, name: 'pool1' })(ZeroPadding2D(1)(x))
      depths.forEach((depth, stage) => {
        if (stage > 0) x = transition(x, `pool${stage + 1}`)
        for (let i = 1; i <= depth; i++) x = denseBlock(x, `conv${stage + 2}_block${i}`)
      })
      return withTop(ready(x, 'bn', 'relu'), request, 'avg_pool', POOLING_NAMES)
    },
    weightsFile({ includeTop }) {
      const name = `${modelName}_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`
      return { name, origin: `${WEIGHTS}densenet/${name}`, hash: sums[includeTop ? 0 : 1] }
    },
  }
}

/** @internal */
export const densenet121 = densenet(
  [6, 12, 24, 16],
  ['9d60b8095a5708f2dcce2bca79d332c7', '30ee3e1110167f948a6b9946edeeb738'],
)
/** @internal */
export const densenet169 = densenet(
  [6, 12, 32, 32],
  ['d699b8f76981ab1b30698df4c175e90b', 'b8c4d4c20dd625c148057b9ff1c1176b'],
)
/** @internal */
export const densenet201 = densenet(
  [6, 12, 48, 32],
  ['1ceb130c1ea1b78c3bf6114dbdfd8807', 'c13680b51ded0fb44dff2d8f86ac8bb1'],
)

/**
 * DenseNet121, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`. Its images are prepared by `densenet.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/densenet.py
 */
export const DenseNet121 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(densenet121, options)
/** DenseNet169; as {@link DenseNet121}. */
export const DenseNet169 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(densenet169, options)
/** DenseNet201; as {@link DenseNet121}. */
export const DenseNet201 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(densenet201, options)
