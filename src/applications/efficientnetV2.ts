// EfficientNetV2 (Tan and Le 2021): EfficientNet whose first blocks convolve once where that is faster.

import { Activation } from '../layers/activations/activation.ts'
import { Conv2D } from '../layers/convolutional/convolution.ts'
import { DepthwiseConv2D } from '../layers/convolutional/depthwiseConvolution.ts'
import { Normalization } from '../layers/preprocessing/normalization.ts'
import { Rescaling } from '../layers/preprocessing/rescaling.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { Constant } from '../layers/weights/initializerNamespace.ts'
import { flag, type TableFor } from '../util/options.ts'
import {
  type Architecture,
  channelAxis,
  loadApplication,
  type Network,
  type Request,
  WEIGHTS,
} from './application.ts'
import { channelsOf, normalized } from './blocks.ts'
import {
  convolutionInitializer,
  efficientTop,
  excited,
  letterOf,
  projection,
  withInput,
} from './efficientBlocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

export interface EfficientNetV2Options extends ApplicationOptions {
  /** Whether the network takes numbers of images from 0 to 255, `true` by default; without it from -1 to 1. */
  readonly includePreprocessing?: boolean
}

const table = {
  ...applicationTable,
  includePreprocessing: flag(true),
} as const satisfies TableFor<EfficientNetV2Options>

/** By stage: repeats, filters, by how much the blocks are wider inside, and strides of the first. */
type Stage = readonly [repeats: number, filters: number, expansion: number, strides: number]

/** Stages of which the first three convolve once; channels are weighed in the others. */
const STAGES = {
  B: [
    [1, 16, 1, 1],
    [2, 32, 4, 2],
    [2, 48, 4, 2],
    [3, 96, 4, 2],
    [5, 112, 6, 1],
    [8, 192, 6, 2],
  ],
  S: [
    [2, 24, 1, 1],
    [4, 48, 4, 2],
    [4, 64, 4, 2],
    [6, 128, 4, 2],
    [9, 160, 6, 1],
    [15, 256, 6, 2],
  ],
  M: [
    [3, 24, 1, 1],
    [5, 48, 4, 2],
    [5, 80, 4, 2],
    [7, 160, 4, 2],
    [14, 176, 6, 1],
    [18, 304, 6, 2],
    [5, 512, 6, 1],
  ],
  L: [
    [4, 32, 1, 1],
    [7, 64, 4, 2],
    [7, 96, 4, 2],
    [10, 192, 4, 2],
    [19, 224, 6, 1],
    [25, 384, 6, 2],
    [7, 640, 6, 1],
  ],
} as const satisfies Readonly<Record<string, readonly Stage[]>>

/** Filters of the first convolution. */
const FIRST = { B: 32, S: 24, M: 24, L: 32 } as const

/** Of samples in training, at the last block. */
const DROPPED = 0.2

const swish = (x: SymbolicTensor, name: string): SymbolicTensor => Activation('silu', { name })(x)
const normal = (x: SymbolicTensor, name: string): SymbolicTensor => normalized(x, name, { momentum: 0.9 })

interface BlockShape {
  readonly from: number
  readonly filters: number
  readonly expansion: number
  readonly strides: number
  readonly prefix: string
}

/** A convolution by 3 × 3 pixels, without a bias. */
const square = (x: SymbolicTensor, filters: number, strides: number, name: string): SymbolicTensor =>
  Conv2D(filters, 3, {
    strides,
    padding: 'same',
    useBias: false,
    kernelInitializer: convolutionInitializer,
    name,
  })(x)

/** A block that expands and convolves at once. */
function fused(
  input: SymbolicTensor,
  { from, filters, expansion, strides, prefix }: BlockShape,
): SymbolicTensor {
  if (expansion === 1) {
    const x = normal(square(input, filters, strides, `${prefix}project_conv`), `${prefix}project_bn`)
    return swish(x, `${prefix}project_activation`)
  }
  let x = square(input, from * expansion, strides, `${prefix}expand_conv`)
  x = swish(normal(x, `${prefix}expand_bn`), `${prefix}expand_activation`)
  return normal(projection(x, filters, `${prefix}project_conv`), `${prefix}project_bn`)
}

function separate(
  input: SymbolicTensor,
  { from, filters, expansion, strides, prefix }: BlockShape,
): SymbolicTensor {
  const inside = from * expansion
  let x = normal(projection(input, inside, `${prefix}expand_conv`), `${prefix}expand_bn`)
  x = swish(x, `${prefix}expand_activation`)
  x = DepthwiseConv2D(3, {
    strides,
    padding: 'same',
    useBias: false,
    depthwiseInitializer: convolutionInitializer,
    name: `${prefix}dwconv2`,
  })(x)
  x = swish(normal(x, `${prefix}bn`), `${prefix}activation`)
  x = excited(x, inside, Math.max(1, Math.floor(from / 4)), prefix)
  return normal(projection(x, filters, `${prefix}project_conv`), `${prefix}project_bn`)
}

/** Images as the first convolution takes them. */
function prepared(images: SymbolicTensor, { includePreprocessing }: Request<typeof table>, isB: boolean) {
  if (!includePreprocessing) return images
  if (!isB || channelsOf(images) !== 3) return Rescaling(1 / 128, -1)(images)
  const mean = [0.485, 0.456, 0.406]
  const variance = [0.229 ** 2, 0.224 ** 2, 0.225 ** 2]
  return Normalization({ mean, variance, axis: channelAxis() })(Rescaling(1 / 255)(images))
}

interface Size {
  readonly name: string
  readonly rows: number
  readonly width?: number
  readonly depth?: number
  readonly sums: readonly [top: string, noTop: string]
}

const efficientnetV2 = ({ name, rows, width = 1, depth = 1, sums }: Size): Architecture<typeof table> => {
  const kind = name.slice(0, 1) as keyof typeof STAGES
  const modelName = `efficientnetv2-${name.toLowerCase()}`
  return {
    functionName: `EfficientNetV2${name}`,
    table,
    positional: [...USUAL_ORDER.slice(0, -1), 'includePreprocessing', 'name'],
    size: rows,
    least: 32,
    modelName: () => modelName,
    build(images, request) {
      const filtersOf = (filters: number): number =>
        Math.max(8, Math.floor(Math.trunc(filters * width + 4) / 8) * 8)
      let x = prepared(images, request, kind === 'B')
      x = swish(normal(square(x, filtersOf(FIRST[kind]), 2, 'stem_conv'), 'stem_bn'), 'stem_activation')
      const stages: readonly Stage[] = STAGES[kind]
      // Rates are counted over the blocks of the network that is not deeper.
      const count = stages.reduce((sum, [repeats]) => sum + repeats, 0)
      let [from, made] = [filtersOf(FIRST[kind]), 0]
      for (const [stage, [repeats, to, expansion, first]] of stages.entries()) {
        const filters = filtersOf(to)
        for (let i = 0; i < Math.ceil(depth * repeats); i++) {
          const prefix = `block${stage + 1}${letterOf(i)}_`
          const strides = i === 0 ? first : 1
          const shape = { from, filters, expansion, strides, prefix }
          const y = stage < 3 ? fused(x, shape) : separate(x, shape)
          const rate = (DROPPED * made++) / count
          x = strides === 1 && from === filters ? withInput(y, x, rate, prefix) : y
          from = filters
        }
      }
      x = swish(normal(projection(x, filtersOf(1280), 'top_conv'), 'top_bn'), 'top_activation')
      return efficientTop(x, request, 0.2, { biasInitializer: Constant(0) })
    },
    weightsFile({ includeTop }) {
      const file = `${modelName}${includeTop ? '' : '_notop'}.h5`
      return { name: file, origin: `${WEIGHTS}efficientnet_v2/${file}`, hash: sums[includeTop ? 0 : 1] }
    },
  }
}

/** @internal */
export const efficientnetsV2 = {
  B0: efficientnetV2({
    name: 'B0',
    rows: 224,
    sums: ['21ecbf6da12460d5c40bb2f29ceb2188', '893217f2bb855e2983157299931e43ff'],
  }),
  B1: efficientnetV2({
    name: 'B1',
    rows: 240,
    depth: 1.1,
    sums: ['069f0534ff22adf035c89e2d9547a9dc', '0e80663031ca32d657f9caa404b6ec37'],
  }),
  B2: efficientnetV2({
    name: 'B2',
    rows: 260,
    width: 1.1,
    depth: 1.2,
    sums: ['424e49f28180edbde1e94797771950a7', '1dfe2e7a5d45b6632553a8961ea609eb'],
  }),
  B3: efficientnetV2({
    name: 'B3',
    rows: 300,
    width: 1.2,
    depth: 1.4,
    sums: ['1f1fc43bd98a6e4fd8fdfd551e02c7a0', 'f6abf7b5849ac99a89b50dd3fd532856'],
  }),
  S: efficientnetV2({
    name: 'S',
    rows: 384,
    sums: ['e1d88a8495beba45748fedd0cecbe016', 'af0682fb74e8c54910f2d4393339c070'],
  }),
  M: efficientnetV2({
    name: 'M',
    rows: 480,
    sums: ['a3bf6aa3276309f4fc6a34aa114c95cd', '1b8dc055df72dde80d614482840fe342'],
  }),
  L: efficientnetV2({
    name: 'L',
    rows: 480,
    sums: ['27e6d408b53c7ebc868fefa357689935', 'b0b66b5c863aef5b46e8608fe1711615'],
  }),
}

const make =
  (name: keyof typeof efficientnetsV2) =>
  (options?: EfficientNetV2Options | null): Promise<Network> =>
    loadApplication(efficientnetsV2[name], options)

/**
 * EfficientNetV2B0, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`, of numbers from 0 to 255.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/efficientnet_v2.py
 */
export const EfficientNetV2B0 = make('B0')
/** EfficientNetV2B1, of images `[240, 240, 3]` by default; as {@link EfficientNetV2B0}. */
export const EfficientNetV2B1 = make('B1')
/** EfficientNetV2B2, of images `[260, 260, 3]` by default; as {@link EfficientNetV2B0}. */
export const EfficientNetV2B2 = make('B2')
/** EfficientNetV2B3, of images `[300, 300, 3]` by default; as {@link EfficientNetV2B0}. */
export const EfficientNetV2B3 = make('B3')
/** EfficientNetV2S, of images `[384, 384, 3]` by default; as {@link EfficientNetV2B0}. */
export const EfficientNetV2S = make('S')
/** EfficientNetV2M, of images `[480, 480, 3]` by default; as {@link EfficientNetV2B0}. */
export const EfficientNetV2M = make('M')
/** EfficientNetV2L, of images `[480, 480, 3]` by default; as {@link EfficientNetV2B0}. */
export const EfficientNetV2L = make('L')
