// Layers without weights and states.

import type { NoWeights } from './call.ts'
import { Layer, type LayerTable } from './layer.ts'

/** A layer without weights and states. */
export abstract class WeightlessLayer<Table extends LayerTable = LayerTable> extends Layer<Table, NoWeights> {
  protected override createWeights(): NoWeights {
    return {}
  }
}
