// Residual networks (He et al. 2015), and those that normalize before they convolve (He et al. 2016).

import { Conv2D } from '../layers/convolutional/convolution.ts'
import { Add } from '../layers/merging/merge.ts'
import { MaxPooling2D } from '../layers/pooling/pooling.ts'
import { ZeroPadding2D } from '../layers/reshaping/padding.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Architecture, loadApplication, type Network, WEIGHTS } from './application.ts'
import { normalized, POOLING_NAMES, rectified, withTop } from './blocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

const EPSILON = { epsilon: 1.001e-5 }

interface BlockShape {
  readonly filters: number
  readonly strides: number
  /** Whether what goes around the block is convolved. */
  readonly isFirst: boolean
  readonly name: string
}

function block({ filters, strides, isFirst, name }: BlockShape, input: SymbolicTensor): SymbolicTensor {
  const past = isFirst
    ? normalized(Conv2D(4 * filters, 1, { strides, name: `${name}_0_conv` })(input), `${name}_0_bn`, EPSILON)
    : input
  let x = Conv2D(filters, 1, { strides, name: `${name}_1_conv` })(input)
  x = rectified(normalized(x, `${name}_1_bn`, EPSILON), `${name}_1_relu`)
  x = Conv2D(filters, 3, { padding: 'same', name: `${name}_2_conv` })(x)
  x = rectified(normalized(x, `${name}_2_bn`, EPSILON), `${name}_2_relu`)
  x = normalized(Conv2D(4 * filters, 1, { name: `${name}_3_conv` })(x), `${name}_3_bn`, EPSILON)
  return rectified(Add({ name: `${name}_add` })([past, x]), `${name}_out`)
}

function blockOfV2({ filters, strides, isFirst, name }: BlockShape, input: SymbolicTensor): SymbolicTensor {
  const ready = rectified(normalized(input, `${name}_preact_bn`, EPSILON), `${name}_preact_relu`)
  const unchanged = strides > 1 ? MaxPooling2D(1, { strides })(input) : input
  const past = isFirst ? Conv2D(4 * filters, 1, { strides, name: `${name}_0_conv` })(ready) : unchanged
  let x = Conv2D(filters, 1, { strides: 1, useBias: false, name: `${name}_1_conv` })(ready)
  x = rectified(normalized(x, `${name}_1_bn`, EPSILON), `${name}_1_relu`)
  x = ZeroPadding2D(1, { name: `${name}_2_pad` })(x)
  x = Conv2D(filters, 3, { strides, useBias: false, name: `${name}_2_conv` })(x)
  x = rectified(normalized(x, `${name}_2_bn`, EPSILON), `${name}_2_relu`)
  x = Conv2D(4 * filters, 1, { name: `${name}_3_conv` })(x)
  return Add({ name: `${name}_out` })([past, x])
}

/**
 * @param depths Blocks of each of the four stages.
 * @param sums Of the files with and without a top.
 */
const resnet = (
  functionName: string,
  depths: readonly number[],
  sums: readonly [top: string, noTop: string],
): Architecture => {
  const modelName = functionName.toLowerCase()
  const isV2 = modelName.endsWith('v2')
  return {
    functionName,
    table: applicationTable,
    positional: USUAL_ORDER,
    size: 224,
    least: 32,
    modelName: () => modelName,
    build(images, request) {
      let x = ZeroPadding2D(3, { name: 'conv1_pad' })(images)
      x = Conv2D(64, 7, { strides: 2, name: 'conv1_conv' })(x)
      if (!isV2) x = rectified(normalized(x, 'conv1_bn', EPSILON), 'conv1_relu')
      x = ZeroPadding2D(1, { name: 'pool1_pad' })(x)
      x = MaxPooling2D(3, { strides: 2, name: 'pool1_pool' })(x)
      depths.forEach((depth, stage) => {
        for (let i = 1; i <= depth; i++) {
          // The first version halves the image in the first block of a stage but the first, the second in the last block but the last's.
          const halves = isV2 ? i === depth && stage < depths.length - 1 : i === 1 && stage > 0
          const shape = {
            filters: 64 * 2 ** stage,
            strides: halves ? 2 : 1,
            isFirst: i === 1,
            name: `conv${stage + 2}_block${i}`,
          }
          x = isV2 ? blockOfV2(shape, x) : block(shape, x)
        }
      })
      if (isV2) x = rectified(normalized(x, 'post_bn', EPSILON), 'post_relu')
      return withTop(x, request, 'avg_pool', POOLING_NAMES)
    },
    weightsFile({ includeTop }) {
      const name = `${modelName}_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`
      return { name, origin: `${WEIGHTS}resnet/${name}`, hash: sums[includeTop ? 0 : 1] }
    },
  }
}

/** @internal */
export const resnet50 = resnet(
  'ResNet50',
  [3, 4, 6, 3],
  ['2cb95161c43110f7111970584f804107', '4d473c1dd8becc155b73f8504c6f6626'],
)
/** @internal */
export const resnet101 = resnet(
  'ResNet101',
  [3, 4, 23, 3],
  ['f1aeb4b969a6efcfb50fad2f0c20cfc5', '88cf7a10940856eca736dc7b7e228a21'],
)
/** @internal */
export const resnet152 = resnet(
  'ResNet152',
  [3, 8, 36, 3],
  ['100835be76be38e30d865e96f2aaae62', 'ee4c566cf9a93f14d82f913c2dc6dd0c'],
)
/** @internal */
export const resnet50V2 = resnet(
  'ResNet50V2',
  [3, 4, 6, 3],
  ['3ef43a0b657b3be2300d5770ece849e0', 'fac2f116257151a9d068a22e544a4917'],
)
/** @internal */
export const resnet101V2 = resnet(
  'ResNet101V2',
  [3, 4, 23, 3],
  ['6343647c601c52e1368623803854d971', 'c0ed64b8031c3730f411d2eb4eea35b5'],
)
/** @internal */
export const resnet152V2 = resnet(
  'ResNet152V2',
  [3, 8, 36, 3],
  ['a49b44d1979771252814e80f8ec446f9', 'ed17cf2e0169df9d443503ef94b23b33'],
)

/**
 * ResNet50, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`. Its images are prepared by `resnet50.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/resnet.py
 */
export const ResNet50 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(resnet50, options)
/** ResNet101; as {@link ResNet50}. */
export const ResNet101 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(resnet101, options)
/** ResNet152; as {@link ResNet50}. */
export const ResNet152 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(resnet152, options)

/**
 * ResNet50V2, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`. Its images are prepared by `resnetV2.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/resnet_v2.py
 */
export const ResNet50V2 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(resnet50V2, options)
/** ResNet101V2; as {@link ResNet50V2}. */
export const ResNet101V2 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(resnet101V2, options)
/** ResNet152V2; as {@link ResNet50V2}. */
export const ResNet152V2 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(resnet152V2, options)
