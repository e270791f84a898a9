// MobileNet (Howard et al. 2017): depthwise convolutions, then pointwise ones.

import { checkFinite, checkInteger, fail } from '../errors.ts'
import { Activation } from '../layers/activations/activation.ts'
import { Conv2D } from '../layers/convolutional/convolution.ts'
import { DepthwiseConv2D } from '../layers/convolutional/depthwiseConvolution.ts'
import { readShare } from '../layers/options.ts'
import { GlobalAveragePooling2D } from '../layers/pooling/pooling.ts'
import { Dropout } from '../layers/regularization/dropout.ts'
import { ZeroPadding2D } from '../layers/reshaping/padding.ts'
import { Reshape } from '../layers/reshaping/reshaping.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { option, type TableFor } from '../util/options.ts'
import {
  type Architecture,
  loadApplication,
  type Network,
  type Request,
  rowsOf,
  trainedRows,
  WEIGHTS,
} from './application.ts'
import { channelAxisFromEnd, clipped, normalized, pooled } from './blocks.ts'
import { type ApplicationOptions, applicationTable } from './options.ts'

export interface MobileNetOptions extends ApplicationOptions {
  /** By what the filters of each layer are multiplied, `1` by default. Trained are 0.25, 0.5, 0.75 and 1. */
  readonly alpha?: number
  /** Outputs of a depthwise convolution for each of its inputs, `1` by default. */
  readonly depthMultiplier?: number
  /** The share that is dropped before the top, `0.001` by default. */
  readonly dropout?: number
}

/** @internal By what filters are multiplied. */
export const alpha = option(1, (where, name, value) => {
  const factor = checkFinite(where, name, value, { min: 0 })
  return factor > 0 ? factor : fail(where, { expected: `${name} to be above 0`, got: `${factor}` })
})

const table = {
  ...applicationTable,
  alpha,
  depthMultiplier: option(1, (where, name, value) => checkInteger(where, name, value, { min: 1 })),
  dropout: option(0.001, readShare),
} as const satisfies TableFor<MobileNetOptions>

type MobileNetRequest = Request<typeof table>

/** @internal Throws for another factor than those with which a network was trained. */
export function checkAlpha(
  { where, alpha }: { where: string; alpha: number },
  trained: readonly number[],
): void {
  if (!trained.includes(alpha))
    fail(`${where}, alpha`, {
      expected: `${trained.length > 1 ? 'one of ' : ''}${trained.join(', ')}, for which there are weights of ImageNet`,
      got: `${alpha}`,
      remedy: 'Give weights: null for random ones.',
    })
}

/** @internal The name of a model by its factor and the rows of its images. */
export const nameOf = (network: string, alpha: number, rows: number | null): string =>
  `${network}_${alpha.toFixed(2)}_${rows ?? 'None'}`

const after = (x: SymbolicTensor, name: string): SymbolicTensor =>
  clipped(normalized(x, `${name}_bn`, { axis: channelAxisFromEnd() }), `${name}_relu`)

function block(
  x: SymbolicTensor,
  filters: number,
  strides: 1 | 2,
  { depthMultiplier, id }: { readonly depthMultiplier: number; readonly id: number },
): SymbolicTensor {
  const padding = [
    [0, 1],
    [0, 1],
  ] as const
  const padded = strides === 2 ? ZeroPadding2D(padding, { name: `conv_pad_${id}` })(x) : x
  const depthwise = DepthwiseConv2D(3, {
    padding: strides === 2 ? 'valid' : 'same',
    depthMultiplier,
    strides,
    useBias: false,
    name: `conv_dw_${id}`,
  })(padded)
  const seen = after(depthwise, `conv_dw_${id}`)
  const pointwise = Conv2D(filters, 1, { padding: 'same', useBias: false, strides: 1, name: `conv_pw_${id}` })
  return after(pointwise(seen), `conv_pw_${id}`)
}

/** Filters and strides of each block. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array<readonly [512, 1]>(5).fill([512, 1]),
  [1024, 2],
  [1024, 1],
] as const

function top(features: SymbolicTensor, request: MobileNetRequest): SymbolicTensor {
  const { classes, dropout, classifierActivation } = request
  if (!request.includeTop) return pooled(features, request)
  let x = GlobalAveragePooling2D({ keepdims: true })(features)
  x = Dropout(dropout, { name: 'dropout' })(x)
  x = Conv2D(classes, 1, { padding: 'same', name: 'conv_preds' })(x)
  x = Reshape([classes], { name: 'reshape_2' })(x)
  return Activation(classifierActivation ?? 'linear', { name: 'predictions' })(x)
}

/** How files name a factor. */
const ALPHAS: Readonly<Record<number, string>> = { 1: '1_0', 0.75: '7_5', 0.5: '5_0', 0.25: '2_5' }

/** @internal */
export const mobilenet: Architecture<typeof table> = {
  functionName: 'MobileNet',
  table,
  positional: [
    'inputShape',
    'alpha',
    'depthMultiplier',
    'dropout',
    'includeTop',
    'weights',
    'inputTensor',
    'pooling',
    'classes',
    'classifierActivation',
    'name',
  ],
  size: 224,
  otherSizes: [128, 160, 192],
  least: 32,
  modelName: (request) => nameOf('mobilenet', request.alpha, namedRows(request)),
  checkTrained(request) {
    checkAlpha(request, [0.25, 0.5, 0.75, 1])
    if (request.depthMultiplier !== 1)
      fail(`${request.where}, depthMultiplier`, {
        expected: '1, for which there are weights of ImageNet',
        got: `${request.depthMultiplier}`,
        remedy: 'Give weights: null for random ones.',
      })
  },
  build(images, request) {
    const { alpha, depthMultiplier } = request
    const filtersOf = (filters: number): number => Math.trunc(filters * alpha)
    const first = Conv2D(filtersOf(32), 3, { padding: 'same', useBias: false, strides: 2, name: 'conv1' })
    let x = after(first(images), 'conv1')
    BLOCKS.forEach(([filters, strides], i) => {
      x = block(x, filtersOf(filters), strides, { depthMultiplier, id: i + 1 })
    })
    return top(x, request)
  },
  weightsFile(request) {
    const end = request.includeTop ? '' : '_no_top'
    const name = `mobilenet_${ALPHAS[request.alpha]}_${trainedRows(request, mobilenet)}_tf${end}.h5`
    return { name, origin: `${WEIGHTS}mobilenet/${name}`, hash: null }
  },
}

/** The rows that a model is named by: with trained weights those of the images that these have seen. */
const namedRows = (request: MobileNetRequest): number | null =>
  request.weights === 'imagenet' ? trainedRows(request, mobilenet) : rowsOf(request)

/**
 * MobileNet, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`. Its images are prepared by `mobilenet.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/mobilenet.py
 */
export const MobileNet = (options?: MobileNetOptions | null): Promise<Network> =>
  loadApplication(mobilenet, options)
