// From Keras's config of a layer to a layer and back: snake_case to options, nested layers and initializers included.

import { describeValue, didYouMean, fail } from '../errors.ts'
import { layerDefinitions } from '../layers/callable.ts'
import { fromConfig, type LoadableClass, registeredClass, registeredFunction } from '../layers/classNames.ts'
import { Layer, type LayerDefinition } from '../layers/layer.ts'
import { type ActivationName, activationNames } from '../layers/options.ts'
import { readRule } from '../layers/ruleReader.ts'
import type { RuleKind } from '../layers/weightRules.ts'
import { isOptions } from '../util/options.ts'
import { addBuildConfig } from './buildConfig.ts'
import { policyOf } from './dtypePolicy.ts'
import { functionConfig, functionFrom, isFunctionConfig, refuseCode } from './functions.ts'
import { type Json, type JsonObject, namedIn } from './json.ts'
import { isKerasConfig, type KerasConfig } from './kerasArchive.ts'
import { layerNames } from './layersByName.ts'
import { refusedLayers } from './refusedLayers.ts'
import { keysToCamelCase, keysToSnakeCase, toCamelCase, toSnakeCase } from './snakeCase.ts'

/** Keys of Keras's configs that have no meaning here. */
export const IGNORED: ReadonlySet<string> = new Set([
  'dtype',
  'ragged',
  'optional',
  'sparse',
  'layer_dtype',
  'vocabulary_dtype',
  'has_input_vocabulary',
])

/** Makes the models among the layers of a file; null for the config of another layer. */
export type ReadModel = (config: KerasConfig, where: string) => Layer | null

/** Makes the layer that a config describes; `where` names the file. */
export function layerFromConfig(
  config: KerasConfig,
  where: string,
  readModel: ReadModel = () => null,
): Layer {
  const model = readModel(config, where)
  if (model) return model
  const name = typeof config.config.name === 'string' ? config.config.name : '?'
  if (isOwn(config)) return ownLayer(config, where, readModel)
  const definition = layerDefinitions.get(config.class_name)
  if (definition === undefined) {
    const known = ['InputLayer', ...layerNames]
    const instead = namedIn(refusedLayers, config.class_name)
    fail(where, {
      expected: `layers among ${known.join(', ')}`,
      got: `${config.class_name} "${name}"`,
      remedy:
        (instead && `${instead[0]?.toUpperCase()}${instead.slice(1)}.`) ??
        (isOfKeras(config) ? didYouMean(config.class_name, known) : undefined) ??
        `Write a class that extends Layer, and call register('${config.class_name}', …) before.`,
    })
  }
  return layerOfOptions(definition, config, where, (value, at) =>
    readOption(value as Json, where, readModel, at),
  )
}

/** A layer's class and its options in Keras's words. */
interface Described {
  readonly class_name: string
  readonly config: Readonly<Record<string, unknown>>
}

/** Makes the layer of a class with options in snake_case; `read` makes of their values what users write. */
export function layerOfOptions(
  definition: LayerDefinition,
  { class_name: className, config }: Described,
  where: string,
  read: (value: unknown, at: string) => unknown,
): Layer {
  const given: Record<string, unknown> = {}
  const at = `${where}, ${className} "${typeof config.name === 'string' ? config.name : '?'}"`
  for (const [key, value] of Object.entries(config)) {
    if (IGNORED.has(key)) continue
    const option = toCamelCase(key)
    if (Object.hasOwn(definition.table, option)) {
      const made = read(value, `${at}, ${option}`)
      const kind = kindOfRule(option)
      // A function is read as it stands.
      given[option] =
        kind && made !== null && typeof made !== 'function' ? readRule(kind, at, option, made) : made
    } else if (value !== null && value !== false) {
      fail(at, {
        expected: `options among ${Object.keys(definition.table).join(', ')}`,
        got: `${key}: ${describeValue(value)}`,
      })
    }
  }
  if (className === 'InputLayer') {
    if (/^u?int/.test(String(config.dtype))) given.dtype = 'int32'
    if (config.dtype === 'string') given.dtype = 'string'
  }
  const policy = policyOf(given.dtype === undefined ? (config.dtype as Json) : undefined, at)
  if (policy !== undefined && 'dtype' in definition.table) given.dtype = policy
  return definition.create(given)
}

/** The kind of regularizers or constraints of which an option is one. */
const kindOfRule = (option: string): RuleKind | null =>
  (/(regularizer|constraint)$/.exec(option.toLowerCase())?.[1] as RuleKind | undefined) ?? null

const classOf = (config: KerasConfig) =>
  registeredClass(config.class_name) ?? registeredClass(String(config.registered_name))

/** Whether a config is of a class that the user registered. */
export const isOwn = (config: KerasConfig): boolean => classOf(config) !== undefined

/** Whether a config is of a class of Keras, as far as it says; those of the user's own are of another module, or of none. */
const isOfKeras = ({ module }: KerasConfig): boolean =>
  module === undefined || /^keras\b/.test(String(module))

/** A layer or a model of a class that the user registered. */
function ownLayer(written: KerasConfig, where: string, readModel: ReadModel): Layer {
  const { config } = written
  const { dtype, ...others } = config
  const options = Object.entries(others).map(([key, value]) => [
    toCamelCase(key),
    readOption(value, where, readModel, `${where}, ${written.class_name}, ${toCamelCase(key)}`),
  ])
  const policy = policyOf(dtype, where)
  const given = { ...Object.fromEntries(options), ...(policy ? { dtype: policy } : {}) }
  return fromConfig(classOf(written) as LoadableClass, given)
}

/** @param at What errors call the option. */
function readOption(value: Json, where: string, readModel: ReadModel, at: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => readOption(entry, where, readModel, at))
  if (isFunctionConfig(value)) {
    // Functions of Keras itself are options by their names.
    const isKnown = activationNames.includes(value.config as ActivationName)
    return isKnown && !registeredFunction(value.config) ? value.config : functionFrom(value, at)
  }
  if (!isKerasConfig(value)) return value
  refuseCode(value, at)
  const model = readModel(value, where)
  if (model) return model
  // Identity is a layer and an initializer.
  const isLayer = layerDefinitions.has(value.class_name) && value.module !== 'keras.initializers'
  const isOther = isOwn(value) || value.module === '' || 'build_config' in value
  if (isLayer || isOther) return layerFromConfig(value, where, readModel)
  return { className: value.class_name, config: keysToCamelCase(value.config) }
}

/** Keras's config of a layer, from which {@link layerFromConfig} makes an equal one. */
export function configOfLayer(layer: Layer): KerasConfig {
  const written = serialized(layer.module, layer.publicName, layer.storedConfig)
  addBuildConfig(written, layer)
  return written
}

/** The config of a model in Keras's words, from one in these or in camelCase, by itself or beside its class. */
export function writtenConfig(given: Readonly<Record<string, unknown>>, where: string): KerasConfig {
  const isBeside = 'config' in given && ('class_name' in given || 'className' in given)
  const config = isBeside ? given.config : given
  if (isBeside && isOptions(config)) {
    const own =
      'class_name' in given ? (given as KerasConfig) : serialized('', String(given.className), config)
    const build = given.build_config ?? given.buildConfig
    if (isOwn(own))
      return isOptions(build) ? { ...own, build_config: keysToSnakeCase(build) as JsonObject } : own
  }
  const layers: unknown = isOptions(config) && config.layers
  if (!isOptions(config) || !Array.isArray(layers)) {
    fail(where, { expected: 'the config of a model, with its layers', got: describeValue(config) })
  }
  const isFunctional = 'input_layers' in config || 'inputLayers' in config
  const className = isFunctional ? 'Functional' : 'Sequential'
  const isWritten = layers.some((layer: unknown) => isOptions(layer) && 'class_name' in layer)
  if (!isWritten) return serialized('keras', className, config)
  return { module: 'keras', class_name: className, config: config as JsonObject, registered_name: null }
}

const serialized = (
  module: string,
  className: string,
  config: Readonly<Record<string, unknown>>,
): KerasConfig => ({
  module,
  class_name: className,
  config: Object.fromEntries(
    // Few classes of Keras have this one in their configs.
    Object.entries(config)
      .filter(([name, value]) => name !== 'activityRegularizer' || value !== null)
      .map(([name, value]) => [
        toSnakeCase(name),
        writeOption(module.startsWith('keras.src.ops.') ? OPERATION : className, name, value, {
          where: config.name === undefined ? className : `${className} "${config.name}"`,
        }),
      ]),
  ),
  // What Keras does not export has a name in its registry.
  registered_name: module.startsWith('keras.src.') ? className : null,
})

/** @param at What errors call the owner. */
function writeOption(owner: string, name: string, value: unknown, at: { readonly where: string }): Json {
  // An input's dtype follows from its data.
  if (name === 'dtype' && !DATA.includes(owner)) return serialized('keras', 'DTypePolicy', { name: value })
  const kind = kindOfRule(name)
  if (kind && value !== null) {
    const { module, className, config, fn } = readRule(kind, owner, name, value)
    return fn ? functionConfig(fn, `${at.where}, ${name}`) : serialized(module, className, config)
  }
  if (value instanceof Layer) return configOfLayer(value)
  if (typeof value === 'function') return functionConfig(value as () => unknown, `${at.where}, ${name}`)
  // Keys of further arguments of a Lambda's function are the function's.
  if (typeof value !== 'object' || value === null || name === 'arguments') return value as Json
  if (Array.isArray(value)) return value.map((entry) => writeOption(owner, '', entry, at))
  if ('className' in value && value.className === 'function') return keysToSnakeCase(value as JsonObject)
  const { module, className, config, ...others } = value as Partial<WrittenObject>
  const rest = Object.entries(others).map(([key, inner]) => [
    toSnakeCase(key),
    writeOption(owner, key, inner, at),
  ])
  if (className === undefined) return Object.fromEntries(rest) as JsonObject
  const written =
    module !== undefined
      ? serialized(module, className, config ?? {})
      : { class_name: className, config: writeOption(className, '', config, at) }
  return { ...written, ...(Object.fromEntries(rest) as JsonObject) }
}

/** Stands for the class of any operation. */
const OPERATION = '__operation__'

/** Owners of a dtype that is a name. */
const DATA = ['InputLayer', '__keras_tensor__', '__numpy__', OPERATION]

/** Initializers and layers inside a layer as Keras's serializer writes them, and symbolic tensors, which have no module. */
interface WrittenObject {
  readonly module: string
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
}
