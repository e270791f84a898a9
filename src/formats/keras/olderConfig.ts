// Configs of Keras 2 and of TensorFlow.js in the words of Keras 3, so that one reader makes layers of all of them.
//
//   batch_input_shape of a first layer    → an InputLayer before it
//   inbound_nodes [[["lstm", 0, 0, {}]]]  → [{ args: [tensor], kwargs: {} }]
//   hard_sigmoid                          → keras2_hard_sigmoid: clip(0.2·x + 0.5) then, relu6(x + 3) / 6 today
//   options that are absent               → what layers did before these options were there

import { describeValue } from '../../errors.ts'
import { isJsonObject, type Json, type JsonObject, namedIn } from '../config/json.ts'
import { functionalIn } from '../config/modelEnds.ts'
import { failFormat } from '../formatError.ts'
import { CODE, isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { functionOfOperation } from './graphOperations.ts'
import { isOlderOperation, olderOperation } from './olderOperations.ts'
import { RENAMED_LAYERS } from './renamedLayers.ts'

/** Names of classes that have another name today. */
const RENAMED: Readonly<Record<string, string>> = {
  ...RENAMED_LAYERS,
  Model: 'Functional',
  SyncBatchNormalization: 'BatchNormalization',
}

/** Options that today's layers lack because nothing depends on them, or because the model's input says them. */
const DROPPED = new Set([
  'batch_input_shape',
  'batch_size',
  'fused',
  'implementation',
  'input_dim',
  'input_length',
  'input_shape',
  'key_shape',
  'query_shape',
  'rng_type',
  'value_shape',
])

/** Options that convolutions of other kinds had from Conv, and did nothing with. */
const INHERITED: readonly (readonly [classes: RegExp, keys: RegExp])[] = [
  [/^(Depthwise|Separable)Conv|Conv.DTranspose$/, /^groups$/],
  [/^SeparableConv/, /^kernel_(initializer|regularizer|constraint)$/],
]

/** Options of an RNN. TensorFlow.js writes those of its cell beside the cell, too. */
const RNN_OPTIONS = new Set([
  'activity_regularizer',
  'dtype',
  'go_backwards',
  'name',
  'num_constants',
  'return_sequences',
  'return_state',
  'stateful',
  'time_major',
  'trainable',
  'unroll',
  'zero_output_for_mask',
])

/** Options by class that have another name today. */
const RENAMED_OPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  LeakyReLU: { alpha: 'negative_slope' },
  ReLU: { theta: 'threshold' },
}

const GATES = { recurrent_activation: 'hard_sigmoid' }

/** What layers do whose configs lack an option: the files that lack it are older than the option, or have TensorFlow.js's default. */
const BEFORE: Readonly<Record<string, JsonObject>> = {
  LSTM: { ...GATES, unit_forget_bias: false },
  LSTMCell: { ...GATES, unit_forget_bias: false },
  GRU: { ...GATES, reset_after: false },
  GRUCell: { ...GATES, reset_after: false },
  CuDNNLSTM: { unit_forget_bias: true },
  CuDNNGRU: { reset_after: true },
  ConvLSTM1D: { ...GATES, unit_forget_bias: false },
  ConvLSTM2D: { ...GATES, unit_forget_bias: false },
  ConvLSTM3D: { ...GATES, unit_forget_bias: false },
}

/** Options for which null is a value of its own. All others that are null are absent. */
const mayBeNull = (key: string): boolean => key === 'merge_mode' || key.endsWith('activation')

/** A model's config from what a file has under `model_config`, `modelTopology` or `config.json`. */
export function configOfOlder(given: Json | undefined, where: string): KerasConfig {
  if (isJsonObject(given)) {
    // The first versions wrote the layers of a Sequential and no other options.
    const { config, class_name } = given
    if (Array.isArray(config))
      return translated({ ...given, class_name: String(class_name), config: { layers: config } }, where)
    if (isKerasConfig(given)) return translated(given, where)
  }
  return failFormat(where, { expected: 'a model as class_name and config', got: describeValue(given) })
}

function translated(given: KerasConfig, where: string): KerasConfig {
  if (given.class_name === 'TensorFlowOpLayer') return translated(functionOfOperation(given, where), where)
  if (isOlderOperation(given)) return olderOperation(given, where, argumentOf)
  const className = namedIn(RENAMED, given.class_name) ?? given.class_name
  const name = given.config.name ?? given.name
  const before = namedIn(BEFORE, given.class_name) ?? {}
  const written = className === 'Lambda' ? lambdaOptions(given.config) : given.config
  const options = Object.entries({ ...before, ...written }).flatMap(([key, value]) => {
    if (DROPPED.has(key) && !(key === 'input_dim' && className === 'Embedding')) return []
    if (className === 'RNN' && key !== 'cell' && !RNN_OPTIONS.has(key)) return []
    if (INHERITED.some(([classes, keys]) => classes.test(className) && keys.test(key))) return []
    const today = namedIn(namedIn(RENAMED_OPTIONS, className) ?? {}, key) ?? key
    if (value !== null || mayBeNull(key)) return [[today, optionOf(key, value, where)] as const]
    return Object.hasOwn(before, key) ? [[today, before[key] as Json] as const] : []
  })
  const config: JsonObject = Object.fromEntries(options)
  if (name !== undefined) config.name = name
  if (className === 'InputLayer')
    config.batch_shape = given.config.batch_input_shape ?? given.config.batch_shape ?? null
  if (className === 'BatchNormalization' && Array.isArray(config.axis) && config.axis.length < 2)
    config.axis = config.axis[0] ?? -1
  const { layers } = given.config
  if (className === 'Sequential' && Array.isArray(layers)) config.layers = withInput(layers, config, where)
  if (Array.isArray(config.layers) && config.output_layers !== undefined) renumberCalls(config)
  const layer: KerasConfig = { ...given, class_name: className, config }
  if (Array.isArray(given.inbound_nodes))
    layer.inbound_nodes = given.inbound_nodes.map((node) =>
      nodeOf(className, node, `${where}, layer "${name}"`),
    )
  return layer
}

/** What stood beside a function, and says whether it is a name or code. */
const isBesideFunction = (key: string): boolean => /(^module|_module|_type)$/.test(key)

/** The options of a Lambda, whose functions were a name or code as a list. */
function lambdaOptions(config: JsonObject): JsonObject {
  const options = Object.entries(config).filter(([key]) => !isBesideFunction(key))
  return Object.fromEntries(
    options.map(([key, value]): [string, Json] => {
      const type = config[`${key}_type`]
      if (type === 'lambda') return [key, { class_name: CODE, config: {} }]
      return [key, type === 'function' ? { class_name: 'function', config: value } : value]
    }),
  )
}

function optionOf(key: string, value: Json, where: string): Json {
  if (key.endsWith('activation') && value === 'hard_sigmoid') return 'keras2_hard_sigmoid'
  if (key.endsWith('activation') && value === 'softmax_v2') return 'softmax'
  if (Array.isArray(value)) return value.map((entry) => optionOf('', entry, where))
  if (!isKerasConfig(value)) return value
  if (!key.endsWith('_initializer')) return translated(value, where)
  const { dtype: _, ...config } = value.config
  // Identity is a layer, too.
  return { ...value, config, module: 'keras.initializers' }
}

/** The layers of a Sequential, with an InputLayer before a first layer that says its input's shape. */
function withInput(layers: readonly Json[], model: JsonObject, where: string): Json[] {
  const today = layers.map((layer) => optionOf('', layer, where))
  const [first] = layers
  if (!isKerasConfig(first)) return today
  const { batch_input_shape: shape, dtype, name } = first.config
  if (first.class_name === 'InputLayer' || !Array.isArray(shape)) return today
  delete model.build_input_shape
  const config = { batch_shape: shape, dtype: dtype ?? null, name: `${name}_input` }
  return [{ class_name: 'InputLayer', config }, ...today]
}

/** `["lstm", 0, 1]`, or with arguments `["lstm", 0, 1, {}]`: a layer, which of its calls, which of its outputs. */
const isReference = (value: Json): boolean =>
  Array.isArray(value) &&
  (value.length === 3 || value.length === 4) &&
  typeof value[0] === 'string' &&
  typeof value[1] === 'number' &&
  typeof value[2] === 'number'

const tensorOf = (reference: readonly Json[]): Json => ({
  class_name: '__keras_tensor__',
  config: { keras_history: reference.slice(0, 3) },
})

function argumentOf(value: Json): Json {
  if (!Array.isArray(value)) return value
  return isReference(value) ? tensorOf(value) : value.map(argumentOf)
}

/** Arguments that calls of MultiHeadAttention have by name there, and by their places today. */
const PLACES = ['value', 'key']

/** A call: its inputs in a list, the other arguments behind each of them. */
function nodeOf(className: string, given: Json, where: string): Json {
  const entries: Json[] = Array.isArray(given) && !isReference(given) ? [...given] : [given]
  const wrong = entries.find((entry) => !isReference(entry))
  if (wrong !== undefined)
    return failFormat(where, { expected: 'inputs as [layer, call, output]', got: describeValue(wrong) })
  const inputs = (entries as Json[][]).map(tensorOf)
  const last = (entries.at(-1) as Json[] | undefined)?.[3]
  const kwargs = Object.entries(isJsonObject(last) ? last : {}).map(
    ([key, value]) => [key, argumentOf(value)] as const,
  )
  const isPlaced = ([key]: readonly [string, Json]): boolean =>
    className === 'MultiHeadAttention' && PLACES.includes(key)
  const placed = PLACES.flatMap((name) => kwargs.filter((entry) => entry[0] === name && isPlaced(entry)))
  return {
    args: [inputs.length === 1 ? (inputs[0] as Json) : inputs, ...placed.map(([, value]) => value)],
    kwargs: Object.fromEntries(kwargs.filter((entry) => !isPlaced(entry))),
  }
}

/** A reference to a tensor, in arguments and among outputs. */
type Reference = [name: string, call: number, output: number]

const isTriple = (value: Json | undefined): value is Reference => isReference(value as Json)

/** All references to tensors in a value. */
function referencesIn(value: Json): Reference[] {
  if (isTriple(value)) return [value]
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  return isJsonObject(value) ? Object.values(value).flatMap(referencesIn) : []
}

/** The calls of a model inside another were counted from 1: its own graph was call 0. Today they are, of a functional model, among outputs. */
function renumberCalls({ layers, output_layers: outputs = null }: JsonObject): void {
  const items = (layers as Json[]).filter(isKerasConfig)
  const references = [
    ...items.flatMap(({ inbound_nodes: nodes = null }) => referencesIn(nodes)),
    ...referencesIn(outputs),
  ]
  for (const { config, inbound_nodes: nodes } of items) {
    const calls = references.filter(([name]) => name === config.name)
    const count = Array.isArray(nodes) ? nodes.length : 0
    const beyond = Math.max(...calls.map(([, call]) => call)) - (count - 1)
    if (count > 0 && beyond === 1) for (const reference of calls) reference[1] -= 1
  }
  const isFunctional = functionalIn(layers)
  for (const reference of referencesIn(outputs)) if (isFunctional(reference[0])) reference[1] += 1
}
