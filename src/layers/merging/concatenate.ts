// Inputs one after another along an axis.

import { checkInteger, describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { affine } from '../../ops/affine.ts'
import { concatAlong, copyColumns } from '../../ops/columns.ts'
import { reshape } from '../../ops/view.ts'
import { option, optionFor, type Read, type TableFor } from '../../util/options.ts'
import { type OpenShape, type Shape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import type { LayerCall, MaskedValue, Masks, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { MaskAxes } from '../masks.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'
import { anyOf } from './merge.ts'

interface ConcatenateArguments extends LayerOptions {
  /** The axis along which inputs are joined, the batch being axis 0; negative ones count from the end. `-1` by default. */
  readonly axis?: number
}

/** An axis; what the layer is called on may stand in its place by mistake. */
const readAxis: Read<number> = (where, name, value) => {
  const remedy = optionFor(where, {}, value)
  return remedy === undefined
    ? checkInteger(where, name, value)
    : fail(where, { expected: `${name} to be an integer`, got: describeValue(value), remedy })
}

const table = {
  ...layerOptions,
  axis: option(-1, readAxis),
} as const satisfies TableFor<ConcatenateArguments>

/** @internal */
export class ConcatenateLayer extends WeightlessLayer<typeof table> {
  readonly readsLists = true

  override get takesMask(): boolean {
    return true
  }

  /** @internal The arguments of a call: a list, of a single input, too. */
  placedInputs(inputs: readonly SymbolicTensor[]): readonly unknown[] {
    return [inputs]
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [first] = inputs
    const { axis: given } = this.config
    const got = inputs.map(showShape).join(' and ')
    if (first === undefined) return fail(this.where, { expected: 'a list of inputs', got: 'none' })
    const axis = this.#axisOf(first)
    if (axis < 1 || axis >= first.length)
      fail(this.where, { expected: `inputs with an axis ${given} beside the batch`, got })
    const others = (shape: OpenShape, i: number): OpenShape =>
      shape.map((extent, k) => (k === axis ? 1 : (extent ?? inputs[i === 0 ? 1 : 0]?.[k] ?? null)))
    if (!inputs.every((shape, i) => sameShape(others(shape, i), others(first, 0))))
      fail(this.where, { expected: `inputs of one shape beside axis ${given}`, got })
    const joined = inputs.map((shape) => shape[axis] ?? null)
    const sum = joined.reduce((a, b) => (a === null || b === null ? null : a + b))
    return [others(first, 0).map((extent, k) => (k === axis ? sum : extent))]
  }

  override outputMasks(masks: readonly number[], inputs: readonly OpenShape[]): MaskAxes {
    const most = Math.max(...masks)
    const isOfMask = this.#axisOf(inputs[0] ?? []) < most
    return [isOfMask ? most : Math.min(...masks)]
  }

  #axisOf({ length }: OpenShape): number {
    const { axis } = this.config
    return axis < 0 ? axis + length : axis
  }

  protected override lower({ graph, inputs, masks }: LayerCall<NoWeights>): readonly MaskedValue[] {
    const axis = this.#axisOf(inputs[0].shape)
    return [{ value: concatAlong(graph, inputs, axis), mask: joinMasks(graph, inputs, masks, axis) }]
  }
}

/** Masks joined as the inputs are: along a mask's own axis one after another, else valid where one of them is. */
function joinMasks(graph: Graph, inputs: readonly Value[], masks: Masks, axis: number): Value | null {
  const rank = masks.find((mask) => mask)?.shape.length ?? 0
  if (axis >= rank) return anyOf(graph, masks)
  const all = inputs.map((x, i) => masks[i] ?? onesOf(graph, x, x.shape.slice(0, rank)))
  return concatAlong(graph, all, axis)
}

/** Ones of the first axes of x. */
function onesOf(graph: Graph, x: Value, shape: Shape): Value {
  const rest = sizeOf(x.shape) / sizeOf(shape)
  const rows = reshape(graph, x, { shape: [sizeOf(shape), rest] })
  const { y } = copyColumns(graph, { x: rows }, { first: 0, start: 0, count: 1, width: 1 })
  return reshape(graph, affine(graph, { x: y }, { scale: 0, shift: 1 }).y, { shape })
}

const definition = defineLayer({
  className: 'Concatenate',
  table,
  positional: ['axis'],
  create: (self, given) => new ConcatenateLayer(self, given),
})

type Arguments = LayerArguments<[axis?: number | undefined], LayerOptions, ConcatenateArguments>

/**
 * Joins its inputs along an axis: `Concatenate()([a, b, …])`, `[batch, steps, 3]` and `[batch, steps, 5]` →
 * `[batch, steps, 8]`.
 *
 * @param axis The batch is axis 0; negative ones count from the end. -1 by default.
 * @see keras/src/layers/merging/concatenate.py
 */
export const Concatenate: LayerConstructor<Arguments> = definition.make
export type Concatenate = ReturnType<typeof Concatenate>

/** What {@link Concatenate} makes of a list of inputs. */
export const concatenate = (inputs: readonly SymbolicTensor[], ...args: Arguments): SymbolicTensor =>
  Concatenate(...args)(inputs)
