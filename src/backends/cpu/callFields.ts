// The fields of a call of a compiled function. calls.ts writes them into linear memory, and the class by which compiled functions
// read them is generated from the same list (.ci/assembly.ts).

import { impossible } from '../../errors.ts'
import type { KernelSignature, ScalarType } from '../../graph/kernel.ts'

/** A field of a call: a scalar or an address. */
export interface CallField {
  readonly name: string
  readonly type: ScalarType | 'address'
  /** The value of a scalar that the operation's params leave out. */
  readonly default?: number
}

/** The field with the address of working memory. */
export const SCRATCH = 'scratch'
/** The field with the address of the step scalars, for kernels that read them. */
export const STEP_SCALARS = 'stepScalars'

/** The fields of a call in order: the kernel's scalars and overrides, then addresses of its tensors and of working memory. */
export function callFields(kernel: KernelSignature): readonly CallField[] {
  const { name, bindings, overrides, params, step } = kernel
  const scalars = (params?.fields ?? []).map(({ name: field, type, count }) => {
    if (count !== 1) impossible(`${name}: expected scalars, got ${count} numbers in ${field}`)
    return { name: field, type }
  })
  const addresses = [
    ...bindings.map((binding) => binding.name),
    SCRATCH,
    ...(step.length > 0 ? [STEP_SCALARS] : []),
  ]
  const fields: CallField[] = [
    ...scalars,
    ...overrides,
    ...addresses.map((address) => ({ name: address, type: 'address' as const })),
  ]
  const names = fields.map((field) => field.name)
  const twice = names.find((field, i) => names.indexOf(field) < i)
  if (twice) impossible(`${name}: expected one field of each name, got two of ${twice}`)
  return fields
}
