// EfficientNet (Tan and Le 2019): one network in eight sizes, wider and deeper together.

import { Activation } from '../layers/activations/activation.ts'
import { Conv2D } from '../layers/convolutional/convolution.ts'
import { DepthwiseConv2D } from '../layers/convolutional/depthwiseConvolution.ts'
import { Normalization } from '../layers/preprocessing/normalization.ts'
import { Rescaling } from '../layers/preprocessing/rescaling.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Architecture, channelAxis, loadApplication, type Network } from './application.ts'
import { inEights, normalized, paddedFor } from './blocks.ts'
import {
  convolutionInitializer,
  efficientTop,
  excited,
  letterOf,
  projection,
  withInput,
} from './efficientBlocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

/** By stage: kernel size, repeats, filters, by how much the blocks are wider inside, and strides of the first. */
const STAGES = [
  [3, 1, 16, 1, 1],
  [3, 2, 24, 6, 2],
  [5, 2, 40, 6, 2],
  [3, 3, 80, 6, 2],
  [5, 3, 112, 6, 1],
  [5, 4, 192, 6, 2],
  [3, 1, 320, 6, 1],
] as const

/** Of samples in training, at the last block. */
const DROPPED = 0.2

interface BlockShape {
  readonly kernel: number
  readonly from: number
  readonly filters: number
  readonly expansion: number
  readonly strides: number
  readonly rate: number
  readonly prefix: string
}

function block(input: SymbolicTensor, shape: BlockShape): SymbolicTensor {
  const { kernel, from, filters, expansion, strides, rate, prefix } = shape
  const inside = from * expansion
  let x = input
  if (expansion !== 1) {
    x = normalized(projection(x, inside, `${prefix}expand_conv`), `${prefix}expand_bn`)
    x = Activation('silu', { name: `${prefix}expand_activation` })(x)
  }
  if (strides === 2) x = paddedFor(x, kernel, `${prefix}dwconv_pad`)
  x = DepthwiseConv2D(kernel, {
    strides,
    padding: strides === 2 ? 'valid' : 'same',
    useBias: false,
    depthwiseInitializer: convolutionInitializer,
    name: `${prefix}dwconv`,
  })(x)
  x = Activation('silu', { name: `${prefix}activation` })(normalized(x, `${prefix}bn`))
  x = excited(x, inside, Math.max(1, Math.floor(from / 4)), prefix)
  x = normalized(projection(x, filters, `${prefix}project_conv`), `${prefix}project_bn`)
  return strides === 1 && from === filters ? withInput(x, input, rate, prefix) : x
}

/** Rows, how much wider and deeper than B0, the share that is dropped before the top, and sums of files with and without it. */
type Size = readonly [
  rows: number,
  width: number,
  depth: number,
  dropped: number,
  sums: readonly [top: string, noTop: string],
]

const SIZES: readonly Size[] = [
  [224, 1, 1, 0.2, ['902e53a9f72be733fc0bcb005b3ebbac', '50bc09e76180e00e4465e1a485ddc09d']],
  [240, 1, 1.1, 0.2, ['1d254153d4ab51201f1646940f018540', '74c4e6b3e1f6a1eea24c589628592432']],
  [260, 1.1, 1.2, 0.3, ['b15cce36ff4dcbd00b6dd88e7857a6ad', '111f8e2ac8aa800a7a99e3239f7bfb39']],
  [300, 1.2, 1.4, 0.3, ['ffd1fdc53d0ce67064dc6a9c7960ede0', 'af6d107764bb5b1abb91932881670226']],
  [380, 1.4, 1.8, 0.4, ['18c95ad55216b8f92d7e70b3a046e2fc', 'ebc24e6d6c33eaebbd558eafbeedf1ba']],
  [456, 1.6, 2.2, 0.4, ['ace28f2a6363774853a83a0b21b9421a', '38879255a25d3c92d5e44e04ae6cec6f']],
  [528, 1.8, 2.6, 0.5, ['165f6e37dce68623721b423839de8be5', '9ecce42647a20130c1f39a5d4cb75743']],
  [600, 2, 3.1, 0.5, ['8c03f828fec3ef71311cd463b6759d99', 'cbcfe4450ddf6f3ad90b1b398090fe4a']],
]

/** What the numbers of colors are divided by beside their deviation, as in the network whose weights these are. */
const DEVIATIONS = [0.229, 0.224, 0.225]

const efficientnet = ([size, width, depth, dropped, sums]: Size, index: number): Architecture => ({
  functionName: `EfficientNetB${index}`,
  table: applicationTable,
  positional: USUAL_ORDER,
  size,
  least: 32,
  modelName: () => `efficientnetb${index}`,
  build(images, request) {
    const filtersOf = (filters: number): number => inEights(filters * width)
    let x = Normalization({ axis: channelAxis() })(Rescaling(1 / 255)(images))
    if (request.weights === 'imagenet') x = Rescaling(DEVIATIONS.map((one) => 1 / Math.sqrt(one)))(x)
    x = Conv2D(filtersOf(32), 3, {
      strides: 2,
      padding: 'valid',
      useBias: false,
      kernelInitializer: convolutionInitializer,
      name: 'stem_conv',
    })(paddedFor(x, 3, 'stem_conv_pad'))
    x = Activation('silu', { name: 'stem_activation' })(normalized(x, 'stem_bn'))
    const repeatsOf = (repeats: number): number => Math.ceil(depth * repeats)
    const count = STAGES.reduce((sum, [, repeats]) => sum + repeatsOf(repeats), 0)
    let [from, made] = [filtersOf(32), 0]
    for (const [stage, [kernel, repeats, to, expansion, strides]] of STAGES.entries()) {
      const filters = filtersOf(to)
      for (let i = 0; i < repeatsOf(repeats); i++) {
        const prefix = `block${stage + 1}${letterOf(i)}_`
        const rate = (DROPPED * made++) / count
        x = block(x, { kernel, from, filters, expansion, strides: i === 0 ? strides : 1, rate, prefix })
        from = filters
      }
    }
    x = normalized(projection(x, filtersOf(1280), 'top_conv'), 'top_bn')
    return efficientTop(Activation('silu', { name: 'top_activation' })(x), request, dropped)
  },
  weightsFile({ includeTop }) {
    const name = `efficientnetb${index}${includeTop ? '' : '_notop'}.h5`
    const origin = `https://storage.googleapis.com/keras-applications/${name}`
    return { name, origin, hash: sums[includeTop ? 0 : 1] }
  },
})

/** @internal B0 to B7. */
export const efficientnets = SIZES.map(efficientnet)

const make =
  (index: number) =>
  (options?: ApplicationOptions | null): Promise<Network> =>
    loadApplication(efficientnets[index] as Architecture, options)

/**
 * EfficientNetB0, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`, of numbers from 0 to 255.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/efficientnet.py
 */
export const EfficientNetB0 = make(0)
/** EfficientNetB1, of images `[240, 240, 3]` by default; as {@link EfficientNetB0}. */
export const EfficientNetB1 = make(1)
/** EfficientNetB2, of images `[260, 260, 3]` by default; as {@link EfficientNetB0}. */
export const EfficientNetB2 = make(2)
/** EfficientNetB3, of images `[300, 300, 3]` by default; as {@link EfficientNetB0}. */
export const EfficientNetB3 = make(3)
/** EfficientNetB4, of images `[380, 380, 3]` by default; as {@link EfficientNetB0}. */
export const EfficientNetB4 = make(4)
/** EfficientNetB5, of images `[456, 456, 3]` by default; as {@link EfficientNetB0}. */
export const EfficientNetB5 = make(5)
/** EfficientNetB6, of images `[528, 528, 3]` by default; as {@link EfficientNetB0}. */
export const EfficientNetB6 = make(6)
/** EfficientNetB7, of images `[600, 600, 3]` by default; as {@link EfficientNetB0}. */
export const EfficientNetB7 = make(7)
