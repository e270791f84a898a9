// The base class of layers that are written in `ops`: of one input, whose shape they keep.

import type { NoWeights } from '../layers/call.ts'
import type { Layer, LayerTable } from '../layers/layer.ts'
import type { Structure } from '../layers/own/arrangement.ts'
import { CustomLayer } from '../layers/own/customLayer.ts'
import type { OwnOptions } from '../layers/symbolicTensor.ts'
import type { OpenShape } from '../util/shape.ts'

/** @internal A layer whose `call` is an expression of `ops` of one input, in the input's shape. */
export abstract class ComposedLayer<Table extends LayerTable> extends CustomLayer<Table> {
  /** A mask goes on to the output, which has the input's shape. */
  override supportsMasking = true

  /** Hook: refuses inputs whose shape does not fit the options, or the weights that the layer has. */
  protected checkInput(_input: OpenShape): void {}

  /** Keras's layers of these names have no layers in them, and no groups of weights in files. */
  override get children(): Readonly<Record<string, never>> {
    return {}
  }

  override get inputCount(): number {
    return 1
  }

  // The expression reads no mask; where the layer supports masks, that of its input goes on.
  override get takesMask(): boolean {
    return false
  }

  override readInputs([input]: readonly unknown[], options: OwnOptions) {
    const structure: Structure = [null]
    return [[input].flat(), { ...options, structure }] as const
  }

  // The weights are made before there are shapes of outputs.
  protected override createWeights(...inputs: readonly OpenShape[]): NoWeights {
    this.checkInput(this.single(inputs, 2, '[batch, ...]'))
    return super.createWeights(...inputs)
  }

  override outputShapes(...call: Parameters<Layer['outputShapes']>): readonly OpenShape[] {
    this.checkInput(this.single(call[0], 2, '[batch, ...]'))
    return super.outputShapes(...call)
  }
}
