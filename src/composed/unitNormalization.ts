// y = x / ‖x‖ over some axes of each sample.

import { axesOf, axis } from '../layers/axes.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../layers/callable.ts'
import { type LayerOptions, layerOptions } from '../layers/options.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { normalize } from '../operations/normalizing.ts'
import type { TableFor } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { ComposedLayer } from './composedLayer.ts'

export interface UnitNormalizationOptions extends LayerOptions {
  /** The axis or axes along which outputs have a norm of 1, `-1` by default; never the batch. */
  readonly axis?: number | readonly number[]
}

const table = { ...layerOptions, axis } as const satisfies TableFor<UnitNormalizationOptions>

/** @internal */
export class UnitNormalizationLayer extends ComposedLayer<typeof table> {
  protected override checkInput(input: OpenShape): void {
    axesOf(this, this.config.axis, input)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return normalize(x, axesOf(this, this.config.axis, x.shape), 2, 1e-12)
  }
}

const definition = defineLayer({
  className: 'UnitNormalization',
  table,
  positional: ['axis'],
  create: (self, given) => new UnitNormalizationLayer(given, self),
})

/**
 * Divides the features of each sample by their norm, the root of the sum of their squares. Any shape, unchanged; zeros stay zeros.
 *
 * @param axis The axis or axes of the norm, `-1` by default.
 * @see keras/src/layers/normalization/unit_normalization.py
 */
export const UnitNormalization: LayerConstructor<
  LayerArguments<[axis?: number | readonly number[]], LayerOptions, UnitNormalizationOptions>
> = definition.make
export type UnitNormalization = ReturnType<typeof UnitNormalization>
