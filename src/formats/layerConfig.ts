// From Keras's config of a layer to a layer and back: snake_case to options, nested layers and initializers included.

import { describeValue, didYouMean, fail } from '../errors.ts'
import { layerDefinitions } from '../layers/callable.ts'
import type { Layer } from '../layers/layer.ts'
import { policyOf } from './dtypePolicy.ts'
import type { Json } from './json.ts'
import { isKerasConfig, type KerasConfig } from './kerasArchive.ts'
import { maskOperations } from './maskOperations.ts'
import { keysToCamelCase, toCamelCase, toSnakeCase } from './snakeCase.ts'

/** Keys of Keras's configs that have no meaning here. */
const IGNORED = new Set([
  'dtype',
  'ragged',
  'optional',
  'sparse',
  'layer_dtype',
  // Implementations of the same computation in Keras.
  'unroll',
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
  const definition = layerDefinitions.get(config.class_name) ?? maskOperations.get(config.class_name)
  if (config.class_name === 'Lambda') {
    fail(where, {
      expected: 'layers without code of their own',
      got: `Lambda "${name}"`,
      remedy: 'Its Python code cannot run here: rebuild the model without it.',
    })
  }
  if (definition === undefined) {
    const known = [...layerDefinitions.keys()].sort()
    fail(where, {
      expected: `layers among ${known.join(', ')}`,
      got: `${config.class_name} "${name}"`,
      remedy: didYouMean(config.class_name, known),
    })
  }
  const given: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(config.config)) {
    if (IGNORED.has(key)) continue
    const option = toCamelCase(key)
    if (Object.hasOwn(definition.table, option)) given[option] = readOption(value, where, readModel)
    else if (value !== null && value !== false) {
      fail(`${where}, ${config.class_name} "${name}"`, {
        expected: `options among ${Object.keys(definition.table).join(', ')}`,
        got: `${key}: ${describeValue(value)}`,
      })
    }
  }
  if (config.class_name === 'InputLayer' && /^u?int/.test(String(config.config.dtype))) given.dtype = 'int32'
  const policy = policyOf(
    given.dtype === undefined ? config.config.dtype : undefined,
    `${where}, ${config.class_name} "${name}"`,
  )
  if (policy !== undefined && 'dtype' in definition.table) given.dtype = policy
  return definition.create(given)
}

function readOption(value: Json, where: string, readModel: ReadModel): unknown {
  if (Array.isArray(value)) return value.map((entry) => readOption(entry, where, readModel))
  if (!isKerasConfig(value)) return value
  const model = readModel(value, where)
  if (model) return model
  if (layerDefinitions.has(value.class_name) || 'build_config' in value)
    return layerFromConfig(value, where, readModel)
  return { className: value.class_name, config: keysToCamelCase(value.config) }
}

/** Keras's config of a layer, from which {@link layerFromConfig} makes an equal one. */
export const configOfLayer = (layer: Layer): KerasConfig =>
  serialized(layer.module, layer.publicName, layer.getConfig())

const serialized = (
  module: string,
  className: string,
  config: Readonly<Record<string, unknown>>,
): KerasConfig => ({
  module,
  class_name: className,
  config: Object.fromEntries(
    Object.entries(config).map(([name, value]) => [toSnakeCase(name), writeOption(className, name, value)]),
  ),
  registered_name: null,
})

function writeOption(owner: string, name: string, value: unknown): Json {
  // An input's dtype follows from its data.
  if (name === 'dtype' && owner !== 'InputLayer') return serialized('keras', 'DTypePolicy', { name: value })
  if (typeof value !== 'object' || value === null) return value as Json
  if (Array.isArray(value)) return value.map((entry) => writeOption(owner, '', entry))
  const { module, className, config } = value as Partial<WrittenObject>
  return module && className ? serialized(module, className, config ?? {}) : (value as Json)
}

/** Writes initializers and layers inside a layer as Keras's serializer does. */
interface WrittenObject {
  readonly module: string
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
}
