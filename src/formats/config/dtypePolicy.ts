// The dtype policy that a file's config names: by a string, or by a DTypePolicy object.

import { describeValue, fail } from '../../errors.ts'
import { DTYPE_POLICIES, type DtypePolicy } from '../../layers/dtypePolicy.ts'
import { isJsonObject, type Json } from './json.ts'

/** The policy of a config; undefined if the config names none. */
export function policyOf(dtype: Json | undefined, where: string): DtypePolicy | undefined {
  const name = isJsonObject(dtype) && isJsonObject(dtype.config) ? dtype.config.name : dtype
  if (name === undefined || name === null) return undefined
  // Of layers whose outputs are integers or words, whatever the policy is.
  if (/^(u?int\d+|string)$/.test(String(name))) return undefined
  const policy = DTYPE_POLICIES.find((known) => known === name)
  if (policy === undefined)
    return fail(where, { expected: `dtype ${DTYPE_POLICIES.join(' or ')}`, got: describeValue(name) })
  return policy
}
