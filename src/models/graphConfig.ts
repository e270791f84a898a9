// The config of a functional model: its layers, each with the calls of it that the model consists of, as Keras's files have them
// (serialize_node in keras/src/models/functional.py).

import { writeLayer } from '../layers/callable.ts'
import { isDataType } from '../layers/core/input.ts'
import { givesIntegers } from '../layers/integers.ts'
import type { Layer } from '../layers/layer.ts'
import type { LayerGraph } from '../layers/layerGraph.ts'
import {
  type LayerNode,
  nodeOf,
  type OwnOptions,
  oneOrAll,
  partsOf,
  SymbolicTensor,
} from '../layers/symbolicTensor.ts'
import { mapValues } from '../util/mapValues.ts'
import { isOptions } from '../util/options.ts'
import { isFunctional } from './isFunctional.ts'
import { NAMED_MASKS } from './namedMasks.ts'

/** A layer whose output is neither floats of its policy nor what an input gives. */
interface TypedOutput {
  readonly outputDtype: string
}

/** A layer whose states are nested as its cells are. */
export interface NestsStates {
  nested(states: readonly SymbolicTensor[]): readonly unknown[]
}

/** A layer that says itself what a call of it was given. */
interface WritesCalls {
  writeCall(node: LayerNode): CallArguments
}

/** A layer of which a call has lists of tensors among its arguments. */
interface PlacesInputs {
  placedInputs(inputs: readonly SymbolicTensor[], options: OwnOptions): readonly unknown[]
}

/** Classes whose calls have an argument for the mask, beside those of recurrent layers. */
const MASKED = [
  'BatchNormalization',
  'Functional',
  'GlobalAveragePooling1D',
  'Sequential',
  'Softmax',
  'TimeDistributed',
]

/** Keys of inputs and of outputs; undefined where these are a list. */
export interface EndKeys {
  readonly inputs?: readonly string[] | undefined
  readonly outputs?: readonly string[] | undefined
}

/** Ends as a model has them: by itself, as a list, or by keys. */
export const byKeys = (keys: EndKeys['inputs'], ends: readonly unknown[]): unknown =>
  keys ? Object.fromEntries(keys.map((key, i) => [key, ends[i]])) : oneOrAll(ends)

/** Whether files have a layer as a functional model, as which they have the Lambda of a Python text, too. */
const isWrittenAsModel = (layer: Layer): boolean => layer.publicName === 'Functional' || isFunctional(layer)

/** Layers, inputs and outputs of a graph. A layer's calls are counted without those that belong to other models. */
export function graphConfig(
  { inputs, outputs, topology }: LayerGraph,
  keys: EndKeys,
): Record<string, unknown> {
  const nodes = new Set(topology.calls.map(({ node }) => node))
  const nodesOf = (layer: Layer): LayerNode[] => layer.nodes.filter((node) => nodes.has(node))
  const historyOf = (tensor: SymbolicTensor): unknown[] => [
    tensor.layer.name,
    nodesOf(tensor.layer).indexOf(nodeOf(tensor)),
    tensor.tensorIndex,
  ]
  // As an output, and only there, Keras counts the calls of a functional model from 1 (formats/config/modelEnds.ts).
  const endOf = (tensor: SymbolicTensor): unknown[] =>
    historyOf(tensor).map((part, i) => (i === 1 && isWrittenAsModel(tensor.layer) ? Number(part) + 1 : part))
  const write = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(write)
    if (isOptions(value)) return mapValues(value, write)
    if (!(value instanceof SymbolicTensor)) return value
    const { shape } = value
    const config = { shape, dtype: dtypeOf(value.layer), kerasHistory: historyOf(value) }
    return { className: '__keras_tensor__', config }
  }
  const layers = topology.layers.map((layer) => ({
    ...(writeLayer(layer) as object),
    name: layer.name,
    inboundNodes: nodesOf(layer).flatMap((node) => {
      // The call of an input has no arguments.
      if (layer.className === 'InputLayer') return []
      const { args, kwargs } = argumentsOf(layer, node)
      return {
        args: args.map(write),
        kwargs: Object.fromEntries(kwargs.map(([key, value]) => [key, write(value)])),
      }
    }),
  }))
  numberShared(layers, topology.layers)
  return {
    layers,
    inputLayers: byKeys(keys.inputs, inputs.map(historyOf)),
    outputLayers: byKeys(keys.outputs, outputs.map(endOf)),
  }
}

/** A layer of a config. */
type WrittenLayer = Record<string, unknown>

/** The layers of a config inside that of a model, beside the model's. */
const innerLayers = (written: WrittenLayer): readonly WrittenLayer[] => {
  const config = written.config as { readonly layers?: readonly WrittenLayer[] } | undefined
  return config?.layers ?? []
}

/** Gives a layer that several models in a model have a number, the same one in each, by which a reader makes one of it. */
function numberShared(written: readonly WrittenLayer[], layers: readonly Layer[]): void {
  const places = new Map<Layer, WrittenLayer[]>()
  const visit = (entry: WrittenLayer, layer: Layer | undefined): void => {
    if (layer === undefined) return
    const found = places.get(layer)
    places.set(layer, [...(found ?? []), entry])
    const inner = innerLayers(entry)
    // A Sequential's input is no part of it.
    const first = inner.length - layer.parts.length
    if (first >= 0)
      layer.parts.forEach((part, i) => {
        visit(inner[first + i] as WrittenLayer, part)
      })
  }
  written.forEach((entry, i) => {
    visit(entry, layers[i])
  })
  let count = 0
  for (const entries of places.values()) {
    if (entries.length < 2) continue
    count++
    for (const entry of entries) entry.sharedObjectId = count
  }
}

/** The dtype of what a layer gives. */
export function dtypeOf(layer: Layer): string {
  if ('outputDtype' in layer) return (layer as Layer & TypedOutput).outputDtype
  const { dtype } = layer.given
  if (isDataType(dtype)) return dtype
  if (givesIntegers(layer)) return 'int32'
  return layer.dtypePolicy === 'mixed_float16' ? 'float16' : 'float32'
}

interface CallArguments {
  readonly args: readonly unknown[]
  readonly kwargs: readonly (readonly [name: string, value: unknown])[]
}

/** A call's arguments as Keras keeps them: inputs by place, all else by name, without what is left at its default. */
function argumentsOf(layer: Layer, node: LayerNode): CallArguments {
  if ('writeCall' in layer) return (layer as Layer & WritesCalls).writeCall(node)
  const { options, masks, training } = node
  const given = Object.entries(layer.callOptions).flatMap(([name, { fallback }]) => {
    const value = options[name]
    return value === undefined || value === null || value === fallback ? [] : [[name, value] as const]
  })
  const { inputs, states } = partsOf(node, node.inputs)
  const nested = 'nested' in layer ? (layer as Layer & NestsStates) : null
  const kwargs: (readonly [name: string, value: unknown])[] = [...given]
  if (states.length > 0) kwargs.push(['initialState', oneOrAll(nested?.nested(states) ?? states)])
  const takesMask = layer.takesStates || MASKED.includes(layer.publicName) || isFunctional(layer)
  if (masks.some((mask) => mask !== null)) kwargs.push(...masksOf(layer, masks))
  // Keras names the mask of a call on one tensor also where there is none.
  else if (takesMask && node.inputs.length === 1) kwargs.push(['mask', null])
  if (training !== null) kwargs.push(['training', training])
  return { args: placed(layer, inputs, options), kwargs }
}

/** The arguments by place: a list of inputs, or input for input; of cells the input and the states. */
function placed(layer: Layer, inputs: readonly SymbolicTensor[], options: OwnOptions): readonly unknown[] {
  if ('placedInputs' in layer) return (layer as Layer & PlacesInputs).placedInputs(inputs, options)
  const [input, ...others] = inputs
  if ('nested' in layer && !layer.takesStates) return [input, (layer as Layer & NestsStates).nested(others)]
  return layer.inputCount === 1 ? [oneOrAll(inputs)] : inputs
}

const masksOf = (layer: Layer, masks: LayerNode['masks']): (readonly [name: string, value: unknown])[] =>
  layer.inputCount === NAMED_MASKS.length
    ? masks.flatMap((mask, i) => (mask ? [[NAMED_MASKS[i] ?? '', mask] as const] : []))
    : [['mask', oneOrAll(masks)]]
