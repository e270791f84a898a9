// Marks time steps as not valid: those whose features all have one value.

import { checkFinite } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { masking } from '../../ops/masking.ts'
import { option, type TableFor } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { LayerCall, MaskedValue, NoWeights } from '../call.ts'
import { defineLayer, type LayerConstructor } from '../callable.ts'
import type { MaskAxes } from '../masks.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

export interface MaskingOptions extends LayerOptions {
  /** The value that all features of a time step have that is not valid, `0` by default. */
  readonly maskValue?: number
}

const table = {
  ...layerOptions,
  maskValue: option(0, checkFinite),
} as const satisfies TableFor<MaskingOptions>

/** @internal */
export class MaskingLayer extends WeightlessLayer<typeof table> {
  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [this.single(inputs, 3, '[batch, timesteps, ..., features]')]
  }

  override outputMasks(_masks: readonly number[], [input]: readonly OpenShape[]): MaskAxes {
    return [(input?.length ?? 0) - 1]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly (Value | MaskedValue)[] {
    const { y, mask } = masking(graph, { x }, { value: this.config.maskValue })
    return [{ value: y, mask }]
  }
}

const definition = defineLayer({
  className: 'Masking',
  table,
  positional: [],
  create: (self, given) => new MaskingLayer(self, given),
})

/**
 * Masks time steps whose features all equal `maskValue`: `[batch, timesteps, ..., features]`, unchanged but for zeros where masked.
 * Recurrent layers after it leave their states as they were there; losses and metrics leave those time steps out.
 *
 * @see keras/src/layers/core/masking.py
 */
export const Masking: LayerConstructor<[options?: MaskingOptions]> = definition.make
export type Masking = ReturnType<typeof Masking>
