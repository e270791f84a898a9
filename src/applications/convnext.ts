// ConvNeXt (Liu et al. 2022): a convolutional network with what transformers have taught.

import { LayerScale } from '../composed/networkLayers.ts'
import { Activation } from '../layers/activations/activation.ts'
import { Conv2D } from '../layers/convolutional/convolution.ts'
import { Dense } from '../layers/core/dense.ts'
import { LayerNormalization } from '../layers/normalization/layerNormalization.ts'
import { GlobalAveragePooling2D } from '../layers/pooling/pooling.ts'
import { Normalization } from '../layers/preprocessing/normalization.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { Sequential } from '../models/sequential.ts'
import { add } from '../operations/elementwise.ts'
import { flag, type TableFor } from '../util/options.ts'
import { type Architecture, loadApplication, type Network, WEIGHTS } from './application.ts'
import { channelsOf, classified, pooled } from './blocks.ts'
import { type ApplicationOptions, applicationTable, USUAL_ORDER } from './options.ts'

export interface ConvNeXtOptions extends ApplicationOptions {
  /** Whether the network takes numbers of images from 0 to 255, `true` by default; without it normalized ones. */
  readonly includePreprocessing?: boolean
}

const table = {
  ...applicationTable,
  includePreprocessing: flag(true),
} as const satisfies TableFor<ConvNeXtOptions>

const layerNorm = (name: string | null = null) => LayerNormalization({ epsilon: 1e-6, name })

function block(input: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const depthwise = { padding: 'same', groups: filters, name: `${name}_depthwise_conv` } as const
  let x = Conv2D(filters, 7, depthwise)(input)
  x = layerNorm(`${name}_layernorm`)(x)
  x = Dense(4 * filters, { name: `${name}_pointwise_conv_1` })(x)
  x = Activation('gelu', { name: `${name}_gelu` })(x)
  x = Dense(filters, { name: `${name}_pointwise_conv_2` })(x)
  x = LayerScale(1e-6, filters, { name: `${name}_layer_scale` })(x)
  return add(input, Activation('linear', { name: `${name}_identity` })(x))
}

/**
 * @param depths Blocks of each of the four stages.
 * @param width Filters of the first, which each stage doubles.
 */
const convnext = (
  kind: string,
  depths: readonly number[],
  width: number,
  sums: readonly [top: string, noTop: string],
): Architecture<typeof table> => {
  const modelName = `convnext_${kind.toLowerCase()}`
  return {
    functionName: `ConvNeXt${kind}`,
    table,
    positional: [USUAL_ORDER[0], 'includePreprocessing', ...USUAL_ORDER.slice(1)],
    size: 224,
    least: 32,
    isChannelsLast: true,
    modelName: () => modelName,
    build(images, request) {
      const name = request.name ?? modelName
      let x = images
      if (request.includePreprocessing && channelsOf(x) === 3)
        x = Normalization({
          mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
          variance: [(0.229 * 255) ** 2, (0.224 * 255) ** 2, (0.225 * 255) ** 2],
          name: `${name}_prestem_normalization`,
        })(x)
      const filtersOf = (stage: number): number => width * 2 ** stage
      const stem = Conv2D(width, 4, { strides: 4, name: `${name}_stem_conv` })
      const halvings = [Sequential([stem, layerNorm(`${name}_stem_layernorm`)], { name: `${name}_stem` })]
      for (let i = 0; i < 3; i++) {
        const convolution = { strides: 2, name: `${name}_downsampling_conv_${i}` }
        halvings.push(
          Sequential(
            [layerNorm(`${name}_downsampling_layernorm_${i}`), Conv2D(filtersOf(i + 1), 2, convolution)],
            { name: `${name}_downsampling_block_${i}` },
          ),
        )
      }
      for (const [stage, halved] of halvings.entries()) {
        x = halved(x)
        for (let i = 0; i < (depths[stage] ?? 0); i++)
          x = block(x, filtersOf(stage), `${name}_stage_${stage}_block_${i}`)
      }
      if (!request.includeTop) return layerNorm()(pooled(x, request))
      x = GlobalAveragePooling2D({ name: `${name}_head_gap` })(x)
      return classified(layerNorm(`${name}_head_layernorm`)(x), request, { name: `${name}_head_dense` })
    },
    weightsFile({ includeTop }) {
      const file = `${modelName}${includeTop ? '' : '_notop'}.h5`
      return { name: file, origin: `${WEIGHTS}convnext/${file}`, hash: sums[includeTop ? 0 : 1] }
    },
  }
}

/** @internal */
export const convnextTiny = convnext('Tiny', [3, 3, 9, 3], 96, [
  '8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff',
  'd547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1',
])
/** @internal */
export const convnextSmall = convnext('Small', [3, 3, 27, 3], 96, [
  'ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c',
  '6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab',
])
/** @internal */
export const convnextBase = convnext('Base', [3, 3, 27, 3], 128, [
  '52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6',
  '40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45',
])
/** @internal */
export const convnextLarge = convnext('Large', [3, 3, 27, 3], 192, [
  '070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6',
  '96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd',
])
/** @internal */
export const convnextXLarge = convnext('XLarge', [3, 3, 27, 3], 256, [
  'c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee',
  'de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05',
])

/**
 * ConvNeXtTiny, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`, of numbers from 0 to 255.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/convnext.py
 */
export const ConvNeXtTiny = (options?: ConvNeXtOptions | null): Promise<Network> =>
  loadApplication(convnextTiny, options)
/** ConvNeXtSmall; as {@link ConvNeXtTiny}. */
export const ConvNeXtSmall = (options?: ConvNeXtOptions | null): Promise<Network> =>
  loadApplication(convnextSmall, options)
/** ConvNeXtBase; as {@link ConvNeXtTiny}. */
export const ConvNeXtBase = (options?: ConvNeXtOptions | null): Promise<Network> =>
  loadApplication(convnextBase, options)
/** ConvNeXtLarge; as {@link ConvNeXtTiny}. */
export const ConvNeXtLarge = (options?: ConvNeXtOptions | null): Promise<Network> =>
  loadApplication(convnextLarge, options)
/** ConvNeXtXLarge; as {@link ConvNeXtTiny}. */
export const ConvNeXtXLarge = (options?: ConvNeXtOptions | null): Promise<Network> =>
  loadApplication(convnextXLarge, options)
