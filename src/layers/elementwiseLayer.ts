// Layers that apply a function to each element. As in Keras, other layers take such a layer as their activation.

import type { Graph, Value } from '../graph/graph.ts'
import type { OpenShape } from '../util/shape.ts'
import type { LayerCall, NoWeights } from './call.ts'
import type { LayerTable } from './layer.ts'
import { WeightlessLayer } from './weightlessLayer.ts'

/** @internal */
export abstract class ElementwiseLayer<Table extends LayerTable = LayerTable> extends WeightlessLayer<Table> {
  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return [this.single(inputs, 1, '[batch, ...]')]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    return [this.applyTo(graph, x)]
  }

  /** @internal Adds the function's operations. */
  abstract applyTo(graph: Graph, x: Value): Value
}
