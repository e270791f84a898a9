// NASNet-A (Zoph et al. 2017): cells that a search has found, each of which takes what the two before it made.

import { Conv2D } from '../layers/convolutional/convolution.ts'
import { SeparableConv2D } from '../layers/convolutional/separableConvolution.ts'
import { Concatenate } from '../layers/merging/concatenate.ts'
import { Add } from '../layers/merging/merge.ts'
import { AveragePooling2D, MaxPooling2D } from '../layers/pooling/pooling.ts'
import { Cropping2D, ZeroPadding2D } from '../layers/reshaping/padding.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Architecture, channelAxis, loadApplication, type Network, WEIGHTS } from './application.ts'
import { channelAxisFromEnd, channelsOf, normalized, paddedFor, rectified, withTop } from './blocks.ts'
import { type ApplicationOptions, applicationTable } from './options.ts'

/** What a cell takes: the output of the one before, and that of the one before that; null for the first cell. */
interface Inputs {
  readonly x: SymbolicTensor
  readonly before: SymbolicTensor | null
}

const normal = (x: SymbolicTensor, name: string): SymbolicTensor =>
  normalized(x, name, { axis: channelAxisFromEnd(), momentum: 0.9997, epsilon: 1e-3 })

const pointwise = (x: SymbolicTensor, filters: number, name: string): SymbolicTensor =>
  Conv2D(filters, 1, { padding: 'same', useBias: false, kernelInitializer: 'he_normal', name })(x)

const joined = (parts: readonly SymbolicTensor[], name: string | null = null): SymbolicTensor =>
  Concatenate({ axis: channelAxisFromEnd(), name })(parts)

const added = (a: SymbolicTensor, b: SymbolicTensor, name: string | null = null): SymbolicTensor =>
  Add({ name })([a, b])

/** Two separable convolutions, the first of which may halve the image. */
function separable(
  input: SymbolicTensor,
  filters: number,
  kernel: number,
  { id, halves = false }: { readonly id: string; readonly halves?: boolean },
): SymbolicTensor {
  let x = rectified(input)
  if (halves) x = paddedFor(x, kernel, `separable_conv_1_pad_${id}`)
  const first = { strides: halves ? 2 : 1, padding: halves ? 'valid' : 'same' } as const
  x = SeparableConv2D(filters, kernel, { ...first, useBias: false, name: `separable_conv_1_${id}` })(x)
  x = rectified(normal(x, `separable_conv_1_bn_${id}`))
  x = SeparableConv2D(filters, kernel, { padding: 'same', useBias: false, name: `separable_conv_2_${id}` })(x)
  return normal(x, `separable_conv_2_bn_${id}`)
}

/** The output of the cell before the last in the size and with the filters of this one. */
function adjusted({ x, before }: Inputs, filters: number, id: string): SymbolicTensor {
  if (before === null) return x
  const columns = channelAxis() === 1 ? 2 : -2
  if (before.shape.at(columns) !== x.shape.at(columns)) {
    const active = rectified(before, `adjust_relu_1_${id}`)
    const halved = (from: SymbolicTensor, part: 1 | 2): SymbolicTensor => {
      const pool = { strides: 2, padding: 'valid', name: `adjust_avg_pool_${part}_${id}` } as const
      return pointwise(AveragePooling2D(1, pool)(from), Math.floor(filters / 2), `adjust_conv_${part}_${id}`)
    }
    const first = halved(active, 1)
    const padded = ZeroPadding2D([
      [0, 1],
      [0, 1],
    ])(active)
    const moved = Cropping2D([
      [1, 0],
      [1, 0],
    ])(padded)
    return normal(joined([first, halved(moved, 2)]), `adjust_bn_${id}`)
  }
  if (channelsOf(before) === filters) return before
  const projected = pointwise(rectified(before), filters, `adjust_conv_projection_${id}`)
  return normal(projected, `adjust_bn_${id}`)
}

const begun = (x: SymbolicTensor, filters: number, kind: string, id: string): SymbolicTensor =>
  normal(pointwise(rectified(x), filters, `${kind}_conv_1_${id}`), `${kind}_bn_1_${id}`)

function normalCell(inputs: Inputs, filters: number, id: string): Inputs {
  const p = adjusted(inputs, filters, id)
  const h = begun(inputs.x, filters, 'normal', id)
  const averaged = (x: SymbolicTensor, side: string): SymbolicTensor =>
    AveragePooling2D(3, { strides: 1, padding: 'same', name: `normal_${side}_${id}` })(x)
  const part = (x: SymbolicTensor, kernel: number, side: string): SymbolicTensor =>
    separable(x, filters, kernel, { id: `normal_${side}_${id}` })
  const sum = (a: SymbolicTensor, b: SymbolicTensor, i: number): SymbolicTensor =>
    added(a, b, `normal_add_${i}_${id}`)
  const x1 = sum(part(h, 5, 'left1'), part(p, 3, 'right1'), 1)
  const x2 = sum(part(p, 5, 'left2'), part(p, 3, 'right2'), 2)
  const x3 = sum(averaged(h, 'left3'), p, 3)
  const x4 = sum(averaged(p, 'left4'), averaged(p, 'right4'), 4)
  const x5 = sum(part(h, 3, 'left5'), h, 5)
  return { x: joined([p, x1, x2, x3, x4, x5], `normal_concat_${id}`), before: inputs.x }
}

/** A cell that halves the image. */
function reductionCell(inputs: Inputs, filters: number, id: string): Inputs {
  const p = adjusted(inputs, filters, id)
  const h = begun(inputs.x, filters, 'reduction', id)
  const padded = paddedFor(h, 3, `reduction_pad_1_${id}`)
  const part = (x: SymbolicTensor, kernel: number, side: string, halves = true): SymbolicTensor =>
    separable(x, filters, kernel, { id: `reduction_${side}_${id}`, halves })
  const pool = (strides: 1 | 2, side: string) =>
    ({ strides, padding: strides === 2 ? 'valid' : 'same', name: `reduction_${side}_${id}` }) as const
  const x1 = added(part(h, 5, 'left1'), part(p, 7, 'right1'), `reduction_add_1_${id}`)
  const x2 = added(MaxPooling2D(3, pool(2, 'left2'))(padded), part(p, 7, 'right2'), `reduction_add_2_${id}`)
  const x3 = added(
    AveragePooling2D(3, pool(2, 'left3'))(padded),
    part(p, 5, 'right3'),
    `reduction_add3_${id}`,
  )
  const x4 = added(x2, AveragePooling2D(3, pool(1, 'left4'))(x1))
  const x5 = added(
    part(x1, 3, 'left4', false),
    MaxPooling2D(3, pool(2, 'right5'))(padded),
    `reduction_add4_${id}`,
  )
  return { x: joined([x2, x3, x4, x5], `reduction_concat_${id}`), before: inputs.x }
}

interface NasNet {
  readonly kind: 'Mobile' | 'Large'
  readonly size: number
  /** Filters behind the last cell. */
  readonly lastFilters: number
  /** Cells between two that halve the image. */
  readonly cells: number
  readonly firstFilters: number
  /** Whether the cell behind one that halves the image takes the input of that, as the one before the last. */
  readonly skips: boolean
  readonly sums: readonly [top: string, noTop: string]
}

const nasnet = (described: NasNet): Architecture => {
  const { kind, size, lastFilters, cells, firstFilters, skips, sums } = described
  return {
    functionName: `NASNet${kind}`,
    table: applicationTable,
    positional: [
      'inputShape',
      'includeTop',
      'weights',
      'inputTensor',
      'pooling',
      'classes',
      'classifierActivation',
      'name',
    ],
    size,
    least: 32,
    needsSize: true,
    isChannelsLast: true,
    modelName: () => `nasnet_${kind.toLowerCase()}`,
    build(images, request) {
      const filters = lastFilters / 24
      const first = { strides: 2, padding: 'valid', useBias: false, kernelInitializer: 'he_normal' } as const
      const stem = Conv2D(firstFilters, 3, { ...first, name: 'stem_conv1' })(images)
      let inputs: Inputs = { x: normal(stem, 'stem_bn1'), before: null }
      inputs = reductionCell(inputs, Math.floor(filters / 4), 'stem_1')
      inputs = reductionCell(inputs, Math.floor(filters / 2), 'stem_2')
      for (let stage = 0; stage < 3; stage++) {
        const width = filters * 2 ** stage
        if (stage > 0) {
          const reduced = reductionCell(inputs, width, `reduce_${stage * cells}`)
          inputs = skips ? { x: reduced.x, before: inputs.before } : reduced
        }
        for (let i = 0; i < cells; i++)
          inputs = normalCell(inputs, width, `${stage * cells + i + (stage > 0 ? 1 : 0)}`)
      }
      return withTop(rectified(inputs.x), request, null)
    },
    weightsFile({ includeTop }) {
      const end = includeTop ? '' : '-no-top'
      const name = `nasnet_${kind.toLowerCase()}${includeTop ? '' : '_no_top'}.h5`
      const origin = `${WEIGHTS}nasnet/NASNet-${kind.toLowerCase()}${end}.h5`
      return { name, origin, hash: sums[includeTop ? 0 : 1] }
    },
  }
}

/** @internal */
export const nasnetMobile = nasnet({
  kind: 'Mobile',
  size: 224,
  lastFilters: 1056,
  cells: 4,
  firstFilters: 32,
  skips: false,
  sums: ['020fb642bf7360b370c678b08e0adf61', '1ed92395b5b598bdda52abe5c0dbfd63'],
})

/** @internal */
export const nasnetLarge = nasnet({
  kind: 'Large',
  size: 331,
  lastFilters: 4032,
  cells: 6,
  firstFilters: 96,
  skips: true,
  sums: ['11577c9a518f0070763c2b964a382f17', 'd81d89dc07e6e56530c4e77faddd61b5'],
})

/**
 * NASNetMobile, of images `[224, 224, 3]` by default, at least `[32, 32, 3]`. Its images are prepared by `nasnet.preprocessInput`.
 *
 * @throws {RecurraError} if the weights cannot be read.
 * @see keras/src/applications/nasnet.py
 */
export const NASNetMobile = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(nasnetMobile, options)
/** NASNetLarge, of images `[331, 331, 3]` by default; as {@link NASNetMobile}. */
export const NASNetLarge = (options?: ApplicationOptions | null): Promise<Network> =>
  loadApplication(nasnetLarge, options)
