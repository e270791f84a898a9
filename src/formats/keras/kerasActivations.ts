// Activations that Keras 3 does not have, in the configs that it reads: functions of the user's own, by their names.

import type { StoredModel } from '../../models/storedModel.ts'
import { isJsonObject, type Json } from '../config/json.ts'
import { warnOfClasses } from '../config/unregistered.ts'
import type { KerasConfig } from '../kerasConfig.ts'
import { configOfLayer } from '../layerConfigWriter.ts'
import { warnOfSlashes } from './slashedNames.ts'

/** What Keras 2 and TensorFlow.js call hard_sigmoid. */
export const OLDER = 'keras2_hard_sigmoid'

/** That function in Python. */
export const OLDER_IN_PYTHON = `@keras.saving.register_keras_serializable()
def ${OLDER}(x):
    return keras.ops.clip(0.2 * x + 0.5, 0, 1)`

const FUNCTION: Json = {
  module: 'builtins',
  class_name: 'function',
  config: OLDER,
  registered_name: 'function',
}

const warned = new WeakSet<StoredModel>()

/** The config of a model as files have it; says once what Keras must be told to read it. */
export function kerasConfigOf(model: StoredModel): KerasConfig {
  const found = new Set<string>()
  const config = configOfLayer(model)
  const written = withFunctions(config, (layer) => found.add(layer)) as KerasConfig
  warnOfClasses(config)
  warnOfSlashes(model, written)
  const [layer] = found
  if (layer !== undefined && !warned.has(model)) {
    warned.add(model)
    console.warn(
      `${layer}: its hard_sigmoid is that of Keras 2, which Keras 3 does not have: the file names a function of one's own. Write in ` +
        `Python, before loading it:\n${OLDER_IN_PYTHON}`,
    )
  }
  return written
}

/** @param owner The layer that the value is an option of. */
function withFunctions(value: Json, found: (layer: string) => void, owner = ''): Json {
  if (Array.isArray(value)) return value.map((entry) => withFunctions(entry, found, owner))
  if (!isJsonObject(value)) return value
  const { class_name: className, config } = value
  const layer = isJsonObject(config) && config.name !== undefined ? `${className} "${config.name}"` : owner
  const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
    if (inner !== OLDER || !key.endsWith('activation')) return [key, withFunctions(inner, found, layer)]
    found(layer)
    return [key, FUNCTION]
  })
  return Object.fromEntries(entries)
}
