// The options that layers are made of, each a default and a check. A layer's table of them gives its constructor's type,
// its errors and what a file keeps.

import { checkExtent, checkFinite, checkOneOf, checkText, describeValue, fail } from '../errors.ts'
import { activations } from '../ops/activations.ts'
import { flag, nullable, type Option, option, required, unsupported } from '../util/options.ts'
import { checkSize, type OpenShape } from '../util/shape.ts'
import { checkPolicy, DTYPE_POLICIES, type DtypePolicy } from './dtypePolicy.ts'
import { getInitializer, type Initializer, type InitializerIdentifier } from './initializers.ts'

export { flag, nullable }

/** An extent that must be given: `units`, `filters`. */
export const positiveInteger = required(checkExtent)

/** A share in [0, 1), such as a dropout rate. */
export const rate = (check: { readonly required: boolean }): Option<number> => {
  const read: Option<number>['check'] = (where, name, value) => {
    const share = checkFinite(where, name, value, { min: 0, max: 1 })
    if (share === 1) fail(where, { expected: `${name} to be less than 1`, got: '1' })
    return share
  }
  return check.required ? required(read) : option(0, read)
}

export const initializer = (fallback: string): Option<Initializer, InitializerIdentifier> =>
  option(getInitializer(fallback, 'default'), (where, name, value) =>
    getInitializer(value as InitializerIdentifier, `${where}, ${name}`),
  )

/** Softmax and its logarithm work on rows, all others element by element. */
export type ActivationName = keyof typeof activations | 'softmax' | 'log_softmax'
export const activationNames: readonly ActivationName[] = [
  ...(Object.keys(activations) as (keyof typeof activations)[]),
  'softmax',
  'log_softmax',
]

export const activation = (fallback: ActivationName): Option<ActivationName, ActivationName | null> =>
  option<ActivationName, ActivationName | null>(fallback, (where, name, value) =>
    value === null ? 'linear' : checkOneOf(where, name, value, activationNames),
  )

/** An activation that the recurrence can apply to each gate by itself. */
export const gateActivation = (fallback: keyof typeof activations): Option<keyof typeof activations> =>
  option(fallback, (where, name, value) => {
    const names = Object.keys(activations) as (keyof typeof activations)[]
    return value === null ? 'linear' : checkOneOf(where, name, value, names)
  })

/** An object of Keras that Recurra does not have yet. */
export const absent = unsupported(null)

export const shape: Option<OpenShape>['check'] = (where, name, value) => {
  if (!Array.isArray(value))
    return fail(where, { expected: `${name} to be a list of extents`, got: describeValue(value) })
  const extents = value.map((extent: unknown) =>
    extent === null ? null : checkExtent(where, `each extent of ${name}`, extent),
  )
  return checkSize(where, name, extents)
}

/** What every layer takes. */
export const layerOptions = {
  name: nullable(checkText),
  trainable: flag(true),
  /** The layer's dtype policy; that in force where it is null. */
  dtype: option<DtypePolicy | null>(null, (where, name, value) =>
    value === null ? null : checkPolicy(where, checkOneOf(where, name, value, DTYPE_POLICIES)),
  ),
  /** Shape of the input without its batch, on the first layer of a Sequential. */
  inputShape: nullable(shape),
  /** The same with its batch. */
  batchShape: nullable(shape),
  batchSize: nullable(checkExtent),
} as const
