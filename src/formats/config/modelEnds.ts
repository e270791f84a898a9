// The inputs and outputs that the config of a functional model lists. There, and only there, Keras counts the calls of a functional model
// inside from 1: its own graph counted as a call once (keras/src/models/functional.py, get_config).

import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** Reads `["dense", 0, 0]`, or such references in lists and under keys, whose order in Keras is that of the keys. */
function triplesOf(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return typeof value[0] === 'string' ? [value] : value.flatMap(triplesOf)
  if (isJsonObject(value)) return keysOf(value).flatMap((key) => triplesOf(value[key]))
  return value === undefined ? [] : [value]
}

const keysOf = (value: JsonObject): string[] => Object.keys(value).sort()

/** The keys of inputs or outputs, if a config has one for each of them. */
export const endKeys = (value: Json | undefined): readonly string[] | undefined =>
  isJsonObject(value) && Object.values(value).every((end) => triplesOf(end).length === 1)
    ? keysOf(value)
    : undefined

/** What a config lists as inputs or outputs, with calls counted from 0; `isFunctional` says of which layers' names they are counted from 1. */
export const endsOf = (value: Json | undefined, isFunctional: (name: string) => boolean): Json[] =>
  triplesOf(value).map((triple) => {
    if (!Array.isArray(triple) || !isFunctional(String(triple[0]))) return triple
    const [name = null, call, output = null] = triple
    return [name, Number(call) - 1, output]
  })

/** Whether a config is of a model between inputs and outputs, of whatever class. */
export const isFunctionalConfig = ({ config }: KerasConfig): boolean =>
  'layers' in config && 'input_layers' in config && 'output_layers' in config

/** Whether a config's layer of that name is a functional model, by the config of the model that it is in. */
export const functionalIn = (layers: Json | undefined) => {
  const names = new Set(
    (Array.isArray(layers) ? layers : []).flatMap((layer) =>
      isKerasConfig(layer) && isFunctionalConfig(layer) ? [String(layer.config.name)] : [],
    ),
  )
  return (name: string): boolean => names.has(name)
}
