// The hooks of mixed precision. They are loaded when config.setDtypePolicy or a file asks for 'mixed_float16', so that pages
// that compute in f32 do not ship them.

import type { Graph } from '../graph/graph.ts'
import { allowMixed } from '../layers/dtypePolicy.ts'
import type { Optimizer } from './optimizer.ts'

export interface MixedPrecision {
  /** Lets the products of mixed nodes read their operands as f16; the state of loss scaling is told where one is too large. */
  autocast(graph: Graph): void
  /** Wraps an optimizer with dynamic loss scaling. */
  scaleLoss(optimizer: Optimizer): Optimizer
}

let loaded: MixedPrecision | null = null

/** Installs the hooks, which layers with the policy 'mixed_float16' need. */
export function loadMixedPrecision(precision: MixedPrecision): void {
  loaded = precision
  allowMixed()
}

/** The installed hooks; null before mixed precision is loaded. */
export const mixedPrecision = (): MixedPrecision | null => loaded
