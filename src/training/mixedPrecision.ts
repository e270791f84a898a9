// What mixed precision brings to a model: nothing, until config.setDtypePolicy or a file asks for it, so that pages that
// compute in f32 do not ship it.

import type { Graph, Value } from '../graph/graph.ts'
import { allowMixed } from '../layers/dtypePolicy.ts'
import type { Optimizer } from './optimizers.ts'

export interface MixedPrecision {
  /** Lets the products of mixed nodes read their operands as halves; `overflowed` is told where one is too large. */
  halve(graph: Graph, overflowed?: Value): void
  /** An optimizer with dynamic loss scaling. */
  scaleLoss(optimizer: Optimizer): Optimizer
}

let loaded: MixedPrecision | null = null

/** Brings mixed precision for layers that are made from now on, whatever the policy in force. */
export function loadMixedPrecision(precision: MixedPrecision): void {
  loaded = precision
  allowMixed()
}

/** What mixed precision brings; null where nobody asked for it yet. */
export const mixedPrecision = (): MixedPrecision | null => loaded
