// Adds l1·Σ|x| + l2·Σx², divided by the samples of the batch, to the loss.

import { checkFinite } from '../errors.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../layers/callable.ts'
import { type LayerOptions, layerOptions } from '../layers/options.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { absolute, add, multiply, square } from '../operations/elementwise.ts'
import { sum } from '../operations/reductions.ts'
import { option, type TableFor } from '../util/options.ts'
import { ComposedLayer } from './composedLayer.ts'

export interface ActivityRegularizationOptions extends LayerOptions {
  /** The factor of the sum of magnitudes, `0` by default. */
  readonly l1?: number
  /** The factor of the sum of squares, `0` by default. */
  readonly l2?: number
}

const factor = option(0, (where, name, value) => checkFinite(where, name, value, { min: 0 }))

const table = {
  ...layerOptions,
  l1: factor,
  l2: factor,
} as const satisfies TableFor<ActivityRegularizationOptions>

/** @internal */
export class ActivityRegularizationLayer extends ComposedLayer<typeof table> {
  /** The loss is divided by the samples of a call: one time step's, in TimeDistributed. */
  override mixesSamples(): boolean {
    return true
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { l1, l2 } = this.config
    const terms = [
      ...(l1 > 0 ? [multiply(absolute(x), l1)] : []),
      ...(l2 > 0 ? [multiply(square(x), l2)] : []),
    ]
    const [first, second] = terms
    // The batch is open until a step is compiled.
    const share = 1 / (x.shape[0] ?? 1)
    if (first) this.addLoss(multiply(sum(second ? add(first, second) : first), share))
    return x
  }
}

const definition = defineLayer({
  className: 'ActivityRegularization',
  table,
  positional: ['l1', 'l2'],
  create: (self, given) => new ActivityRegularizationLayer(given, self),
})

/**
 * Adds to the loss, in training and in evaluation, `l1` times the sum of the magnitudes of its inputs and `l2` times that of their squares,
 * divided by the samples of the batch. Any shape, unchanged.
 *
 * @param l1 The factor of the sum of magnitudes, `0` by default.
 * @param l2 The factor of the sum of squares, `0` by default.
 * @see keras/src/layers/regularization/activity_regularization.py
 */
export const ActivityRegularization: LayerConstructor<
  LayerArguments<[l1?: number, l2?: number], LayerOptions, ActivityRegularizationOptions>
> = definition.make
export type ActivityRegularization = ReturnType<typeof ActivityRegularization>
