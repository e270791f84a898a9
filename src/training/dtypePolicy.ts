// The dtype policy in force, and what mixed precision brings: nothing, until config.setDtypePolicy asks for it, so that
// pages that compute in f32 do not ship it.

import { fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { Optimizer } from './optimizers.ts'

/** In which precision a layer computes; weights are f32 in both. */
export type DtypePolicy = 'float32' | 'mixed_float16'
export const DTYPE_POLICIES: readonly DtypePolicy[] = ['float32', 'mixed_float16']

export interface MixedPrecision {
  /** Lets the products of mixed nodes read their operands as halves; `overflowed` is told where one is too large. */
  halve(graph: Graph, overflowed?: Value): void
  /** An optimizer with dynamic loss scaling. */
  scaleLoss(optimizer: Optimizer): Optimizer
}

let current: DtypePolicy = 'float32'
let mixed: MixedPrecision | null = null

/** The policy of layers and models that are made now. */
export const currentPolicy = (): DtypePolicy => current

/** Sets the policy, and what it is made of. */
export function usePolicy(policy: DtypePolicy, precision: MixedPrecision): void {
  current = policy
  mixed = precision
}

/** Brings mixed precision for layers of a file, whatever the policy. */
export function offerMixedPrecision(precision: MixedPrecision): void {
  mixed = precision
}

/** Makes something under a policy. */
export function underPolicy<T>(policy: DtypePolicy, make: () => T): T {
  const outer = current
  current = policy
  try {
    return make()
  } finally {
    current = outer
  }
}

/** What mixed precision brings; null where nobody asked for it yet. */
export const mixedPrecision = (): MixedPrecision | null => mixed

/** Checks that a policy can be had. */
export function checkPolicy(where: string, policy: DtypePolicy): DtypePolicy {
  if (policy === 'float32' || mixed) return policy
  return fail(where, {
    expected: "mixed precision to be loaded before dtype 'mixed_float16'",
    got: 'none',
    remedy: "Call config.setDtypePolicy('mixed_float16'), and 'float32' again for layers that are not mixed.",
  })
}
