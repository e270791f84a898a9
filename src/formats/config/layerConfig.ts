// From Keras's config of a layer to a layer: snake_case to options, nested layers and initializers included. layerConfigWriter.ts is the
// way back, which a page that reads does not load.

import { describeValue, fail } from '../../errors.ts'
import { layerDefinitions } from '../../layers/callable.ts'
import {
  fromConfig,
  type LoadableClass,
  registeredClass,
  registeredFunction,
} from '../../layers/classNames.ts'
import { isDataType } from '../../layers/core/input.ts'
import type { Layer, LayerDefinition } from '../../layers/layer.ts'
import { type ActivationName, activationNames } from '../../layers/options.ts'
import { readRule } from '../../layers/weights/ruleReader.ts'
import type { RuleKind } from '../../layers/weights/weightRules.ts'
import { ErrorToLoad, failFormat } from '../formatError.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { isOfUser } from './classInFiles.ts'
import { policyOf } from './dtypePolicy.ts'
import { functionFrom, isFunctionConfig, refuseCode } from './functions.ts'
import { type Json, namedIn } from './json.ts'
import { refusedOptions } from './refusedOptions.ts'
import { keysToCamelCase, toCamelCase } from './snakeCase.ts'

/**
 * Keys of Keras's configs that say nothing beside others: types of numbers, whether a vocabulary was given or learned, and how integers are
 * hashed in the config of a layer of strings.
 */
export const IGNORED: ReadonlySet<string> = new Set([
  'dtype',
  'oov_method',
  'layer_dtype',
  'vocabulary_dtype',
  'has_input_vocabulary',
])

const MOST_LETTERS = 100
/** The most layers in an option of one, such as stacked cells: each costs a hundred times its text. */
const MOST_PARTS = 1000
/** As many as NumPy's arrays have. */
const MOST_AXES = 64

/** Makes the models among the layers of a file; null for the config of another layer. */
export type ReadModel = (config: KerasConfig, where: string) => Layer | null

/** Makes the layer that a config describes, in `inFile`; `where` names the file. */
export function layerFromConfig(
  config: KerasConfig,
  where: string,
  readModel: ReadModel = () => null,
): Layer {
  const model = readModel(config, where)
  if (model) return model
  if (isOwn(config)) return ownLayer(config, where, readModel)
  // A class of the user's own may have the name of one of Keras's.
  const definition = isOfUser(config.module) ? undefined : layerDefinitions.get(config.class_name)
  if (definition === undefined)
    throw new ErrorToLoad(async () => (await import('./layerErrors.ts')).failUnknownLayer(config, where))
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
    // A name as long as a file may be slow to rewrite, and is none of an option.
    const option = key.length > MOST_LETTERS ? key : toCamelCase(key)
    if (key.endsWith('shape') && Array.isArray(value) && value.length > MOST_AXES)
      fail(at, { expected: `${key} of at most ${MOST_AXES} axes`, got: `${value.length}` })
    if (key !== 'dtype' && Object.hasOwn(definition.table, option)) {
      const made = read(value, `${at}, ${option}`)
      const kind = kindOfRule(option)
      // A function is read as it stands.
      given[option] =
        kind && made !== null && typeof made !== 'function' ? readRule(kind, at, option, made) : made
    } else if (value !== null && value !== false && !IGNORED.has(key)) {
      fail(at, {
        expected: `options among ${Object.keys(definition.table).join(', ')}`,
        got: `${key.slice(0, MOST_LETTERS)}: ${describeValue(value)}`,
        remedy: namedIn(refusedOptions, key),
      })
    }
  }
  if (className === 'InputLayer' && isDataType(config.dtype)) given.dtype = config.dtype
  const policy = policyOf(given.dtype === undefined ? (config.dtype as Json) : undefined, at)
  if (policy !== undefined && 'dtype' in definition.table) given.dtype = policy
  return definition.create(given)
}

/** The kind of regularizers or constraints of which an option is one. */
export const kindOfRule = (option: string): RuleKind | null =>
  (/(regularizer|constraint)$/.exec(option.toLowerCase())?.[1] as RuleKind | undefined) ?? null

/** The class of the user's own that a config is of. */
export const ownClassOf = (config: KerasConfig) =>
  registeredClass(String(config.registered_name)) ?? registeredClass(config.class_name)

/** Whether a config is of a class that the user registered. */
export const isOwn = (config: KerasConfig): boolean => ownClassOf(config) !== undefined

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
  const made = fromConfig(ownClassOf(written) as LoadableClass, given)
  // Under another name neither its calls nor its weights would be found.
  if (config.name && made.name !== config.name)
    throw new ErrorToLoad(async () =>
      (await import('./layerErrors.ts')).failRenamed(made, config.name, where),
    )
  return made
}

/** @param at What errors call the option. */
function readOption(value: Json, where: string, readModel: ReadModel, at: string): unknown {
  if (Array.isArray(value)) {
    if (value.length > MOST_PARTS && isKerasConfig(value[0]))
      failFormat(at, { expected: `at most ${MOST_PARTS} layers`, got: `${value.length}` })
    return value.map((entry) => readOption(entry, where, readModel, at))
  }
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
  const isOther = isOwn(value) || isOfUser(value.module) || 'build_config' in value
  if (isLayer || isOther) return layerFromConfig(value, where, readModel)
  return { className: value.class_name, config: keysToCamelCase(value.config) }
}
