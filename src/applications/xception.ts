// Xception (Chollet 2016): separable convolutions with shortcuts.

import { Conv2D } from '../layers/convolutional/convolution.ts'
import { SeparableConv2D } from '../layers/convolutional/separableConvolution.ts'
import { Add } from '../layers/merging/merge.ts'
import { MaxPooling2D } from '../layers/pooling/pooling.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Architecture, loadApplication, type Network, WEIGHTS } from './application.ts'
import { channelAxisFromEnd, normalized, rectified, withTop } from './blocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

const normal = (x: SymbolicTensor, name: string | null = null): SymbolicTensor =>
  normalized(x, name, { axis: channelAxisFromEnd() })

function separable(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const convolved = SeparableConv2D(filters, 3, { padding: 'same', useBias: false, name })(x)
  return normal(convolved, `${name}_bn`)
}

const shortcut = (x: SymbolicTensor, filters: number): SymbolicTensor =>
  normal(Conv2D(filters, 1, { strides: 2, padding: 'same', useBias: false })(x))

/** A block that halves the image; the first one begins without an activation, as its input has just had one. */
function halving(input: SymbolicTensor, block: string, filters: readonly [number, number]): SymbolicTensor {
  const past = shortcut(input, filters[1])
  const begun = block === 'block2' ? input : rectified(input, `${block}_sepconv1_act`)
  let x = separable(begun, filters[0], `${block}_sepconv1`)
  x = separable(rectified(x, `${block}_sepconv2_act`), filters[1], `${block}_sepconv2`)
  x = MaxPooling2D(3, { strides: 2, padding: 'same', name: `${block}_pool` })(x)
  return Add()([x, past])
}

/** @internal */
export const xception: Architecture = {
  functionName: 'Xception',
  table: applicationTable,
  positional: USUAL_ORDER,
  size: 299,
  least: 71,
  modelName: () => 'xception',
  build(images, request) {
    let x = images
    for (const [i, filters] of [32, 64].entries()) {
      const name = `block1_conv${i + 1}`
      x = Conv2D(filters, 3, { strides: i === 0 ? 2 : 1, useBias: false, name })(x)
      x = rectified(normal(x, `${name}_bn`), `${name}_act`)
    }
    for (const [i, filters] of [128, 256, 728].entries()) x = halving(x, `block${i + 2}`, [filters, filters])
    for (let block = 5; block <= 12; block++) {
      const past = x
      for (const part of [1, 2, 3]) {
        const name = `block${block}_sepconv${part}`
        x = separable(rectified(x, `${name}_act`), 728, name)
      }
      x = Add()([x, past])
    }
    x = halving(x, 'block13', [728, 1024])
    for (const [i, filters] of [1536, 2048].entries()) {
      const name = `block14_sepconv${i + 1}`
      x = rectified(separable(x, filters, name), `${name}_act`)
    }
    return withTop(x, request, 'avg_pool')
  },
  weightsFile({ includeTop }) {
    const name = `xception_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`
    const hash = includeTop ? '0a58e3b7378bc2990ea3b43d5981f1f6' : 'b0042744bf5b25fce3cb969f33bebb97'
    return { name, origin: `${WEIGHTS}xception/${name}`, hash }
  },
}

/**
 * Xception, of images `[299, 299, 3]` by default, at least `[71, 71, 3]`. Its images are prepared by `xception.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/xception.py
 */
export const Xception = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(xception, options)
