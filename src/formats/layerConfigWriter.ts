// From a layer to Keras's config of it: options to snake_case, nested layers and initializers included.

import { describeValue, fail } from '../errors.ts'
import { Layer } from '../layers/layer.ts'
import { readRule } from '../layers/weights/ruleReader.ts'
import { isOptions } from '../util/options.ts'
import { addBuildConfig } from './config/buildConfig.ts'
import { classInFiles } from './config/classInFiles.ts'
import { functionConfig } from './config/functions.ts'
import type { Json, JsonObject } from './config/json.ts'
import { isOwn, kindOfRule } from './config/layerConfig.ts'
import { keysToSnakeCase, toSnakeCase } from './config/snakeCase.ts'
import type { KerasConfig } from './kerasConfig.ts'

/** Keras's config of a layer, from which `layerFromConfig` makes an equal one. */
export function configOfLayer(layer: Layer): KerasConfig {
  const config = layer.storedConfig
  if (layer.publicName === 'Sequential') nameRepeated(config, layer.parts)
  const written = serialized(layer.module, layer.publicName, config)
  addBuildConfig(written, layer)
  return written
}

/** Gives a layer that a Sequential has several times an id of its own, by which a reader makes one of it; those inside of it, too. */
function nameRepeated({ name, layers }: Readonly<Record<string, unknown>>, parts: readonly Layer[]): void {
  if (!Array.isArray(layers)) return
  // The input in front is no part.
  const written = (layers as Record<string, unknown>[]).slice(layers.length - parts.length)
  const first = new Map<Layer, Record<string, unknown>>()
  for (const [i, part] of parts.entries()) {
    const entry = written[i] ?? {}
    const before = first.get(part)
    if (before === undefined) first.set(part, entry)
    else for (const each of [before, entry]) each.sharedObjectId ??= `${name}/${part.name}`
    if (part.publicName === 'Sequential') nameRepeated(entry.config as JsonObject, part.parts)
  }
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
  ...classInFiles(module, className),
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
  if (typeof value !== 'object' || value === null || KEYED.includes(name)) return value as Json
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

/** What has keys of the user's: further arguments of a Lambda's function, inputs and outputs. */
const KEYED = ['arguments', 'inputLayers', 'outputLayers']

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
