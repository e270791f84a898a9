// The functional graph: symbolic tensors, and the calls of layers between them.

import type { OpenShape } from '../util/shape.ts'
import type { Layer } from './layer.ts'

/** A tensor of the functional graph: a shape with an open batch, and where it comes from. */
export class SymbolicTensor {
  constructor(
    readonly shape: OpenShape,
    readonly layer: Layer,
    /** Which call of the layer, and which of its outputs. */
    readonly nodeIndex: number,
    readonly tensorIndex: number,
  ) {}
}

/** One call of a layer. */
export interface LayerNode {
  readonly inputs: readonly SymbolicTensor[]
  /** How many of the last inputs are initial states. */
  readonly states: number
  /** Whether it runs as in training, whatever the step; null where it goes by that. */
  readonly training: boolean | null
  readonly outputs: readonly SymbolicTensor[]
}

/** What a call on symbolic tensors says beside its inputs. */
export interface SymbolicCall {
  readonly states?: readonly SymbolicTensor[]
  /** Whether the layer runs as in training or as in a prediction; null where that is the step's matter. */
  readonly training?: boolean | null
  readonly scope?: string
}
