// The current dtype policy: the precision in which new layers compute.

import { fail } from '../errors.ts'

/** The precision in which a layer computes; weights are f32 under both policies. */
export type DtypePolicy = 'float32' | 'mixed_float16'
export const DTYPE_POLICIES: readonly DtypePolicy[] = ['float32', 'mixed_float16']

let current: DtypePolicy = 'float32'

/** Pages that compute in f32 do not ship mixed precision: until it is loaded, no layer can have it. */
let isMixedLoaded = false

/** The policy that new layers and models take. */
export const currentPolicy = (): DtypePolicy => current

export function setPolicy(policy: DtypePolicy): void {
  current = policy
}

/** Allows the policy 'mixed_float16'; called by training/mixedPrecision.ts, which implements it. */
export function allowMixed(): void {
  isMixedLoaded = true
}

/** Calls a function under a policy, and restores the previous one. */
export function underPolicy<T>(policy: DtypePolicy, make: () => T): T {
  const outer = current
  current = policy
  try {
    return make()
  } finally {
    current = outer
  }
}

/** Checks that a policy exists and is loaded. */
export function checkPolicy(where: string, policy: DtypePolicy): DtypePolicy {
  if (policy === 'float32' || isMixedLoaded) return policy
  return fail(where, {
    expected: "mixed precision to be loaded before dtype 'mixed_float16'",
    got: 'none',
    remedy: "Call config.setDtypePolicy('mixed_float16'), and 'float32' again for other layers.",
  })
}
