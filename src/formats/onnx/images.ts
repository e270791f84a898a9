// Layers that give images another size, as products with matrices of shares; those that change them in training do nothing here.

import { fail } from '../../errors.ts'
import type { Layer } from '../../layers/layer.ts'
import type { CenterCropLayer } from '../../layers/preprocessing/images/centerCrop.ts'
import { resizedMiddle } from '../../layers/preprocessing/images/centerCrop.ts'
import type { RandomCropLayer } from '../../layers/preprocessing/images/randomCrop.ts'
import {
  paddingOf,
  type Resize,
  resizedBands,
  type Size,
} from '../../layers/preprocessing/images/resizedBands.ts'
import type { ResizingLayer } from '../../layers/preprocessing/images/resizing.ts'
import { sharesOf } from '../../layers/reshaping/resampling.ts'
import type { Bands } from '../../ops/resample.ts'
import { same, spaceAxes } from './basics.ts'
import type { Lowerings, OnnxCall } from './call.ts'
import { channelsFirst } from './convolutions.ts'
import { add, matmul, slice, transpose } from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

/** Height and width of images [B, C, H, W], which a matrix of shares needs. */
export const sizeIn = (layer: Layer, { shape: [, , height, width] }: OnnxValue): Size =>
  height && width
    ? [height, width]
    : fail(layer.where, {
        expected: 'images of known height and width, for a matrix of shares',
        got: 'open ones',
        remedy: "Give the model's input both.",
      })

/** Images x [B, C, H, W] as mixtures of their rows and of their columns. */
export function mixed(graph: OnnxGraph, x: OnnxValue, [down, across]: readonly [Bands, Bands]): OnnxValue {
  const alongLast = (value: OnnxValue, bands: Bands): OnnxValue => {
    const entries = value.shape.at(-1) ?? 1
    const shares = graph.constant(sharesOf(bands, entries), [entries, bands.length])
    return matmul(graph, value, shares)
  }
  const turn = (value: OnnxValue): OnnxValue => transpose(graph, value, [0, 1, 3, 2])
  return turn(alongLast(turn(alongLast(x, across)), down))
}

/** Images in another size, by what the layer says of theirs. */
function resized<L extends Layer>(
  { layer, graph, inputs: [input] }: OnnxCall<L>,
  resizeOf: (image: Size) => Resize,
): readonly OnnxValue[] {
  const { x, back } = channelsFirst(graph, layer, input)
  const image = sizeIn(layer, x)
  const resize = resizeOf(image)
  const bands = resizedBands(image, resize)
  const y = mixed(graph, x, bands)
  const padding = paddingOf(bands, resize)
  return [back(padding ? add(graph, y, graph.constant(padding, resize.size)) : y)]
}

function centerCrop(call: OnnxCall<CenterCropLayer>): readonly OnnxValue[] {
  const { layer, graph } = call
  const [x] = call.inputs
  const size: Size = [layer.config.height, layer.config.width]
  const axes = spaceAxes(layer, x.shape.length)
  const [height, width] = axes.map((axis) => x.shape[axis])
  const start = height && width ? layer.startOf([height, width]) : null
  if (!start) return resized(call, (image) => resizedMiddle(image, size))
  const parts = axes.map((axis, i) => {
    const from = start[i] ?? 0
    return { axis, start: from, end: from + (size[i] ?? 1) }
  })
  return [slice(graph, x, parts)]
}

export const imageLowerings = {
  CenterCrop: centerCrop,
  RandomBrightness: same,
  RandomContrast: same,
  RandomCrop: (call: OnnxCall<RandomCropLayer>) => resized(call, (image) => call.layer.resizeOf(image)),
  RandomFlip: same,
  RandomRotation: same,
  RandomTranslation: same,
  RandomZoom: same,
  Resizing: (call: OnnxCall<ResizingLayer>) => resized(call, (image) => call.layer.resizeOf(image)),
} satisfies Lowerings
