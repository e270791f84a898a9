// From Keras's config of a model to a model: Sequential chains, functional graphs with their nodes.

import { describeValue, fail } from '../errors.ts'
import { underPolicy } from '../layers/dtypePolicy.ts'
import { InputLayer } from '../layers/input.ts'
import type { GivenOptions, Layer } from '../layers/layer.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { FunctionalModel } from '../models/functional.ts'
import { NAMED_MASKS } from '../models/graphConfig.ts'
import { LayersModel } from '../models/model.ts'
import { SequentialModel } from '../models/sequential.ts'
import { SubclassedModel } from '../models/subclassed.ts'
import { OperationLayer } from '../operations/operationLayer.ts'
import { policyOf } from './dtypePolicy.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { isKerasConfig, type KerasConfig } from './kerasArchive.ts'
import { isOwn, layerFromConfig } from './layerConfig.ts'
import { isOperation, operationArguments, type ReadOperation } from './operationCalls.ts'
import { keysToCamelCase, toSnakeCase } from './snakeCase.ts'

function configs(value: Json | undefined, where: string): KerasConfig[] {
  if (!Array.isArray(value)) return []
  const wrong = value.find((entry) => !isKerasConfig(entry))
  if (wrong !== undefined)
    fail(where, { expected: 'layers as class_name and config', got: describeValue(wrong) })
  return value.filter(isKerasConfig)
}

/** Makes the model of a config; `readOperation` makes the operations in it (operationReader). */
export function modelFromConfig(
  config: KerasConfig,
  where: string,
  readOperation: ReadOperation,
): LayersModel {
  const readModel = modelReader(readOperation)
  const model = readModel(config, where) ?? (isOwn(config) && layerFromConfig(config, where, readModel))
  // As part of another it is built by its call there.
  const shape = isJsonObject(config.build_config ?? null) && (config.build_config as JsonObject).input_shape
  if (model instanceof SubclassedModel && shape) model.buildFromFile(shape)
  if (model instanceof LayersModel) return model
  return fail(where, {
    expected: 'a Sequential or functional model',
    got: `a model of class ${config.class_name}`,
    remedy: `Code of a class is not in its file: write a class that extends Model here, and call register('${config.class_name}', …) before.`,
  })
}

/** A reader of models, also of those that are layers of another; null if a config is of something else. */
export function modelReader(readOperation: ReadOperation): Scope['readModel'] {
  const scope: Scope = {
    shared: new Map(),
    readModel: (config, where) => readIn(scope, config, where),
    readOperation,
  }
  return scope.readModel
}

/** What is read together: a layer that several models in it have bears a number in each. */
interface Scope {
  readonly shared: Map<Json, Layer>
  readonly readModel: (config: KerasConfig, where: string) => LayersModel | null
  readonly readOperation: ReadOperation
}

function readIn(
  scope: Scope,
  { class_name: className, config }: KerasConfig,
  where: string,
): LayersModel | null {
  const read = readers[className]
  const policy = read && policyOf(config.dtype, where)
  if (policy === undefined) return read?.(config, where, scope) ?? null
  return underPolicy(policy, () => read?.(config, where, scope) ?? null)
}

const readers: Readonly<Record<string, (config: JsonObject, where: string, scope: Scope) => LayersModel>> = {
  Sequential: sequentialFromConfig,
  Functional: functionalFromConfig,
  Model: functionalFromConfig,
}

/** A layer of a model: the one that was read before, if it is shared. */
function layerOf(item: KerasConfig, where: string, { shared, readModel, readOperation }: Scope): Layer {
  if (isOperation(item)) return readOperation(item, where)
  const id = item.shared_object_id
  const layer = (id !== undefined && shared.get(id)) || layerFromConfig(item, where, readModel)
  if (id !== undefined) shared.set(id, layer)
  return layer
}

/** The options of a model itself. */
const optionsOf = ({ name, trainable }: JsonObject): GivenOptions => ({
  ...(typeof name === 'string' ? { name } : {}),
  ...(trainable === false ? { trainable } : {}),
})

function sequentialFromConfig(config: JsonObject, where: string, scope: Scope): LayersModel {
  const model = new SequentialModel([], optionsOf(config))
  for (const item of configs(config.layers, where)) {
    const layer = layerOf(item, where, scope)
    model.add(layer instanceof InputLayer ? (layer.connect([])[0] as SymbolicTensor) : layer)
  }
  const shape = config.build_input_shape
  if (Array.isArray(shape)) model.build(shape as (number | null)[])
  return model
}

/** A call of a layer that has not been made yet. */
interface PendingNode {
  readonly layer: Layer
  readonly index: number
  readonly node: JsonObject
  readonly config: JsonObject
}

function functionalFromConfig(config: JsonObject, where: string, scope: Scope): LayersModel {
  const items = configs(config.layers, where)
  const layers = items.map((item) => layerOf(item, where, scope))
  const byName: LayersByName = new Map(
    layers.map((layer) => [layer.name, { layer, firstNode: layer.nodes.length }]),
  )
  const pending: PendingNode[] = items.flatMap((item, i) => {
    const layer = layers[i] as Layer
    if (layer instanceof InputLayer) layer.connect([])
    const nodes = Array.isArray(item.inbound_nodes) ? item.inbound_nodes.filter(isJsonObject) : []
    return nodes.map((node, index) => ({ layer, index, node, config: item.config }))
  })
  // A node can be made when all its inputs exist and it is the next call of its layer.
  for (let remaining = pending; remaining.length > 0; ) {
    const later = remaining.filter((pending) => {
      const { layer, index } = pending
      const isNext = layer.nodes.length === (byName.get(layer.name)?.firstNode ?? 0) + index
      return !isNext || !called(pending, byName)
    })
    if (later.length === remaining.length) {
      fail(where, {
        expected: 'a graph without cycles',
        got: `layers that wait for each other: ${later.map(({ layer }) => layer.name).join(', ')}`,
      })
    }
    remaining = later
  }
  const ends = (value: Json | undefined): SymbolicTensor[] =>
    tripleList(value).map((triple) => {
      const tensor = tensorOf(triple, byName)
      if (tensor) return tensor
      return fail(where, {
        expected: 'inputs and outputs that are layers of the model',
        got: describeValue(triple),
      })
    })
  return new FunctionalModel(ends(config.input_layers), ends(config.output_layers), optionsOf(config))
}

/** Reads `["dense", 0, 0]`, or a list of such references. */
const tripleList = (value: Json | undefined): Json[] =>
  Array.isArray(value) ? (typeof value[0] === 'string' ? [value] : value) : []

/** Layers, each with the number of the first of its calls that belongs to the model: others may have called it before. */
type LayersByName = ReadonlyMap<string, { readonly layer: Layer; readonly firstNode: number }>

function tensorOf(history: Json | undefined, layers: LayersByName): SymbolicTensor | undefined {
  const [name, node, tensor] = Array.isArray(history) ? history : []
  const found = layers.get(String(name))
  return found?.layer.nodes[found.firstNode + Number(node)]?.outputs[Number(tensor)]
}

/** Makes a call unless a tensor among its arguments does not exist yet; whether it did. */
function called({ layer, node, config }: PendingNode, layers: LayersByName): boolean {
  if (layer instanceof OperationLayer) {
    let isReady = true
    const args = operationArguments(layer, config, node, (reference) => {
      const tensor = tensorOf(reference.keras_history, layers)
      isReady &&= tensor !== undefined
      return tensor
    })
    if (isReady) layer.apply(args)
    return isReady
  }
  const args = readArguments(node, layer, layers)
  if (args !== null) layer.called(args)
  return args !== null
}

/** The arguments of a call as a user would write them, or null while a tensor among them does not exist yet. */
function readArguments(
  { args, kwargs }: JsonObject,
  layer: Layer,
  layers: LayersByName,
): readonly unknown[] | null {
  let isReady = true
  const read = (value: Json | undefined): unknown => {
    if (Array.isArray(value)) return value.flatMap(read)
    if (!isKerasConfig(value)) return isJsonObject(value ?? null) ? readEach(value as JsonObject) : value
    if (value.class_name !== '__keras_tensor__') return value
    const tensor = tensorOf(value.config.keras_history, layers)
    isReady &&= tensor !== undefined
    return tensor
  }
  const readEach = (values: JsonObject): unknown =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, read(value)]))
  const inputs = Array.isArray(args) ? args.map(read) : []
  const { given, masks } = withoutNamedMasks(isJsonObject(kwargs) ? kwargs : {})
  const options = Object.entries(given)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, read(value)])
  if (masks) options.push(['mask', masks.map((mask) => (mask === null ? null : read(mask)))])
  // Initial states may be arguments behind the input.
  const positional = layer.inputCount === 1 ? [inputs.flat().filter((input) => input !== null)] : inputs
  return isReady ? [...positional, keysToCamelCase(Object.fromEntries(options))] : null
}

/** A call's arguments by name, and the masks that calls on query, value and key name one by one; null where there are none. */
function withoutNamedMasks(kwargs: JsonObject): { given: JsonObject; masks: readonly Json[] | null } {
  const names = NAMED_MASKS.map(toSnakeCase)
  const masks = names.map((name) => kwargs[name] ?? null)
  const given = Object.entries(kwargs).filter(([name]) => !names.includes(name))
  const count = masks.reduce<number>((last, mask, i) => (mask === null ? last : i + 1), 0)
  return { given: Object.fromEntries(given), masks: count > 0 ? masks.slice(0, Math.max(2, count)) : null }
}
