// Compile settings of Keras 2 and of TensorFlow.js in the words of Keras 3.

import { mapValues } from '../../util/mapValues.ts'
import { isFunctionConfig } from '../config/functions.ts'
import { isJsonObject, type Json, type JsonObject, namedIn } from '../config/json.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'

/** Optimizers of TensorFlow.js by Keras's names; Momentum is SGD with one. */
const OPTIMIZERS: Readonly<Record<string, string>> = {
  AdaDelta: 'Adadelta',
  AdaGrad: 'Adagrad',
  AdaMax: 'Adamax',
  Momentum: 'SGD',
  RMSProp: 'RMSprop',
}

/** Options of optimizers on which no number depends. */
const DROPPED = [
  'is_legacy_optimizer',
  'jit_compile',
  'name',
  'learning_rate',
  'lr',
  'decay',
  'schedule_decay',
  'inner_optimizer',
]

/** The arguments of compile from what a file has under `training_config` or `trainingConfig`; null where it has none. */
export function compileConfigOfOlder(given: Json | undefined, model?: KerasConfig): JsonObject | null {
  if (!isJsonObject(given)) return null
  const {
    optimizer_config: optimizer,
    loss = null,
    metrics = null,
    weighted_metrics = null,
    loss_weights = null,
  } = given
  const outputs = outputsOf(model)
  return {
    optimizer: optimizerOf(optimizer ?? given.optimizer ?? null),
    loss: lossOf(loss),
    loss_weights,
    metrics: metricsOf(metrics, outputs),
    weighted_metrics: metricsOf(weighted_metrics, outputs),
  }
}

function optimizerOf(given: Json): Json {
  if (!isKerasConfig(given)) return given
  const { learning_rate, lr, decay: divisor, inner_optimizer } = given.config
  // The classes of tf.keras from 2.11 on were registered beside the older ones.
  const name = given.class_name.replace(/^Custom>/, '')
  // Nadam's decay was one of its momentum.
  const decay = name === 'Nadam' ? null : divisor
  const kept = Object.entries(given.config).filter(([key, value]) => value !== null && !DROPPED.includes(key))
  const rate = scheduleOf(learning_rate ?? lr ?? null)
  const config: JsonObject = Object.fromEntries(kept)
  if (inner_optimizer !== undefined) config.inner_optimizer = optimizerOf(inner_optimizer)
  if (rate !== null) config.learning_rate = decay && typeof rate === 'number' ? decaying(rate, decay) : rate
  return { class_name: namedIn(OPTIMIZERS, name) ?? name, config }
}

/** A rate that was divided by 1 + decay · iterations. */
const decaying = (rate: number, decay: Json): Json => ({
  class_name: 'InverseTimeDecay',
  config: { initial_learning_rate: rate, decay_steps: 1, decay_rate: decay },
})

/** A schedule without options that are absent. */
const scheduleOf = (given: Json): Json =>
  isKerasConfig(given) ? { ...given, config: present(given.config) } : given

const present = (config: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null))

/** Classes whose names differ from those of their functions by more than the spelling. */
const CLASSES: Readonly<Record<string, string>> = {
  kullback_leibler_divergence: 'KLDivergence',
  kl_divergence: 'KLDivergence',
  logcosh: 'LogCoshError',
  log_cosh: 'LogCoshError',
  sparse_top_k_categorical_accuracy: 'SparseTopKCategoricalAccuracy',
  top_k_categorical_accuracy: 'TopKCategoricalAccuracy',
}

/** The class of a function: `MeanSquaredError` of `mean_squared_error`. */
const classOf = (fn: string): string =>
  namedIn(CLASSES, fn) ?? fn.replace(/(^|_)([a-z])/g, (_, _before, letter: string) => letter.toUpperCase())

/** The names of the outputs of a model that has several. */
function outputsOf(model: KerasConfig | undefined): readonly string[] {
  const { output_layers: outputs = null } = model?.config ?? {}
  if (!Array.isArray(outputs) || !outputs.every((output) => Array.isArray(output))) return []
  const names = outputs.map((output) => String((output as Json[])[0]))
  return names.length > 1 ? names : []
}

/** Functions as metrics are objects around their names there, with the names that histories have them under. */
function metricsOf(given: Json, outputs: readonly string[]): Json {
  if (Array.isArray(given)) {
    const all = given.map((one) => metricsOf(one, outputs))
    // Metrics of one output were a list in a list.
    const [only] = all
    return all.length === 1 && Array.isArray(only) ? only : all
  }
  if (!isKerasConfig(given))
    return isJsonObject(given) ? mapValues(given, (value) => metricsOf(value, outputs)) : given
  const { fn, dtype: _, ...config } = given.config
  // Models of several outputs had put these names before those of the metrics.
  const prefix = outputs.find((output) => String(config.name).startsWith(`${output}_`))
  if (prefix !== undefined) config.name = String(config.name).slice(prefix.length + 1)
  if (given.class_name !== 'MeanMetricWrapper') return { ...given, config: present(config) }
  // Keras 3 writes the function as an object here, too.
  if (isFunctionConfig(fn)) return { ...given, config: { ...present(config), fn } }
  return typeof fn === 'string' ? { class_name: classOf(fn), config } : { ...given, config: present(config) }
}

/** Losses without the functions that they are, and with today's word for the reduction that there was by default. */
function lossOf(given: Json): Json {
  if (Array.isArray(given)) return given.map(lossOf)
  if (!isKerasConfig(given)) return isJsonObject(given) ? mapValues(given, lossOf) : given
  const { fn, reduction, ...config } = present(given.config)
  if (given.class_name === 'LossFunctionWrapper' && typeof fn === 'string') return fn
  const today = reduction === undefined || reduction === 'auto' ? {} : { reduction }
  return { ...given, config: { ...config, ...today } }
}
