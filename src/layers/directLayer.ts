// Layers that make their calls parts of a step themselves.

import { impossible } from '../errors.ts'
import type { CallRequest, MaskedValue, NoWeights, StepLowering } from './call.ts'
import { Layer, type LayerTable } from './layer.ts'

/** A layer whose `lowerCall` does all: it is calls of other layers, or may be called on nothing but weights. */
export abstract class DirectLayer<Table extends LayerTable = LayerTable> extends Layer<Table, NoWeights> {
  /** @internal */
  protected abstract override lowerCall(step: StepLowering, request: CallRequest): readonly MaskedValue[]

  /** @internal */
  protected override createWeights(..._inputs: Parameters<Layer['outputShapes']>[0]): NoWeights {
    return {}
  }

  protected override lower(): readonly never[] {
    impossible(`${this.where} is lowered by lowerCall`)
  }
}
