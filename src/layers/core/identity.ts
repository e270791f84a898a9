// y = x.

import type { Value } from '../../graph/graph.ts'
import type { TableFor } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { LayerCall, MaskedValue, NoWeights } from '../call.ts'
import { defineLayer, type LayerConstructor } from '../callable.ts'
import type { MaskAxes } from '../masks.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

const table = { ...layerOptions } as const satisfies TableFor<LayerOptions>

/** @internal */
export class IdentityLayer extends WeightlessLayer<typeof table> {
  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return inputs
  }

  override outputMasks(masks: readonly number[]): MaskAxes {
    return masks
  }

  protected override lower({ inputs, masks }: LayerCall<NoWeights>): readonly (Value | MaskedValue)[] {
    return inputs.map((value, i) => ({ value, mask: masks[i] ?? null }))
  }
}

const definition = defineLayer({
  className: 'Identity',
  table,
  positional: [],
  create: (self, given) => new IdentityLayer(self, given),
})

/**
 * Returns its input, or each tensor of a list: a place in a model for a layer to come, or a name for a tensor.
 *
 * @see keras/src/layers/core/identity.py
 */
export const Identity: LayerConstructor<[options?: LayerOptions]> = definition.make
export type Identity = ReturnType<typeof Identity>
