// Functions of `ops` in the older format .h5 of Keras 3, which has them by their classes alone: `{ "class_name": "Transpose" }`. Some layers
// have the same classes, Add and Softmax among them; the configs of these say whether they are trainable, and an operation's never does.

import { registeredClass } from '../../layers/classNames.ts'
import { mapValues } from '../../util/mapValues.ts'
import { isJsonObject, type Json, type JsonObject } from '../config/json.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'

/** The module of operations whose own a file does not say, below that of all operations. `readOperation` finds them by their classes. */
const UNNAMED = 'keras.src.ops.'

/** Layers whose configs do not say it. */
const LAYERS = /^(Discretization|InputLayer|SpatialDropout\dD)$/

const isOperation = ({ class_name: name, inbound_nodes: nodes, module, config }: KerasConfig): boolean =>
  Array.isArray(nodes) &&
  module === undefined &&
  !LAYERS.test(name) &&
  !('trainable' in config) &&
  !registeredClass(name)

/** The config of a model in which operations have a module, as in `.keras`, and layers their public names. */
export const withMarkedOperations = (config: KerasConfig): KerasConfig => marked(config) as KerasConfig

function marked(value: Json): Json {
  if (Array.isArray(value)) return value.map(marked)
  if (!isJsonObject(value)) return value
  const inner: JsonObject = mapValues(value, marked)
  if (!isKerasConfig(value)) return inner
  if (isOperation(value)) inner.module = UNNAMED
  // The one class of layers whose public name is another.
  if (value.class_name === 'GroupedQueryAttention') inner.class_name = 'GroupQueryAttention'
  return inner
}
