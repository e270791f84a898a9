// Pooling, and layers that repeat or join pixels.

import { type Extents, perAxis, type Rank } from '../../layers/convolutional/spatial.ts'
import type { Window } from '../../layers/convolutional/window.ts'
import type { Layer } from '../../layers/layer.ts'
import type { GlobalPoolingLayer, PoolingLayer } from '../../layers/pooling/pooling.ts'
import { bandsOf } from '../../layers/reshaping/resampling.ts'
import type {
  UpSampling1DLayer,
  UpSampling2DLayer,
  UpSampling3DLayer,
} from '../../layers/reshaping/upSampling.ts'
import type { Bands } from '../../ops/resample.ts'
import { spaceAxes } from './basics.ts'
import type { Lowerings, OnnxCall } from './call.ts'
import { attributesOf, channelsFirst, windowedSpace } from './convolutions.ts'
import { divide, masked, reduce, unsqueeze } from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'
import { mixed, sizeIn } from './images.ts'

const pooling =
  (opType: 'MaxPool' | 'AveragePool') =>
  ({ layer, graph, inputs: [input] }: OnnxCall<PoolingLayer>): readonly OnnxValue[] => {
    const { x, back } = channelsFirst(graph, layer, input)
    const rank = (input.shape.length - 2) as Rank
    const { poolSize, strides, padding } = layer.config
    const steps = perAxis(layer, rank, 'strides', strides ?? poolSize)
    const windows = perAxis(layer, rank, 'poolSize', poolSize).map(
      (window, axis): Window => ({ window, stride: steps[axis] ?? 1, dilation: 1, padding }),
    )
    const shape = [...x.shape.slice(0, 2), ...windowedSpace(layer, x, windows)]
    return [back(graph.node(opType, [x], { shape, type: 'float' }, attributesOf(layer, x, windows)))]
  }

const globalPooling =
  (opType: 'ReduceMax' | 'ReduceMean') =>
  ({ layer, graph, inputs: [x], masks: [mask] }: OnnxCall<GlobalPoolingLayer>): readonly OnnxValue[] => {
    const axes = spaceAxes(layer, x.shape.length)
    const { keepdims } = layer.config
    if (!mask || !layer.takesMask) return [reduce(graph, opType, x, axes, keepdims)]
    const sum = reduce(graph, 'ReduceSum', masked(graph, x, mask), axes, keepdims)
    const count = reduce(graph, 'ReduceSum', unsqueeze(graph, mask, [2]), axes, keepdims)
    return [divide(graph, sum, count)]
  }

/** Each entry as often as factors say. */
function repeated(call: OnnxCall, factors: readonly number[]): readonly OnnxValue[] {
  const { layer, graph } = call
  const [x] = call.inputs
  const axes = spaceAxes(layer, x.shape.length)
  const scales = x.shape.map((_, axis) => factors[axes.indexOf(axis)] ?? 1)
  const attributes = {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  }
  return [resize(graph, x, scales, attributes)]
}

function resize(
  graph: OnnxGraph,
  x: OnnxValue,
  scales: readonly number[],
  attributes: Readonly<Record<string, string>>,
): OnnxValue {
  const shape = x.shape.map((extent, axis) => (extent === null ? null : extent * (scales[axis] ?? 1)))
  return graph.node(
    'Resize',
    [x, null, graph.constant(Float32Array.from(scales))],
    { shape, type: 'float' },
    attributes,
  )
}

function upSampling2d(call: OnnxCall<UpSampling2DLayer>): readonly OnnxValue[] {
  const { layer, graph, inputs } = call
  const { interpolation } = layer.config
  const factors = perAxis(layer, 2, 'size', layer.config.size)
  if (interpolation === 'nearest') return repeated(call, factors)
  const { x, back } = channelsFirst(graph, layer, inputs[0])
  if (interpolation === 'bilinear') {
    const attributes = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' }
    return [back(resize(graph, x, [1, 1, ...factors], attributes))]
  }
  const size = sizeIn(layer, x)
  const along = (axis: 0 | 1): Bands =>
    bandsOf({ entries: size[axis], outputs: size[axis] * (factors[axis] ?? 1), interpolation })
  return [back(mixed(graph, x, [along(0), along(1)]))]
}

const sizes = (layer: Layer, rank: Rank, size: Extents): readonly number[] =>
  perAxis(layer, rank, 'size', size)

export const poolingLowerings = {
  MaxPooling1D: pooling('MaxPool'),
  MaxPooling2D: pooling('MaxPool'),
  MaxPooling3D: pooling('MaxPool'),
  AveragePooling1D: pooling('AveragePool'),
  AveragePooling2D: pooling('AveragePool'),
  AveragePooling3D: pooling('AveragePool'),
  GlobalMaxPooling1D: globalPooling('ReduceMax'),
  GlobalMaxPooling2D: globalPooling('ReduceMax'),
  GlobalMaxPooling3D: globalPooling('ReduceMax'),
  GlobalAveragePooling1D: globalPooling('ReduceMean'),
  GlobalAveragePooling2D: globalPooling('ReduceMean'),
  GlobalAveragePooling3D: globalPooling('ReduceMean'),
  UpSampling1D: (call: OnnxCall<UpSampling1DLayer>) => repeated(call, [call.layer.config.size]),
  UpSampling2D: upSampling2d,
  UpSampling3D: (call: OnnxCall<UpSampling3DLayer>) =>
    repeated(call, sizes(call.layer, 3, call.layer.config.size)),
} satisfies Lowerings
