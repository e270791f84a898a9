// MobileNetV2 (Sandler et al. 2018): blocks that are narrow at their ends and wide inside.

import { Conv2D } from '../layers/convolutional/convolution.ts'
import { DepthwiseConv2D } from '../layers/convolutional/depthwiseConvolution.ts'
import { Add } from '../layers/merging/merge.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { TableFor } from '../util/options.ts'
import {
  type Architecture,
  loadApplication,
  type Network,
  type Request,
  rowsOf,
  trainedRows,
  WEIGHTS,
} from './application.ts'
import {
  channelAxisFromEnd,
  channelsOf,
  clipped,
  inEights,
  normalized,
  paddedFor,
  withTop,
} from './blocks.ts'
import { alpha, checkAlpha, nameOf } from './mobilenet.ts'
import { type ApplicationOptions, applicationTable } from './options.ts'

export interface MobileNetV2Options extends ApplicationOptions {
  /** By what the filters of each layer are multiplied, `1` by default. Trained are 0.35, 0.5, 0.75, 1, 1.3 and 1.4. */
  readonly alpha?: number
}

const table = { ...applicationTable, alpha } as const satisfies TableFor<MobileNetV2Options>

const normal = (x: SymbolicTensor, name: string): SymbolicTensor =>
  normalized(x, name, { axis: channelAxisFromEnd(), epsilon: 1e-3, momentum: 0.999 })

function block(
  input: SymbolicTensor,
  { filters, strides, id }: { readonly filters: number; readonly strides: 1 | 2; readonly id: number },
): SymbolicTensor {
  const prefix = id === 0 ? 'expanded_conv_' : `block_${id}_`
  let x = input
  if (id > 0) {
    x = Conv2D(6 * channelsOf(input), 1, { padding: 'same', useBias: false, name: `${prefix}expand` })(x)
    x = clipped(normal(x, `${prefix}expand_BN`), `${prefix}expand_relu`)
  }
  if (strides === 2) x = paddedFor(x, 3, `${prefix}pad`)
  const padding = strides === 2 ? 'valid' : 'same'
  x = DepthwiseConv2D(3, { strides, useBias: false, padding, name: `${prefix}depthwise` })(x)
  x = clipped(normal(x, `${prefix}depthwise_BN`), `${prefix}depthwise_relu`)
  x = Conv2D(filters, 1, { padding: 'same', useBias: false, name: `${prefix}project` })(x)
  x = normal(x, `${prefix}project_BN`)
  const isResidual = strides === 1 && channelsOf(input) === filters
  return isResidual ? Add({ name: `${prefix}add` })([input, x]) : x
}

/** Filters, strides and repeats of each stage; the first block of a stage alone has strides. */
const STAGES = [
  [16, 1, 1],
  [24, 2, 2],
  [32, 2, 3],
  [64, 2, 4],
  [96, 1, 3],
  [160, 2, 3],
  [320, 1, 1],
] as const

/** @internal */
export const mobilenetV2: Architecture<typeof table> = {
  functionName: 'MobileNetV2',
  table,
  positional: [
    'inputShape',
    'alpha',
    'includeTop',
    'weights',
    'inputTensor',
    'pooling',
    'classes',
    'classifierActivation',
    'name',
  ],
  size: 224,
  otherSizes: [96, 128, 160, 192],
  least: 32,
  modelName: (request) => nameOf('mobilenetv2', request.alpha, namedRows(request)),
  checkTrained: (request) => checkAlpha(request, [0.35, 0.5, 0.75, 1, 1.3, 1.4]),
  build(images, request) {
    const { alpha } = request
    const first = { strides: 2, padding: 'same', useBias: false, name: 'Conv1' } as const
    let x = Conv2D(inEights(32 * alpha), 3, first)(images)
    x = clipped(normal(x, 'bn_Conv1'), 'Conv1_relu')
    let id = 0
    for (const [width, strides, repeats] of STAGES)
      for (let i = 0; i < repeats; i++) {
        const filters = inEights(Math.trunc(width * alpha))
        x = block(x, { filters, strides: i === 0 ? strides : 1, id: id++ })
      }
    const last = alpha > 1 ? inEights(1280 * alpha) : 1280
    x = normal(Conv2D(last, 1, { useBias: false, name: 'Conv_1' })(x), 'Conv_1_bn')
    return withTop(clipped(x, 'out_relu'), request, null)
  },
  weightsFile(request) {
    const { alpha, includeTop } = request
    // As Python writes a float.
    const factor = Number.isInteger(alpha) ? alpha.toFixed(1) : `${alpha}`
    const name = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${factor}_${trainedRows(request, mobilenetV2)}`
    const file = `${name}${includeTop ? '' : '_no_top'}.h5`
    return { name: file, origin: `${WEIGHTS}mobilenet_v2/${file}`, hash: null }
  },
}

/** The rows that a model is named by: with trained weights those of the images that these have seen. */
const namedRows = (request: Request<typeof table>): number | null =>
  request.weights === 'imagenet' ? trainedRows(request, mobilenetV2) : rowsOf(request)

/**
 * MobileNetV2, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`. Its images are prepared by `mobilenetV2.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/mobilenet_v2.py
 */
export const MobileNetV2 = (options?: MobileNetV2Options | null): Promise<Network> =>
  loadApplication(mobilenetV2, options)
