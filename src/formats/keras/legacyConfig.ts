// Configs of Keras 3 as its older format .h5 has them: layers of a model by their classes alone, without module and build_config; what is
// inside a layer, such as an initializer or the layer of a TimeDistributed, as in .keras. What Keras 3 could not read again is refused.
//
// keras/src/legacy/saving/serialization.py, keras/src/legacy/saving/saving_utils.py

import { describeValue } from '../../errors.ts'
import { mapValues } from '../../util/mapValues.ts'
import { withoutImpliedMasks } from '../config/impliedMasks.ts'
import { isJsonObject, type Json, type JsonObject, namedIn } from '../config/json.ts'
import { UNNAMED_OPTIMIZERS } from '../config/kerasNames.ts'
import { failFormat } from '../formatError.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'

const SAVE_AS_KERAS = 'Save the model as .keras, which Keras 3 opens.'

/** What this format lacks. */
export const refuse = (where: string, expected: string, got: string): never =>
  failFormat(where, { expected, got, remedy: SAVE_AS_KERAS })

/**
 * The config of a model, from that of a `.keras` file.
 *
 * @throws {FormatError} for a model of a class of one's own, operations, layers that several models share, and several axes.
 */
export function legacyConfig(config: KerasConfig, where: string): JsonObject {
  if (!isModel(config))
    return refuse(
      where,
      'a Sequential or functional model, for a whole model as .h5',
      `a model of class ${config.class_name}`,
    )
  return { class_name: config.class_name, config: inside(withoutImpliedMasks(config), where) }
}

const isModel = ({ class_name: name, config }: KerasConfig): boolean =>
  (name === 'Sequential' || name === 'Functional') && Array.isArray(config.layers)

/** The options of a model or of a layer, with the layers of models among them in the words of this format. */
function inside(written: KerasConfig, where: string): JsonObject {
  const ofModel = isModel(written)
  return mapValues(written.config, (value, key) =>
    ofModel && key === 'layers' && Array.isArray(value)
      ? value.map((layer) => (isKerasConfig(layer) ? legacyLayer(layer, where) : layer))
      : within(value, where),
  )
}

/** A value in which there may be models. */
function within(value: Json, where: string): Json {
  if (Array.isArray(value)) return value.map((entry) => within(entry, where))
  if (isKerasConfig(value)) return { ...value, config: inside(value, where) }
  if (!isJsonObject(value)) return value
  return mapValues(value, (inner) => within(inner, where))
}

/** Functions beside Keras's layers, which it takes for the options that are called so. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  'Input',
  'add',
  'average',
  'concatenate',
  'deserialize',
  'dot',
  'maximum',
  'minimum',
  'multiply',
  'serialize',
  'subtract',
])

/** A layer in the list of a model's layers. */
function legacyLayer(layer: KerasConfig, model: string): JsonObject {
  const { module, config, name, inbound_nodes: nodes, shared_object_id: id } = layer
  const where = `${model}, ${layer.class_name} ${describeValue(config.name)}`
  const isOperation = String(module).startsWith('keras.src.ops')
  if (isOperation || String(module).startsWith('keras.src.applications'))
    refuse(
      where,
      'layers alone, for a whole model as .h5',
      `${isOperation ? 'an operation' : 'a layer of networks alone'}, which Keras does not find by its name`,
    )
  if (id !== undefined)
    refuse(where, 'a layer of one model, for a whole model as .h5', 'one that several models share')
  const { axis } = config
  // Keras takes the option away where it is no integer.
  if (axis !== undefined && !Number.isInteger(Array.isArray(axis) && axis.length === 1 ? axis[0] : axis))
    refuse(where, 'one axis, for a whole model as .h5', `axis: ${describeValue(axis)}`)
  const taken = Object.entries(config).find(([key, value]) => key !== 'name' && FUNCTIONS.has(String(value)))
  if (taken)
    refuse(
      where,
      'options that are no names of functions of keras.layers, for a whole model as .h5',
      `${taken[0]}: ${describeValue(taken[1])}`,
    )
  return {
    class_name: classNameOf(layer),
    config: inside(layer, where),
    ...(name !== undefined && { name }),
    ...(nodes !== undefined && { inbound_nodes: nodes }),
  }
}

/** Of the one layer whose public name is another, Keras finds the name in its source alone. */
const classNameOf = ({ class_name: name }: KerasConfig): string =>
  name === 'GroupQueryAttention' ? 'GroupedQueryAttention' : name

/** Short names of losses, which Keras 3 does not read in this format, and the functions that they name. */
const LOSSES: Readonly<Record<string, string>> = {
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  mse: 'mean_squared_error',
  msle: 'mean_squared_logarithmic_error',
}

/**
 * The arguments of compile, from those of a `.keras` file.
 *
 * @throws {FormatError} for an optimizer that Keras does not find by its name.
 */
export function legacyCompile(
  { optimizer = null, loss = null, ...others }: JsonObject,
  where: string,
): JsonObject {
  const { class_name, config } = optimizer as KerasConfig
  const { inner_optimizer: inner = null } = config
  const unnamed = [class_name, isKerasConfig(inner) ? inner.class_name : ''].find((name) =>
    UNNAMED_OPTIMIZERS.includes(name),
  )
  if (unnamed !== undefined)
    refuse(where, 'an optimizer that Keras finds by its name, for a whole model as .h5', unnamed)
  return {
    loss: identified(loss, (name) => namedIn(LOSSES, name.toLowerCase()) ?? name),
    ...mapValues(others, (value) => identified(value)),
    optimizer_config: { class_name, config },
  }
}

/** Losses and metrics by class and options, functions by name. */
function identified(value: Json, named = (name: string): string => name): Json {
  if (typeof value === 'string') return named(value)
  if (Array.isArray(value)) return value.map((entry) => identified(entry, named))
  if (!isJsonObject(value)) return value
  if (value.class_name === 'function') return value.config ?? null
  if (isKerasConfig(value)) return { class_name: value.class_name, config: value.config }
  return mapValues(value, (inner) => identified(inner, named))
}
