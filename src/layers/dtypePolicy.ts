// The dtype policy in force: in which precision layers that are made now compute.

import { fail } from '../errors.ts'

/** In which precision a layer computes; weights are f32 in both. */
export type DtypePolicy = 'float32' | 'mixed_float16'
export const DTYPE_POLICIES: readonly DtypePolicy[] = ['float32', 'mixed_float16']

let current: DtypePolicy = 'float32'

/** Pages that compute in f32 do not ship mixed precision: until it is loaded, no layer can have it. */
let isMixedLoaded = false

/** The policy of layers and models that are made now. */
export const currentPolicy = (): DtypePolicy => current

export function setPolicy(policy: DtypePolicy): void {
  current = policy
}

/** Lets layers have the policy 'mixed_float16'; said by training/mixedPrecision.ts, which makes it work. */
export function allowMixed(): void {
  isMixedLoaded = true
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

/** Checks that a policy can be had. */
export function checkPolicy(where: string, policy: DtypePolicy): DtypePolicy {
  if (policy === 'float32' || isMixedLoaded) return policy
  return fail(where, {
    expected: "mixed precision to be loaded before dtype 'mixed_float16'",
    got: 'none',
    remedy: "Call config.setDtypePolicy('mixed_float16'), and 'float32' again for layers that are not mixed.",
  })
}
