// The options that layers are made of. A layer's table of options gives defaults, errors and the values in files.

import {
  checkExtent,
  checkFinite,
  checkInteger,
  checkOneOf,
  checkText,
  describeValue,
  fail,
} from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { activations } from '../ops/activations.ts'
import { isObject } from '../util/isObject.ts'
import {
  computed,
  flag,
  nullable,
  type OptionalOption,
  option,
  type Read,
  required,
  type TableFor,
  unsupported,
  unwritten,
} from '../util/options.ts'
import { checkSize, type OpenShape } from '../util/shape.ts'
import { checkPolicy, currentPolicy, DTYPE_POLICIES, type DtypePolicy } from './dtypePolicy.ts'
import {
  type FunctionOfTensor,
  isTensorFunction,
  ownOf,
  type TracedFunction,
  tracedFunction,
} from './functions.ts'
import type { OwnActivations } from './own/ownNames.ts'
import { getInitializer, type InitializerName } from './weights/getInitializer.ts'
import type { Initializer, InitializerIdentifier } from './weights/initializer.ts'
import { type RegularizerIdentifier, regularizer } from './weights/weightRules.ts'

export { flag, nullable }

/** An extent that must be given: `units`, `filters`. */
export const positiveInteger = required(checkExtent)

/** A share in [0, 1], such as the rate of a dropout: 1 leaves nothing. */
export const readShare: Read<number> = (where, name, value) =>
  checkFinite(where, name, value, { min: 0, max: 1 })

/** A share in [0, 1). */
export const readRate: Read<number> = (where, name, value) => {
  const share = readShare(where, name, value)
  if (share === 1) fail(where, { expected: `${name} to be less than 1`, got: '1' })
  return share
}

/** The seed of a layer's draws; with null the layer draws a seed. */
export const seed = nullable((where, name, value) => checkInteger(where, name, value, { min: 0 }))

/** An initializer as configs have it. */
export const writtenInitializer = (made: Initializer): object =>
  made.reference?.() ?? { module: 'keras.initializers', className: made.className, config: made.config }

/** An initializer by Keras's name, as an object, or as a file's config. */
export const initializer = (fallback: InitializerName): OptionalOption<Initializer, InitializerIdentifier> =>
  option<Initializer, InitializerIdentifier>(
    getInitializer(fallback, 'default'),
    (where, name, value) => getInitializer(value as InitializerIdentifier, `${where}, ${name}`),
    writtenInitializer,
  )

/** An activation. Softmax and its logarithm work on rows, all others element by element. */
export type ActivationName = keyof typeof activations | 'softmax' | 'log_softmax'
export const activationNames: readonly ActivationName[] = [
  ...(Object.keys(activations) as (keyof typeof activations)[]),
  'softmax',
  'log_softmax',
]

/** A layer that applies a function to each element, such as `LeakyReLU(0.1)`, in the place of an activation's name. */
export interface ActivationLayer {
  /** Keras's name of the class. */
  readonly className: string
  /** @internal */
  applyTo(graph: Graph, x: Value): Value
  /** Its options, in camelCase. */
  getConfig(): Record<string, unknown>
}

/** An activation that was given as a function of `ops`. */
type FunctionActivation = Pick<TracedFunction, 'className' | 'applyTo' | 'reference'>

const isActivationLayer = (value: unknown): value is ActivationLayer => isObject(value) && 'applyTo' in value

/** An activation by its name, as a layer, or as a function of `ops`. */
export type ActivationIdentifier = ActivationName | keyof OwnActivations | ActivationLayer | FunctionOfTensor

/** An activation as an option holds it. */
export type ReadActivation = ActivationName | ActivationLayer | FunctionActivation

const readActivation: Read<ReadActivation> = (where, name, given) => {
  const value = ownOf(given)
  if (isActivationLayer(value)) return value
  if (isTensorFunction(value)) return tracedFunction(`${where}, ${name}`, value)
  return value === null ? 'linear' : checkOneOf(where, name, value, activationNames)
}

const writeActivation = (value: ReadActivation): unknown => {
  if (typeof value === 'string') return value
  return 'reference' in value
    ? value.reference()
    : { module: 'keras.layers', className: value.className, config: value.getConfig() }
}

export const activation = (
  fallback: ActivationName,
): OptionalOption<ReadActivation, ActivationIdentifier | null> =>
  option<ReadActivation, ActivationIdentifier | null>(fallback, readActivation, writeActivation)

/** An activation that must be given. */
export const requiredActivation = required<ReadActivation, ActivationIdentifier>(
  readActivation,
  writeActivation,
)

/** An object of Keras that Recurra does not have yet. */
export const absent = unsupported(null)

/** For layers whose outputs are no part of a step. */
export const noActivity = absent as unknown as typeof regularizer

export const shape: Read<OpenShape> = (where, name, value) => {
  if (!Array.isArray(value))
    return fail(where, { expected: `${name} to be a list of extents`, got: describeValue(value) })
  const extents = value.map((extent: unknown) =>
    extent === null ? null : checkExtent(where, `each extent of ${name}`, extent),
  )
  return checkSize(where, name, extents)
}

/** The options of every layer. */
export interface LayerOptions {
  /** The layer's name in summaries, files and errors. By default its class in snake_case, with a number from the second on. */
  readonly name?: string | null
  /** Whether training changes the layer's weights, `true` by default. */
  readonly trainable?: boolean
  /** The precision in which the layer computes; `null`, the default, takes the policy of `config.setDtypePolicy`. */
  readonly dtype?: DtypePolicy | null
  /** A penalty on the outputs, `'l2'` or `L2(0.01)` say, which is divided by the batch and added to the loss; `null`, the default, is none. */
  readonly activityRegularizer?: RegularizerIdentifier | null
  /** Shape of the input without its batch, on the first layer of a Sequential. */
  readonly inputShape?: OpenShape | null
  /** Shape of the input with its batch, on the first layer of a Sequential: a stateful layer needs one. */
  readonly batchShape?: OpenShape | null
  /** Samples a batch, beside `inputShape`. */
  readonly batchSize?: number | null
}

export const layerOptions = {
  name: nullable(checkText),
  trainable: flag(true),
  dtype: computed<DtypePolicy, DtypePolicy | null>((where, name, value) =>
    checkPolicy(where, checkOneOf(where, name, value ?? currentPolicy(), DTYPE_POLICIES)),
  ),
  activityRegularizer: regularizer,
  inputShape: nullable(shape, unwritten),
  batchShape: nullable(shape, unwritten),
  batchSize: nullable(checkExtent, unwritten),
} as const satisfies TableFor<LayerOptions>
