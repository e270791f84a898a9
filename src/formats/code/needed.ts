// The options that code must state: those without which the object would have another config. What is made says so itself, so
// that defaults are nowhere written a second time.

import { registeredFunction } from '../../layers/classNames.ts'
import { underPolicy } from '../../layers/dtypePolicy.ts'
import { keepingNames } from '../../layers/naming.ts'
import { type ActivationName, activationNames } from '../../layers/options.ts'
import * as constraints from '../../layers/weights/constraints.ts'
import * as initializers from '../../layers/weights/initializers.ts'
import * as regularizers from '../../layers/weights/regularizers.ts'
import * as losses from '../../training/losses/namespace.ts'
import * as metrics from '../../training/metrics/namespace.ts'
import * as optimizers from '../../training/optimizers/namespace.ts'
import * as schedules from '../../training/schedules/index.ts'
import { mapValues } from '../../util/mapValues.ts'
import { isFunctionConfig } from '../config/functions.ts'
import type { Json, JsonObject } from '../config/json.ts'
import { isOwn, layerFromConfig, type ReadModel } from '../config/layerConfig.ts'
import { withSchedule } from '../config/learningRate.ts'
import { keysToCamelCase, toCamelCase } from '../config/snakeCase.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { configOfLayer } from '../layerConfigWriter.ts'

/** The namespaces that both Keras and this library have, by Keras's module. */
const namespaces: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'keras.initializers': initializers,
  'keras.regularizers': regularizers,
  'keras.constraints': constraints,
  'keras.losses': losses,
  'keras.metrics': metrics,
  'keras.optimizers': optimizers,
  'keras.optimizers.schedules': schedules,
}

/** Whether a config is of a class in one of Keras's namespaces beside the layers. */
export const isInNamespace = ({ module, class_name: name }: KerasConfig): boolean =>
  Object.hasOwn(namespaces, String(module)) && name in (namespaces[String(module)] ?? {})

/** The config of an object that is made with options. */
type Remake = (options: JsonObject) => Readonly<Record<string, unknown>>

/** The text of a value, without what only built layers have. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (name, inner: unknown) => (name === 'build_config' ? undefined : inner))

const same = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b)

const agree = (made: Readonly<Record<string, unknown>>, config: JsonObject): boolean =>
  Object.entries(config).every(([name, value]) => same(made[name], value))

/** Leaves options out one by one as long as what is made has the same config. */
function reduced(given: JsonObject, fixed: JsonObject, remake: Remake, config = given): JsonObject {
  const isEnough = (options: JsonObject): boolean => {
    try {
      return agree(remake({ ...options, ...fixed }), config)
    } catch {
      // Without a required option nothing is made.
      return false
    }
  }
  if (isEnough({})) return {}
  let kept = given
  for (const name of Object.keys(given)) {
    const { [name]: _, ...others } = kept
    if (isEnough(others)) kept = others
  }
  return kept
}

/** The options of a layer, without its name, that its defaults do not give. */
export function neededOfLayer(config: KerasConfig, readModel: ReadModel): JsonObject {
  const { name, ...options } = JSON.parse(JSON.stringify(config.config)) as JsonObject
  if (isOwn(config)) return withoutPlain(options)
  const fixed: JsonObject = name === undefined ? {} : { name }
  const remake: Remake = (given) =>
    configOfLayer(layerFromConfig({ ...config, config: given }, 'code', readModel)).config
  // Code says which dtype a layer has where it is not what every session starts with.
  const functions = Object.keys(options).filter((key) => isUnknownFunction(options[key]))
  const others = Object.fromEntries(Object.entries(options).filter(([key]) => !functions.includes(key)))
  const needed = underPolicy('float32', () =>
    keepingNames(() => reduced(unprefixed(config, others), fixed, remake, others)),
  )
  // In the order of the config.
  const written = { ...options, ...needed }
  return Object.fromEntries(
    Object.entries(written).filter(([key]) => key in needed || functions.includes(key)),
  )
}

/** Whether an option is a function that nobody registered, of which no layer can be made. */
const isUnknownFunction = (value: Json | undefined): boolean =>
  isFunctionConfig(value) &&
  !registeredFunction(value.config) &&
  !activationNames.includes(value.config as ActivationName)

/** A Bidirectional calls its layer after the one that it was given: `forward_lstm`. */
function unprefixed({ class_name: className }: KerasConfig, options: JsonObject): JsonObject {
  const { layer } = options
  if (className !== 'Bidirectional' || !isKerasConfig(layer)) return options
  const name = String(layer.config.name).replace(/^forward_/, '')
  return { ...options, layer: { ...layer, config: { ...layer.config, name } } }
}

/** Options of a class of the user's own, without what every layer has. */
const withoutPlain = (options: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(options).filter(
      ([name, value]) =>
        !(name === 'trainable' && value === true) &&
        !(name === 'dtype' && JSON.stringify(value).includes('"float32"')),
    ),
  )

type Options = Readonly<Record<string, unknown>>

/** What makes an object of a namespace. */
type Make = (options: Options) => { readonly config?: Options; readonly getConfig?: () => Options }

/** The optimizer that is made of another one, which comes first. */
export const SCALING = 'LossScaleOptimizer'

/** Stands for a function among the options that something is made with again. */
const anyFunction = (x: unknown): unknown => x

/** Options with functions for those that files have by their names. */
const withFunctions = (options: Options): Options =>
  mapValues(options, (value) => (isFunctionConfig(value as Json) ? anyFunction : value))

const scaling: Make = ({ innerOptimizer: _, ...own }) => optimizers.LossScaleOptimizer(optimizers.SGD(), own)

/** What code says of an initializer, a loss, an optimizer and so on. */
interface Needed {
  /** Those that its defaults do not give. */
  readonly options: JsonObject
  /** Whether it gets a name of its own each time, as layers do: `auc`, `auc_1`. Its name is none of the options then. */
  readonly isCounted: boolean
}

/** The options of an initializer, a loss, an optimizer and so on that its defaults do not give. */
export const neededOf = (config: KerasConfig): Needed => keepingNames(() => neededBy(config))

function neededBy({ module, class_name: className, config }: KerasConfig): Needed {
  const make = className === SCALING ? scaling : (namespaces[String(module)]?.[className] as Make)
  const remake: Remake = (given) => {
    const made = make(withFunctions(withSchedule(keysToCamelCase(given), className)))
    const options = made.getConfig?.() ?? made.config ?? {}
    return Object.fromEntries(
      Object.keys(config).map((name) => {
        const value = options[toCamelCase(name)]
        return [name, name === 'learning_rate' && typeof value === 'number' ? Math.fround(value) : value]
      }),
    )
  }
  const { name, ...unnamed } = config
  const nextName = (): unknown => remake(unnamed).name
  const [first, second] = module === 'keras.metrics' && name !== undefined ? [nextName(), nextName()] : []
  const isCounted = first !== second
  const isPlain = (value: Json): boolean =>
    typeof value !== 'object' || value === null || Array.isArray(value)
  const plain = Object.entries(isCounted ? unnamed : config).filter(([, value]) => isPlain(value))
  const objects = Object.fromEntries(Object.entries(config).filter(([, value]) => !isPlain(value)))
  const kept = reduced(Object.fromEntries(plain), objects, remake)
  // In the order of the config.
  const options = Object.fromEntries(
    Object.entries(config).filter(([name]) => name in kept || name in objects),
  )
  return { options, isCounted }
}

/** A function of losses or of metrics that both Keras and this library have: its module, and its name there in camelCase. */
export function namespaceFunction(name: string): readonly [module: string, name: string] | undefined {
  for (const module of ['keras.losses', 'keras.metrics']) {
    const found = Object.entries(namespaces[module] ?? {}).find(
      ([, fn]) => fn instanceof Function && 'apply' in fn && 'table' in fn && fn.name === name,
    )
    if (found) return [module, found[0]]
  }
  return undefined
}

/** Options of a layer that Keras asks for, and that have a default here. */
export function neededInKeras({ class_name: className, config }: KerasConfig): JsonObject {
  if (/^AveragePooling\dD$/.test(className)) return { pool_size: config.pool_size ?? null }
  // Keras has the backward layer go backwards, whatever the forward one does, and refuses two of a direction.
  if (
    className === 'Bidirectional' &&
    isKerasConfig(config.layer) &&
    config.layer.config.go_backwards === true
  )
    return { backward_layer: config.backward_layer ?? null }
  return {}
}

/** Whether a module of Keras has layers of networks alone. */
export const isOfNetworks = (module: string): boolean => module.startsWith('keras.src.applications.')

/** The module in which Python finds the class of a layer. */
export const moduleOfLayer = ({ module }: KerasConfig): string =>
  typeof module === 'string' && isOfNetworks(module) ? module : 'keras.layers'
