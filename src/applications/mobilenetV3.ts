// MobileNetV3 (Howard et al. 2019): blocks of MobileNetV2, some of which weigh their channels.

import { fail } from '../errors.ts'
import { Activation } from '../layers/activations/activation.ts'
import { ReLU } from '../layers/activations/rectifiers.ts'
import { Conv2D } from '../layers/convolutional/convolution.ts'
import { DepthwiseConv2D } from '../layers/convolutional/depthwiseConvolution.ts'
import { Add, Multiply } from '../layers/merging/merge.ts'
import { readShare } from '../layers/options.ts'
import { GlobalAveragePooling2D } from '../layers/pooling/pooling.ts'
import { Rescaling } from '../layers/preprocessing/rescaling.ts'
import { Dropout } from '../layers/regularization/dropout.ts'
import { Flatten } from '../layers/reshaping/reshaping.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { add, multiply } from '../operations/elementwise.ts'
import { flag, option, type TableFor } from '../util/options.ts'
import { type Architecture, loadApplication, type Network, type Request, WEIGHTS } from './application.ts'
import {
  channelAxisFromEnd,
  channelsOf,
  inEights,
  normalized,
  POOLING_NAMES,
  paddedFor,
  pooled,
} from './blocks.ts'
import { alpha, checkAlpha } from './mobilenet.ts'
import { type ApplicationOptions, applicationTable } from './options.ts'

export interface MobileNetV3Options extends ApplicationOptions {
  /** By what the filters of each layer are multiplied, `1` by default. Trained are 0.75 and 1. */
  readonly alpha?: number
  /** Whether the network does without what phones compute slowly, `false` by default: larger kernels, hard swish, weights of channels. */
  readonly minimalistic?: boolean
  /** The share that is dropped before the top, `0.2` by default. */
  readonly dropoutRate?: number
  /** Whether the network takes numbers of images from 0 to 255, `true` by default; without it from -1 to 1. */
  readonly includePreprocessing?: boolean
}

const table = {
  ...applicationTable,
  alpha,
  minimalistic: flag(false),
  dropoutRate: option(0.2, readShare),
  includePreprocessing: flag(true),
} as const satisfies TableFor<MobileNetV3Options>

type V3Request = Request<typeof table>

type Step = (x: SymbolicTensor) => SymbolicTensor

const relu: Step = (x) => ReLU()(x)
const hardSwish: Step = (x) => Activation('hard_silu')(x)
const hardSigmoid: Step = (x) => multiply(ReLU(6)(add(x, 3)), 1 / 6)

const normal = (x: SymbolicTensor, name: string): SymbolicTensor =>
  normalized(x, name, { axis: channelAxisFromEnd(), epsilon: 1e-3, momentum: 0.999 })

/** Weighs channels by what the whole image has in them (squeeze and excitation). */
function weighed(x: SymbolicTensor, filters: number, prefix: string): SymbolicTensor {
  const at = `${prefix}squeeze_excite_`
  let weights = GlobalAveragePooling2D({ keepdims: true, name: `${at}avg_pool` })(x)
  weights = Conv2D(inEights(filters / 4), 1, { padding: 'same', name: `${at}conv` })(weights)
  weights = ReLU({ name: `${at}relu` })(weights)
  weights = hardSigmoid(Conv2D(filters, 1, { padding: 'same', name: `${at}conv_1` })(weights))
  return Multiply({ name: `${at}mul` })([x, weights])
}

/** What a block is: by how much it is wider inside, its filters, kernel size and strides, whether it weighs channels and swishes. */
type Block = readonly [
  expansion: number,
  filters: number,
  kernel: 3 | 5,
  strides: 1 | 2,
  isWeighed: boolean,
  swishes: boolean,
]

const SMALL: readonly Block[] = [
  [1, 16, 3, 2, true, false],
  [72 / 16, 24, 3, 2, false, false],
  [88 / 24, 24, 3, 1, false, false],
  [4, 40, 5, 2, true, true],
  [6, 40, 5, 1, true, true],
  [6, 40, 5, 1, true, true],
  [3, 48, 5, 1, true, true],
  [3, 48, 5, 1, true, true],
  [6, 96, 5, 2, true, true],
  [6, 96, 5, 1, true, true],
  [6, 96, 5, 1, true, true],
]

const LARGE: readonly Block[] = [
  [1, 16, 3, 1, false, false],
  [4, 24, 3, 2, false, false],
  [3, 24, 3, 1, false, false],
  [3, 40, 5, 2, true, false],
  [3, 40, 5, 1, true, false],
  [3, 40, 5, 1, true, false],
  [6, 80, 3, 2, false, true],
  [2.5, 80, 3, 1, false, true],
  [2.3, 80, 3, 1, false, true],
  [2.3, 80, 3, 1, false, true],
  [6, 112, 3, 1, true, true],
  [6, 112, 3, 1, true, true],
  [6, 160, 5, 2, true, true],
  [6, 160, 5, 1, true, true],
  [6, 160, 5, 1, true, true],
]

function block(input: SymbolicTensor, described: Block, id: number, request: V3Request): SymbolicTensor {
  const { minimalistic } = request
  const [expansion, width, size, strides, isWeighed, swishes] = described
  const activated = swishes && !minimalistic ? hardSwish : relu
  const kernel = minimalistic ? 3 : size
  const filters = inEights(width * request.alpha)
  const prefix = id === 0 ? 'expanded_conv_' : `expanded_conv_${id}_`
  const inside = inEights(channelsOf(input) * expansion)
  let x = input
  if (id > 0) {
    x = Conv2D(inside, 1, { padding: 'same', useBias: false, name: `${prefix}expand` })(x)
    x = activated(normal(x, `${prefix}expand_bn`))
  }
  if (strides === 2) x = paddedFor(x, kernel, `${prefix}depthwise_pad`)
  const padding = strides === 2 ? 'valid' : 'same'
  x = DepthwiseConv2D(kernel, { strides, padding, useBias: false, name: `${prefix}depthwise` })(x)
  x = activated(normal(x, `${prefix}depthwise_bn`))
  if (isWeighed && !minimalistic) x = weighed(x, inside, prefix)
  x = Conv2D(filters, 1, { padding: 'same', useBias: false, name: `${prefix}project` })(x)
  x = normal(x, `${prefix}project_bn`)
  const isResidual = strides === 1 && channelsOf(input) === filters
  return isResidual ? Add({ name: `${prefix}add` })([input, x]) : x
}

function top(features: SymbolicTensor, request: V3Request, width: number, activated: Step): SymbolicTensor {
  const { classes, dropoutRate, classifierActivation } = request
  if (!request.includeTop) return pooled(features, request, POOLING_NAMES)
  let x = GlobalAveragePooling2D({ keepdims: true })(features)
  x = activated(Conv2D(width, 1, { padding: 'same', useBias: true, name: 'conv_2' })(x))
  if (dropoutRate > 0) x = Dropout(dropoutRate)(x)
  x = Flatten()(Conv2D(classes, 1, { padding: 'same', name: 'logits' })(x))
  return Activation(classifierActivation ?? 'linear', { name: 'predictions' })(x)
}

/** Sums of files with and without a top, by their names. */
const SUMS: Readonly<Record<string, readonly [top: string, noTop: string]>> = {
  'large_224_0.75': ['765b44a33ad4005b3ac83185abf1d0eb', '40af19a13ebea4e2ee0c676887f69a2e'],
  'large_224_1.0': ['59e551e166be033d707958cf9e29a6a7', '07fb09a5933dd0c8eaafa16978110389'],
  'large_minimalistic_224_1.0': ['675e7b876c45c57e9e63e6d90a36599c', 'ec5221f64a2f6d1ef965a614bdae7973'],
  'small_224_0.75': ['cb65d4e5be93758266aa0a7f2c6708b7', 'ebdb5cc8e0b497cd13a7c275d475c819'],
  'small_224_1.0': ['8768d4c2e7dee89b9d02b2d03d65d862', 'd3e8ec802a04aa4fc771ee12a9a9b836'],
  'small_minimalistic_224_1.0': ['99cd97fb2fcdad2bf028eb838de69e37', 'cde8136e733e811080d9fcd8a252f7e4'],
}

/** @param width Filters of the top. */
const network = (
  size: 'Small' | 'Large',
  blocks: readonly Block[],
  width: number,
): Architecture<typeof table> => ({
  functionName: `MobileNetV3${size}`,
  table,
  positional: [
    'inputShape',
    'alpha',
    'minimalistic',
    'includeTop',
    'weights',
    'inputTensor',
    'classes',
    'pooling',
    'dropoutRate',
    'classifierActivation',
    'includePreprocessing',
    'name',
  ],
  size: 224,
  least: 32,
  takesAnySize: true,
  modelName: () => `MobileNetV3${size}`,
  checkTrained(request) {
    checkAlpha(request, request.minimalistic ? [1] : [0.75, 1])
  },
  build(images, request) {
    const { minimalistic, includePreprocessing, alpha } = request
    const activated = minimalistic ? relu : hardSwish
    let x = includePreprocessing ? Rescaling(1 / 127.5, -1)(images) : images
    x = Conv2D(16, 3, { strides: 2, padding: 'same', useBias: false, name: 'conv' })(x)
    x = activated(normal(x, 'conv_bn'))
    blocks.forEach((described, id) => {
      x = block(x, described, id, request)
    })
    const last = inEights(channelsOf(x) * 6)
    x = Conv2D(last, 1, { padding: 'same', useBias: false, name: 'conv_1' })(x)
    x = activated(normal(x, 'conv_1_bn'))
    return top(x, request, alpha > 1 ? inEights(width * alpha) : width, activated)
  },
  weightsFile({ where, minimalistic, alpha, includeTop }) {
    const factor = Number.isInteger(alpha) ? alpha.toFixed(1) : `${alpha}`
    const trained = `${size.toLowerCase()}${minimalistic ? '_minimalistic' : ''}_224_${factor}`
    const name = `weights_mobilenet_v3_${trained}_float${includeTop ? '' : '_no_top_v2'}.h5`
    const sums = SUMS[trained] ?? fail(where, { expected: 'trained weights', got: trained })
    return { name, origin: `${WEIGHTS}mobilenet_v3/${name}`, hash: sums[includeTop ? 0 : 1] }
  },
})

/** @internal */
export const mobilenetV3Small = network('Small', SMALL, 1024)
/** @internal */
export const mobilenetV3Large = network('Large', LARGE, 1280)

/**
 * MobileNetV3Small, of images of any size from `[32, 32, 3]` on, of numbers from 0 to 255.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/mobilenet_v3.py
 */
export const MobileNetV3Small = (options?: MobileNetV3Options | null): Promise<Network> =>
  loadApplication(mobilenetV3Small, options)
/** MobileNetV3Large; as {@link MobileNetV3Small}. */
export const MobileNetV3Large = (options?: MobileNetV3Options | null): Promise<Network> =>
  loadApplication(mobilenetV3Large, options)
