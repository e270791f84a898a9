// From Keras's config of a model to a model: Sequential chains, functional graphs with their nodes.

import { describeValue, fail } from '../../errors.ts'
import { ModelInput } from '../../layers/core/input.ts'
import { underPolicy } from '../../layers/dtypePolicy.ts'
import type { GivenOptions, Layer } from '../../layers/layer.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { checkNames } from '../../layers/topology.ts'
import { FunctionalModel } from '../../models/functional.ts'
import { isFunctional } from '../../models/isFunctional.ts'
import { LayersModel } from '../../models/model.ts'
import { NAMED_MASKS } from '../../models/namedMasks.ts'
import { SequentialModel } from '../../models/sequential.ts'
import type { OperationLayer } from '../../operations/operationLayer.ts'
import { mapValues } from '../../util/mapValues.ts'
import { ErrorToLoad, failFormat } from '../formatError.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { policyOf } from './dtypePolicy.ts'
import { isJsonObject, type Json, type JsonObject, namedIn } from './json.ts'
import { isOwn, layerFromConfig } from './layerConfig.ts'
import { endKeys, endsOf, isFunctionalConfig } from './modelEnds.ts'
import { isOperation, type OperationReader } from './operationReader.ts'
import { type MakeModel, makerOfOwn } from './ownGraphs.ts'
import { keysToCamelCase, toSnakeCase } from './snakeCase.ts'

function configs(value: Json | undefined, where: string): KerasConfig[] {
  if (!Array.isArray(value)) failFormat(where, { expected: 'layers in a list', got: describeValue(value) })
  return value.map((entry, i) =>
    isKerasConfig(entry)
      ? entry
      : failFormat(`${where}, layer ${i}`, {
          expected: 'class_name and config',
          got: describeValue(entry),
        }),
  )
}

/** Makes the model of a config. */
export function modelFromConfig(
  config: KerasConfig,
  where: string,
  operations: OperationReader,
): LayersModel {
  const readModel = modelReader(operations)
  const model = readModel(config, where) ?? (isOwn(config) && layerFromConfig(config, where, readModel))
  // As part of another it is built by its call there.
  const shape = isJsonObject(config.build_config ?? null) && (config.build_config as JsonObject).input_shape
  if (model instanceof LayersModel) {
    if (shape) model.buildFromFile(shape)
    return model
  }
  return fail(where, {
    expected: 'a Sequential or functional model',
    got: `a model of class ${config.class_name}`,
    remedy: `Files hold no code: write a class that extends Model, and call register('${config.class_name}', …) before.`,
  })
}

/** A reader of models, also of those that are layers of another; null if a config is of something else. */
export function modelReader(operations: OperationReader): Scope['readModel'] {
  const scope: Scope = {
    shared: new Map(),
    readModel: (config, where) => readIn(scope, config, where),
    operations,
  }
  return scope.readModel
}

/** What is read together: a layer that several models in it have bears a number in each. */
interface Scope {
  readonly shared: Map<Json | undefined, Layer>
  readonly readModel: (config: KerasConfig, where: string) => LayersModel | null
  readonly operations: OperationReader
}

function readIn(scope: Scope, written: KerasConfig, where: string): LayersModel | null {
  const { class_name: className, config } = written
  const read =
    isOwn(written) && isFunctionalConfig(written)
      ? functionalReader(makerOfOwn(written, where))
      : namedIn(readers, className)
  const policy = read && policyOf(config.dtype, where)
  if (policy === undefined) return read?.(config, where, scope) ?? null
  return underPolicy(policy, () => read?.(config, where, scope) ?? null)
}

type Reader = (config: JsonObject, where: string, scope: Scope) => LayersModel

/** Reads models between inputs and outputs, by default of Keras's own class. */
function functionalReader(make: MakeModel = (...args) => new FunctionalModel(...args)): Reader {
  return (config, where, scope) => functionalFromConfig(config, where, scope, make)
}

const readers: Readonly<Record<string, Reader>> = {
  Sequential: sequentialFromConfig,
  Functional: functionalReader(),
  Model: functionalReader(),
}

/**
 * A layer of a model: the one that was read before, if it is shared. Calls of other layers know it by the name beside its config, which
 * that may lack: versions of Keras differ in operations, and one's own classes say what is in theirs.
 */
function layerOf(given: KerasConfig, where: string, { shared, readModel, operations }: Scope): Layer {
  const { name } = given
  const item: KerasConfig = name ? { ...given, config: { name, ...given.config } } : given
  if (isOperation(item)) return operations.readOperation(item, where)
  const id = item.shared_object_id
  const layer = shared.get(id) ?? layerFromConfig(item, where, readModel)
  if (id !== undefined) shared.set(id, layer)
  return layer
}

/** The options of a model itself. */
const optionsOf = ({ name, trainable }: JsonObject): GivenOptions => ({
  ...(typeof name === 'string' ? { name } : {}),
  ...(trainable === false ? { trainable } : {}),
})

/** The layers of a Sequential, of which each is made when those before it have their weights. */
function* layersInTurn(config: JsonObject, where: string, scope: Scope): Generator<Layer | SymbolicTensor> {
  for (const item of configs(config.layers, where)) {
    const layer = layerOf(item, where, scope)
    yield layer instanceof ModelInput ? (layer.connect([])[0] as SymbolicTensor) : layer
  }
}

function sequentialFromConfig(config: JsonObject, where: string, scope: Scope): LayersModel {
  const model = new SequentialModel(layersInTurn(config, where, scope), optionsOf(config))
  const shape = config.build_input_shape
  if (Array.isArray(shape)) model.build(shape as (number | null)[])
  return model
}

/** The calls of a layer. */
function nodesOf({ inbound_nodes: nodes = [] }: KerasConfig, where: string): JsonObject[] {
  if (!Array.isArray(nodes))
    failFormat(where, { expected: 'inbound_nodes in a list', got: describeValue(nodes) })
  return nodes.map((node, i) =>
    isJsonObject(node)
      ? node
      : failFormat(`${where}, inbound_nodes ${i}`, { expected: 'args and kwargs', got: describeValue(node) }),
  )
}

/** A call of a layer that has not been made yet. */
interface PendingNode {
  readonly layer: Layer
  /** Which of the layer's calls it is. */
  readonly index: number
  /** Its arguments. */
  read(find: FindTensor): readonly unknown[]
  call(args: readonly unknown[]): unknown
}

/** The calls of a layer or an operation. */
function pendingNodes(
  item: KerasConfig,
  layer: Layer,
  { operationArguments }: OperationReader,
  where: string,
): PendingNode[] {
  const operation = isOperation(item) ? (layer as OperationLayer) : null
  return nodesOf(item, `${where}, ${layer.where}`).map((node, index) => ({
    layer,
    index,
    read: (find) =>
      operation
        ? operationArguments(operation, item.config, node, ({ keras_history: history }) => find(history))
        : readArguments(node, layer, find),
    call: (args) => (operation ? operation.apply(args) : layer.called(args)),
  }))
}

function functionalFromConfig(config: JsonObject, where: string, scope: Scope, make: MakeModel): LayersModel {
  const items = configs(config.layers, where)
  const layers = items.map((item) => layerOf(item, where, scope))
  checkNames(where, layers)
  const byName: LayersByName = new Map(
    layers.map((layer) => [layer.name, { layer, firstNode: layer.nodes.length }]),
  )
  const pending = items.flatMap((item, i) => {
    const layer = layers[i] as Layer
    if (layer instanceof ModelInput) layer.connect([])
    return pendingNodes(item, layer, scope.operations, where)
  })
  makeCalls(pending, byName, where)
  const ends = (value: Json | undefined): SymbolicTensor[] =>
    endsOf(value, (name) => {
      const layer = byName.get(name)?.layer
      return layer !== undefined && isFunctional(layer)
    }).map((triple) => {
      const tensor = tensorOf(triple, byName)
      if (tensor) return tensor
      return fail(where, {
        expected: 'inputs and outputs that are layers of the model',
        got: describeValue(triple),
      })
    })
  const { input_layers: inputs, output_layers: outputs } = config
  const keys = { inputs: endKeys(inputs), outputs: endKeys(outputs) }
  const model = make(ends(inputs), ends(outputs), optionsOf(config), keys)
  const reached = new Set(model.graph.whole.topology.layers)
  const lost = layers.find((layer) => !reached.has(layer))
  if (lost) throw new ErrorToLoad(async () => (await import('./layerErrors.ts')).failBeside(lost, where))
  return model
}

/**
 * Makes all calls, each when its inputs exist and it is the next one of its layer. What must wait is tried again when a layer that it
 * waits for was called, so that the order in a file costs no time.
 */
function makeCalls(pending: readonly PendingNode[], byName: LayersByName, where: string): void {
  const waiting = new Map<string, PendingNode[]>()
  let left = pending.length
  for (const first of pending) {
    const ahead = [first]
    for (let next = ahead.pop(); next; next = ahead.pop()) {
      const { layer, index } = next
      const isNext = layer.nodes.length === (byName.get(layer.name)?.firstNode ?? 0) + index
      const missing = isNext ? called(next, byName) : layer.name
      if (missing !== null) {
        const others = waiting.get(missing)
        if (others) others.push(next)
        else waiting.set(missing, [next])
        continue
      }
      left--
      const ready = waiting.get(layer.name) ?? []
      waiting.delete(layer.name)
      // In the order in which they stand in the file.
      ahead.push(...ready.reverse())
    }
  }
  if (left === 0) return
  const names = [...waiting.values()].flat().map(({ layer }) => layer.name)
  throw new ErrorToLoad(async () => (await import('./layerErrors.ts')).failCycle(names, where))
}

/** Layers, each with the number of the first of its calls that belongs to the model: others may have called it before. */
type LayersByName = ReadonlyMap<string, { readonly layer: Layer; readonly firstNode: number }>

function tensorOf(history: Json | undefined, layers: LayersByName): SymbolicTensor | undefined {
  const [name, node, tensor] = Array.isArray(history) ? history : []
  const found = layers.get(String(name))
  return found?.layer.nodes[found.firstNode + Number(node)]?.outputs[Number(tensor)]
}

/** The layer that a reference to a tensor names. */
const nameIn = (history: Json | undefined): string => String(Array.isArray(history) ? history[0] : history)

/** Makes a call unless a tensor among its arguments does not exist yet; then it returns the name of that tensor's layer, else null. */
function called({ read, call }: PendingNode, layers: LayersByName): string | null {
  let missing: string | null = null
  const find: FindTensor = (history) => {
    const tensor = tensorOf(history, layers)
    if (!tensor) missing ??= nameIn(history)
    return tensor
  }
  const args = read(find)
  if (missing === null) call(args)
  return missing
}

/** Finds the tensor that a file means; undefined while it does not exist yet. */
type FindTensor = (history: Json | undefined) => SymbolicTensor | undefined

/** The arguments of a call as a user would write them. */
function readArguments({ args, kwargs }: JsonObject, layer: Layer, find: FindTensor): readonly unknown[] {
  const read = (value: Json | undefined): unknown => {
    if (Array.isArray(value)) return value.flatMap(read)
    if (!isKerasConfig(value)) return isJsonObject(value ?? null) ? readEach(value as JsonObject) : value
    return value.class_name === '__keras_tensor__' ? find(value.config.keras_history) : value
  }
  const readEach = (values: JsonObject): unknown => mapValues(values, read)
  const inputs = Array.isArray(args) ? args.map(read) : []
  const { given, masks } = withoutNamedMasks(isJsonObject(kwargs) ? kwargs : {})
  const options = Object.entries(given)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, read(value)])
  if (masks) options.push(['mask', masks.map((mask) => (mask === null ? null : read(mask)))])
  // Initial states may be arguments behind the input.
  const positional = layer.inputCount === 1 ? [inputs.flat().filter((input) => input !== null)] : inputs
  return [...positional, keysToCamelCase(Object.fromEntries(options))]
}

/** A call's arguments by name, and the masks that calls on query, value and key name one by one; null where there are none. */
function withoutNamedMasks(kwargs: JsonObject): { given: JsonObject; masks: readonly Json[] | null } {
  const names = NAMED_MASKS.map(toSnakeCase)
  const masks = names.map((name) => kwargs[name] ?? null)
  const given = Object.entries(kwargs).filter(([name]) => !names.includes(name))
  const count = masks.reduce<number>((last, mask, i) => (mask === null ? last : i + 1), 0)
  return { given: Object.fromEntries(given), masks: count > 0 ? masks.slice(0, Math.max(2, count)) : null }
}
