// Layers that give entries another shape, order or place, and those that do nothing in a prediction.

import { channelsLast } from '../../layers/convolutional/dataFormat.ts'
import type { Sides } from '../../layers/convolutional/spatial.ts'
import type { MaskingLayer } from '../../layers/core/masking.ts'
import type { Layer } from '../../layers/layer.ts'
import type {
  Cropping1DLayer,
  CroppingLayer,
  ZeroPadding1DLayer,
  ZeroPaddingLayer,
} from '../../layers/reshaping/padding.ts'
import type { PermuteLayer } from '../../layers/reshaping/permute.ts'
import type { FlattenLayer, RepeatVectorLayer, ReshapeLayer } from '../../layers/reshaping/reshaping.ts'
import type { Lowerings, OnnxCall } from './call.ts'
import {
  compare,
  expand,
  extentOf,
  masked,
  reduce,
  reshape,
  slice,
  subtract,
  transpose,
  unsqueeze,
} from './expressions.ts'
import type { OnnxValue } from './graph.ts'

/** The axes of space of a tensor in a layer's format. */
export function spaceAxes(layer: Layer, rank: number): readonly number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  return channelsLast(layer, axes).slice(1, -1)
}

function flatten({ layer, graph, inputs: [x] }: OnnxCall<FlattenLayer>) {
  const axes = x.shape.map((_, axis) => axis)
  const order = channelsLast(layer, axes)
  return [reshape(graph, transpose(graph, x, order), [extentOf(x, 0), null])]
}

function reshapeLayer({ layer, graph, inputs: [x] }: OnnxCall<ReshapeLayer>) {
  const [[, ...target] = []] = layer.outputShapes([x.shape])
  return [reshape(graph, x, [extentOf(x, 0), ...target])]
}

function repeatVector({ layer, graph, inputs: [x] }: OnnxCall<RepeatVectorLayer>) {
  const [batch, features] = [extentOf(x, 0), extentOf(x, 1)]
  return [expand(graph, unsqueeze(graph, x, [1]), [batch, layer.config.n, features])]
}

function masking({ layer, graph, inputs: [x] }: OnnxCall<MaskingLayer>) {
  const isValue = compare(graph, 'Equal', x, graph.scalar(layer.config.maskValue))
  const mask = subtract(graph, graph.scalar(1), reduce(graph, 'ReduceMin', isValue, [x.shape.length - 1]))
  return [{ value: masked(graph, x, mask), mask }]
}

function pad(call: OnnxCall, sides: readonly Sides[]): readonly OnnxValue[] {
  const { layer, graph } = call
  const [x] = call.inputs
  const axes = spaceAxes(layer, x.shape.length)
  const widths = x.shape.map((_, axis): Sides => sides[axes.indexOf(axis)] ?? [0, 0])
  const pads = graph.constant([...widths.map(([before]) => before), ...widths.map(([, after]) => after)])
  const shape = x.shape.map((extent, axis) => {
    const [before, after] = widths[axis] ?? [0, 0]
    return extent === null ? null : before + extent + after
  })
  return [graph.node('Pad', [x, pads], { shape, type: x.type })]
}

function crop(call: OnnxCall, sides: readonly Sides[]): readonly OnnxValue[] {
  const [x] = call.inputs
  const axes = spaceAxes(call.layer, x.shape.length)
  const parts = sides.map(([before, after], i) => ({
    axis: axes[i] ?? 0,
    start: before,
    end: after === 0 ? null : -after,
  }))
  return [slice(call.graph, x, parts)]
}

/** Layers that change nothing in a prediction. */
export const same = ({ inputs, masks }: OnnxCall) =>
  inputs.map((value, i) => ({ value, mask: masks[i] ?? null }))

export const basicLowerings = {
  Flatten: flatten,
  Reshape: reshapeLayer,
  RepeatVector: repeatVector,
  Permute: ({ layer, graph, inputs: [x] }: OnnxCall<PermuteLayer>) => [
    transpose(graph, x, [0, ...layer.config.dims]),
  ],
  Masking: masking,
  ZeroPadding1D: (call: OnnxCall<ZeroPadding1DLayer>) => pad(call, [call.layer.config.padding]),
  ZeroPadding2D: (call: OnnxCall<ZeroPaddingLayer>) => pad(call, call.layer.config.padding),
  ZeroPadding3D: (call: OnnxCall<ZeroPaddingLayer>) => pad(call, call.layer.config.padding),
  Cropping1D: (call: OnnxCall<Cropping1DLayer>) => crop(call, [call.layer.config.cropping]),
  Cropping2D: (call: OnnxCall<CroppingLayer>) => crop(call, call.layer.config.cropping),
  Cropping3D: (call: OnnxCall<CroppingLayer>) => crop(call, call.layer.config.cropping),
  Identity: same,
  Dropout: same,
  GaussianDropout: same,
  GaussianNoise: same,
} satisfies Lowerings
