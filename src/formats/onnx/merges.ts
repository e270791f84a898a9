// Layers of several inputs that are merged element by element or joined, with their masks.

import { impossible } from '../../errors.ts'
import type { ConcatenateLayer } from '../../layers/merging/concatenate.ts'
import type { MergeLayer } from '../../layers/merging/merge.ts'
import type { Lowerings, MaskedOnnx, OnnxCall } from './call.ts'
import {
  concat,
  extentsOf,
  filled,
  masked,
  maskFor,
  multiply,
  pointwise,
  subtract,
  unsqueeze,
  where,
} from './expressions.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

type Masks = readonly (OnnxValue | null)[]

/** Valid where one of the masks is; none where an input has none. */
function anyOf(graph: OnnxGraph, masks: Masks): OnnxValue | null {
  const known = [...new Set(masks)]
  return known.reduce((a, b) => a && b && pointwise(graph, 'Max', [a, b]))
}

/** Samples aligned at the last axis, behind the batch. */
function aligned({ graph, inputs }: OnnxCall): readonly OnnxValue[] {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length))
  return inputs.map((x) =>
    unsqueeze(
      graph,
      x,
      Array.from({ length: rank - x.shape.length }, (_, i) => i + 1),
    ),
  )
}

const all =
  (opType: string) =>
  (call: OnnxCall<MergeLayer>): readonly MaskedOnnx[] => [
    { value: pointwise(call.graph, opType, aligned(call)), mask: anyOf(call.graph, call.masks) },
  ]

function subtraction(call: OnnxCall<MergeLayer>): readonly MaskedOnnx[] {
  const { graph, masks } = call
  const [a, b] = aligned(call)
  if (!a || !b) impossible(`${call.layer.where} is called on one input`)
  return [{ value: subtract(graph, a, b), mask: anyOf(graph, masks) }]
}

/** x where a mask is valid, else y. */
const chosen = (graph: OnnxGraph, mask: OnnxValue | null, x: OnnxValue, y: OnnxValue): OnnxValue =>
  mask ? where(graph, maskFor(graph, mask, Math.max(x.shape.length, mask.shape.length)), x, y) : x

/** A product, in which what is not valid is 1; 0 where nothing is. */
function product(call: OnnxCall<MergeLayer>): readonly MaskedOnnx[] {
  const { graph, masks } = call
  const factors = aligned(call).map((x, i) => chosen(graph, masks[i] ?? null, x, graph.scalar(1)))
  const value = factors.reduce((a, b) => multiply(graph, a, b))
  const valid = anyOf(graph, masks)
  return [{ value: valid ? masked(graph, value, valid) : value, mask: valid }]
}

/** A maximum or minimum, in which what is not valid takes no part while another input is. */
const extreme =
  (opType: 'Max' | 'Min') =>
  (call: OnnxCall<MergeLayer>): readonly MaskedOnnx[] => {
    const { graph, masks } = call
    if (!masks.some((mask) => mask)) return all(opType)(call)
    let [valid = null] = masks
    const value = aligned(call).reduce((output, input, i) => {
      const mask = masks[i] ?? null
      const b = chosen(graph, mask, input, output)
      const a = chosen(graph, valid, output, b)
      valid = anyOf(graph, [valid, mask])
      return pointwise(graph, opType, [a, b])
    })
    return [{ value, mask: anyOf(graph, masks) }]
  }

function concatenation({ layer, graph, inputs, masks }: OnnxCall<ConcatenateLayer>): readonly MaskedOnnx[] {
  const [{ shape }] = inputs
  const axis = layer.config.axis < 0 ? layer.config.axis + shape.length : layer.config.axis
  const value = concat(graph, inputs, axis)
  const rank = masks.find((mask) => mask)?.shape.length ?? 0
  if (axis >= rank) return [{ value, mask: anyOf(graph, masks) }]
  const parts = inputs.map((x, i) => masks[i] ?? filled(graph, 1, extentsOf(x, 0, rank)))
  return [{ value, mask: concat(graph, parts, axis) }]
}

export const mergeLowerings = {
  Add: all('Sum'),
  Average: all('Mean'),
  Subtract: subtraction,
  Multiply: product,
  Maximum: extreme('Max'),
  Minimum: extreme('Min'),
  Concatenate: concatenation,
} satisfies Lowerings
