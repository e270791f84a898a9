// Functional models as statements: a variable for each call, and for each layer that is called more than once.

import type { Layer } from '../../layers/layer.ts'
import type { NestsStates } from '../../models/graphConfig.ts'
import { NAMED_MASKS } from '../../models/namedMasks.ts'
import type { OperationLayer } from '../../operations/operationLayer.ts'
import { isJsonObject, type Json, type JsonObject } from '../config/json.ts'
import { historyOf } from '../config/kerasTensor.ts'
import { isOwn } from '../config/layerConfig.ts'
import { endKeys, endsOf, functionalIn, isFunctionalConfig } from '../config/modelEnds.ts'
import { isOperation } from '../config/operationReader.ts'
import { readOperation } from '../config/operations.ts'
import { toSnakeCase } from '../config/snakeCase.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import type { Named } from './language.ts'
import { operationCall } from './operation.ts'
import { quoted } from './text.ts'
import type { CodeWriter } from './writer.ts'

/** The expression of a tensor, by the layer, its call and the output that a file names. */
export type TensorOf = (history: Json | undefined) => string

interface Call {
  readonly item: KerasConfig
  readonly live: Layer | undefined
  readonly node: JsonObject
  readonly index: number
  readonly isOnly: boolean
}

/** All references to tensors in a value. */
function referencesIn(value: Json | undefined): Json[][] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (!isJsonObject(value ?? null)) return []
  const object = value as JsonObject
  const history = historyOf(object)
  if (history) return [history]
  return Object.values(object).flatMap(referencesIn)
}

/** Models in the words of files. */
const MODELS = ['Sequential', 'Functional', 'Model']

/** Whether a config is of a model whose layers are written before it; one of the user's own with a method call has them in its class. */
export const isModelConfig = (config: KerasConfig): boolean =>
  isOwn(config) ? isFunctionalConfig(config) : MODELS.includes(config.class_name)

/** Writes the statements of a functional model; the expression of the model. */
export function functionalModel(
  writer: CodeWriter,
  whole: KerasConfig,
  options: readonly Named[],
  live: Layer | undefined,
): string {
  const { class_name: className, config } = whole
  const items = (config.layers as Json[]).filter(isKerasConfig)
  const made = new Map<string, string>()
  const severals = new Set<string>()
  const key = ([name, node]: readonly Json[]): string => JSON.stringify([name, node])
  const liveOf = new Map<string, Layer>()
  const keysOf = new Map(
    items.map(({ config: { name, output_layers: outputs } }) => [String(name), endKeys(outputs)]),
  )
  items.forEach((item, i) => {
    const part = live?.parts[i]
    if (part) liveOf.set(String(item.config.name), part)
  })
  for (const [name, node, index] of referencesIn(items))
    if (Number(index) > 0) severals.add(key([name ?? '', node ?? 0]))
  const tensorOf: TensorOf = (history) => {
    const [name = '', node = 0, index = 0] = history as Json[]
    const variable = made.get(key([name, node])) as string
    const layer = liveOf.get(String(name))
    const keys = keysOf.get(String(name))
    if (keys) return `${variable}[${quoted(keys[Number(index)] as string)}]`
    const count = layer?.nodes[0]?.outputs.length ?? (severals.has(key([name, node])) ? 2 : 1)
    return count < 2 ? variable : `${variable}${placeOf(layer, count, Number(index))}`
  }
  const layers = new Map<string, string>()
  let waiting: Call[] = items.flatMap((item, i) => {
    const nodes = (item.inbound_nodes as Json[]).filter(isJsonObject)
    return nodes.map((node, index) => ({
      item,
      live: live?.parts[i],
      node,
      index,
      isOnly: nodes.length === 1,
    }))
  })
  const inputs = items.filter(({ class_name: name }) => name === 'InputLayer')
  for (const item of inputs) {
    const name = String(item.config.name)
    made.set(key([name, 0]), writer.assign(name, writer.input(item)))
  }
  const isReady = ({ item, node, index }: Call): boolean =>
    (index === 0 || made.has(key([item.config.name as string, index - 1]))) &&
    referencesIn(node as Json).every((history) => made.has(key(history)))
  while (waiting.length > 0) {
    const ready = waiting.filter(isReady)
    // Operations get their names by themselves, in order, and before layers: in Keras an Embedding's mask takes such a name, too.
    const next = (ready.find(
      ({ item }) => isOperation(item) && item.config.name === writer.names.next(item.class_name),
    ) ??
      ready.find(({ item }) => !isOperation(item)) ??
      ready[0]) as Call
    waiting = waiting.filter((call) => call !== next)
    const name = String(next.item.config.name)
    made.set(key([name, next.index]), statement(writer, next, layers, tensorOf))
  }
  const isFunctional = functionalIn(config.layers)
  const ends = (given: Json | undefined): string => {
    const tensors = endsOf(given, isFunctional).map((end) => tensorOf(end as Json[]))
    const isOne = Array.isArray(given) && typeof given[0] === 'string'
    const keys = endKeys(given)
    if (keys) return writer.language.record(keys.map((key, i): Named => [key, tensors[i] as string]))
    return isOne ? (tensors[0] as string) : writer.language.list(tensors)
  }
  return writer.language.call(
    isOwn(whole) ? writer.ownClass(className) : writer.reach('keras', 'Model'),
    [ends(config.input_layers), ends(config.output_layers)],
    writer.modelName({ class_name: className, config }, options),
  )
}

/** Writes one call; its variable. */
function statement(writer: CodeWriter, call: Call, layers: Map<string, string>, tensorOf: TensorOf): string {
  const { item, live, node, isOnly } = call
  const name = String(item.config.name)
  if (isOperation(item)) {
    const layer = readOperation(item, 'code')
    if (!writer.names.take(item.class_name, name))
      writer.remarks.add(
        `The operation "${name}" gets another name here: operations name themselves in the order of their calls.`,
      )
    return writer.assign(name, operationCall(writer, layer as OperationLayer, call, tensorOf))
  }
  let layer = layers.get(name)
  if (layer === undefined) {
    const expression = writer.layer(item, live)
    const isVariable = /^[\w$]+$/.test(expression)
    layer = isOnly || isVariable ? expression : writer.assign(name, expression)
    layers.set(name, layer)
  }
  const { args, kwargs } = node
  const write = (value: Json | undefined): string => {
    if (Array.isArray(value)) return writer.language.list(value.map(write))
    const history = historyOf(value)
    if (history) return tensorOf(history)
    return writer.value(value)
  }
  const named = Object.entries(kwargs as JsonObject).filter(([, value]) => value !== null)
  const options = writer.isPython
    ? named.map(([key, value]): Named => [key, write(value)])
    : withMasks(named, write).map(([key, value]): Named => [writer.optionName(key), value])
  const placed = (args as Json[]).map(write)
  return writer.assign(isOnly ? name : `${name}_output`, writer.language.call(layer, placed, options))
}

/** The masks of query, value and key, which Keras names one by one, as a list. */
function withMasks(
  named: readonly (readonly [string, Json])[],
  write: (value: Json | undefined) => string,
): Named[] {
  const names = NAMED_MASKS.map(toSnakeCase)
  const masks = names.map((name) => named.find(([key]) => key === name)?.[1] ?? null)
  const last = Math.max(...masks.map((mask, index) => (mask === null ? -1 : index)))
  const others = named
    .filter(([key]) => !names.includes(key))
    .map(([key, value]): Named => [key, write(value)])
  return last < 0 ? others : [...others, ['mask', write(masks.slice(0, Math.max(2, last + 1)))]]
}

/** Where among a call's results an output stands; states may be nested. */
function placeOf(layer: Layer | undefined, count: number, index: number): string {
  if (index === 0 || !layer || !('nested' in layer)) return `[${index}]`
  const numbers = Array.from({ length: count - 1 }, (_, i) => i + 1) as never
  const nested = (layer as Layer & NestsStates).nested(numbers)
  const path = (list: readonly unknown[]): string | null => {
    for (const [i, entry] of list.entries()) {
      if (entry === index) return `[${i}]`
      const inner = Array.isArray(entry) ? path(entry) : null
      if (inner !== null) return `[${i}]${inner}`
    }
    return null
  }
  return path([0, ...nested]) ?? `[${index}]`
}
