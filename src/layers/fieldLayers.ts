// Layers in the fields of a layer of the user's own, which are parts of it.

import { isOptions } from '../util/options.ts'
import { Layer, type WeightGroup } from './layer.ts'
import { snakeCase } from './naming.ts'

/** Fields of every layer, which hold no layers of the user's. */
const FIELDS = ['given', 'config', 'definition', 'variables', 'nodes']

/** The fields of a layer that its class does not have from its base. */
export const fieldsOf = (layer: Layer): readonly (readonly [string, unknown])[] =>
  Object.entries(layer).filter(([name]) => !FIELDS.includes(name))

/** The weights of the layers in a field; null where there are none. */
export function groupOf(value: unknown): WeightGroup | null {
  if (value instanceof Layer) return value
  const layers = layersIn(value)
  return layers.length === 0 ? null : { variables: [], children: byClass(layers) }
}

/** The layers in a field, also in lists and records in it. */
export function layersIn(value: unknown): readonly Layer[] {
  if (value instanceof Layer) return [value]
  if (Array.isArray(value)) return value.flatMap(layersIn)
  return isOptions(value) ? Object.values(value).flatMap(layersIn) : []
}

/** Layers by their classes, as Keras numbers those of a list in files. */
function byClass(layers: readonly Layer[]): Readonly<Record<string, WeightGroup>> {
  const groups: Record<string, WeightGroup> = {}
  for (const layer of layers) {
    const name = snakeCase(layer.className)
    const count = Object.keys(groups).filter((other) => other.replace(/_\d+$/, '') === name).length
    groups[count === 0 ? name : `${name}_${count}`] = layer
  }
  return groups
}
