// Layers in the fields of a layer of the user's own, which are parts of it.

import { isOptions } from '../util/options.ts'
import { isA } from '../util/realms.ts'
import { Layer, type WeightGroup } from './layer.ts'
import { snakeCase } from './naming.ts'

/** Fields of every layer, which hold no layers of the user's. */
const FIELDS = ['given', 'config', 'definition', 'variables', 'nodes', 'core', 'caller']

const fieldsOf = (layer: Layer): readonly (readonly [string, unknown])[] =>
  Object.entries(layer).filter(([name]) => !FIELDS.includes(name))

/** The layers in a layer's fields, also in lists, maps and records in them. */
export const layersInFields = (layer: Layer): readonly Layer[] => [
  ...new Set(fieldsOf(layer).flatMap(([, value]) => layersIn(value))),
]

/** As in Keras the groups of a file bear the names of fields. */
export const groupsOfFields = (layer: Layer): Readonly<Record<string, WeightGroup>> =>
  Object.fromEntries(
    fieldsOf(layer).flatMap(([name, value]): [string, WeightGroup][] => {
      const layers = layersIn(value)
      if (layers.length === 0) return []
      return [[snakeCase(name), value instanceof Layer ? value : { variables: [], children: layers }]]
    }),
  )

function layersIn(value: unknown): readonly Layer[] {
  if (value instanceof Layer) return [value]
  if (isA(value, 'Map', 'Set')) return [...value.values()].flatMap(layersIn)
  if (Array.isArray(value)) return value.flatMap(layersIn)
  return isOptions(value) ? Object.values(value).flatMap(layersIn) : []
}
