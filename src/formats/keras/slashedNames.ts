// Names with a slash, which stand between the parts of paths: Keras 2 has such, Keras 3 refuses them wherever a layer or a model is made.

import type { StoredModel } from '../../models/storedModel.ts'
import { isJsonObject, type Json } from '../config/json.ts'
import { isKerasConfig } from '../kerasConfig.ts'

const warned = new WeakSet<StoredModel>()

/** Says once of a model that Keras 3 will not make one of its layers, by the config that a file is to have. */
export function warnOfSlashes(model: StoredModel, config: Json): void {
  const found = slashedIn(config)
  if (found === null || warned.has(model)) return
  warned.add(model)
  console.warn(
    `${found}: Keras 3 refuses names with "/", so that it does not open a file of this model; it is read here. Give the layer another ` +
      'name where it is made.',
  )
}

/** The first layer or model in a config whose name has a slash. */
function slashedIn(value: Json): string | null {
  if (isKerasConfig(value)) {
    const { name } = value.config
    if (typeof name === 'string' && name.includes('/')) return `${value.class_name} "${name}"`
  }
  const within = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : []
  for (const inner of within) {
    const found = slashedIn(inner)
    if (found !== null) return found
  }
  return null
}
