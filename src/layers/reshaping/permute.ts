// Reorders the axes other than the batch: y.shape[k] = x.shape[dims[k]], counted from 1.

import { checkPositiveInteger, describeValue, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { transpose } from '../../ops/transpose.ts'
import { required, type TableFor } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

interface PermuteArguments extends LayerOptions {
  /** For each axis of the output, the axis of the input that it is. They count from 1, without the batch. */
  readonly dims: readonly number[]
}

const table = {
  ...layerOptions,
  dims: required<readonly number[]>((where, name, value) => {
    const given: readonly unknown[] = Array.isArray(value) ? value : []
    const dims = given.map((axis) => checkPositiveInteger(where, `each of ${name}`, axis))
    if (dims.length === 0 || new Set(dims).size !== dims.length || Math.max(...dims) !== dims.length) {
      fail(where, { expected: `${name} to be a list of 1, 2, … in some order`, got: describeValue(value) })
    }
    return dims
  }),
} as const satisfies TableFor<PermuteArguments>

/** @internal */
export class PermuteLayer extends WeightlessLayer<typeof table> {
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const { dims } = this.config
    const [shape] = inputs
    if (inputs.length !== 1 || shape?.length !== dims.length + 1) {
      fail(this.where, {
        expected: `input of ${dims.length + 1} axes, for dims ${describeValue(dims)}`,
        got: inputs.map(showShape).join(' and ') || 'nothing',
      })
    }
    return [[0, ...dims].map((axis) => shape[axis] ?? null)]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    return [transpose(graph, { x }, { permutation: [0, ...this.config.dims] }).y]
  }
}

const definition = defineLayer({
  className: 'Permute',
  table,
  positional: ['dims'],
  create: (self, given) => new PermuteLayer(self, given),
})

/**
 * Puts the axes of each sample in another order: with dims [2, 1], `[batch, steps, features]` →
 * `[batch, features, steps]`.
 *
 * @param dims For each axis of the output, the axis of the input that it is. They count from 1, without the batch.
 * @see keras/src/layers/reshaping/permute.py
 */
export const Permute: LayerConstructor<
  LayerArguments<[dims: readonly number[]], LayerOptions, PermuteArguments>
> = definition.make
export type Permute = ReturnType<typeof Permute>
