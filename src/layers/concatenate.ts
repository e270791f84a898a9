// Inputs one after another along an axis. A tensor is seen as [rows, columns], the axis and those after it being columns, so that
// inputs lie side by side whatever the axis is.

import { checkInteger, fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { concatAll } from '../ops/columns.ts'
import { reshape } from '../ops/view.ts'
import { option, type TableFor } from '../util/options.ts'
import { type OpenShape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import type { LayerCall, NoWeights } from './call.ts'
import { type CallableLayer, defineLayer, type LayerArguments } from './callable.ts'
import { WeightlessLayer } from './layer.ts'
import { type LayerOptions, layerOptions } from './options.ts'
import type { SymbolicTensor } from './symbolicTensor.ts'

interface ConcatenateArguments extends LayerOptions {
  /** The axis along which inputs are joined, the batch being axis 0; negative ones count from the end. `-1` by default. */
  readonly axis?: number
}

const table = {
  ...layerOptions,
  axis: option(-1, checkInteger),
} as const satisfies TableFor<ConcatenateArguments>

export class ConcatenateLayer extends WeightlessLayer<typeof table> {
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [first] = inputs
    const { axis: given } = this.config
    const got = inputs.map(showShape).join(' and ')
    if (first === undefined) return fail(this.where, { expected: 'a list of inputs', got: 'none' })
    const axis = given < 0 ? given + first.length : given
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

  protected override lower({ graph, inputs }: LayerCall<NoWeights>): readonly Value[] {
    const [shape = []] = this.outputShapes(inputs.map((x) => x.shape))
    const axis = this.config.axis < 0 ? this.config.axis + shape.length : this.config.axis
    const columns = inputs.map((x) => {
      const rows = sizeOf(x.shape.slice(0, axis))
      return reshape(graph, x, { shape: [rows, sizeOf(x.shape) / rows] })
    })
    return [reshape(graph, concatAll(graph, columns), { shape: shape.map((extent) => extent ?? 1) })]
  }
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
export const Concatenate = (...args: Arguments): CallableLayer => definition.make(...args)

/** What {@link Concatenate} makes of a list of inputs. */
export const concatenate = (inputs: readonly SymbolicTensor[], ...args: Arguments): SymbolicTensor =>
  Concatenate(...args)(inputs)
