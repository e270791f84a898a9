// VGG (Simonyan and Zisserman 2014): rows of small convolutions.

import { Conv2D } from '../layers/convolutional/convolution.ts'
import { Dense } from '../layers/core/dense.ts'
import { MaxPooling2D } from '../layers/pooling/pooling.ts'
import { Flatten } from '../layers/reshaping/reshaping.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Architecture, loadApplication, type Network, type Request, WEIGHTS } from './application.ts'
import { classified, pooled } from './blocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

const FILTERS = [64, 128, 256, 512, 512]

/** @param depths Convolutions of each block. */
const vgg = (
  functionName: string,
  depths: readonly number[],
  sums: readonly [top: string, noTop: string],
): Architecture => {
  const modelName = functionName.toLowerCase()
  return {
    functionName,
    table: applicationTable,
    positional: USUAL_ORDER,
    size: 224,
    least: 32,
    modelName: () => modelName,
    build(images, request) {
      let x = images
      depths.forEach((depth, i) => {
        const block = `block${i + 1}`
        for (let j = 1; j <= depth; j++)
          x = Conv2D(FILTERS[i] ?? 0, 3, { activation: 'relu', padding: 'same', name: `${block}_conv${j}` })(
            x,
          )
        x = MaxPooling2D(2, { strides: 2, name: `${block}_pool` })(x)
      })
      return top(x, request)
    },
    weightsFile({ includeTop }) {
      const name = `${modelName}_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`
      return { name, origin: `${WEIGHTS}${modelName}/${name}`, hash: sums[includeTop ? 0 : 1] }
    },
  }
}

function top(features: SymbolicTensor, request: Request): SymbolicTensor {
  if (!request.includeTop) return pooled(features, request)
  let x = Flatten({ name: 'flatten' })(features)
  for (const name of ['fc1', 'fc2']) x = Dense(4096, { activation: 'relu', name })(x)
  return classified(x, request)
}

/** @internal */
export const vgg16 = vgg(
  'VGG16',
  [2, 2, 3, 3, 3],
  ['64373286793e3c8b2b4e3219cbf3544b', '6d6bbae143d832006294945121d1f1fc'],
)

/** @internal */
export const vgg19 = vgg(
  'VGG19',
  [2, 2, 4, 4, 4],
  ['cbe5617147190e668d6c5d5026f83318', '253f8cb515780f3b799900260a226db6'],
)

/**
 * VGG16, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`. Its images are prepared by `vgg16.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/vgg16.py
 */
export const VGG16 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(vgg16, options)

/**
 * VGG19, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`. Its images are prepared by `vgg19.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/vgg19.py
 */
export const VGG19 = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(vgg19, options)
