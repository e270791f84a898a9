// Masks that a functional model names where they come with its tensors anyway: Keras 3.16 writes the operations that make them into the
// model, and each layer's mask as an argument of its call. Formats that have no operations leave these out.

import { mapValues } from '../../util/mapValues.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import { isJsonObject, type Json, type JsonObject, namedIn } from './json.ts'
import { historyOf } from './kerasTensor.ts'

/** Layers whose output has the mask of their first input. */
const PASSING: ReadonlySet<string> = new Set(
  (
    'Activation AlphaDropout BatchNormalization Dense Dropout ELU GaussianDropout GaussianNoise GroupNormalization Identity ' +
    'LayerNormalization LeakyReLU MultiHeadAttention PReLU RMSNormalization ReLU SpatialDropout1D UnitNormalization'
  ).split(' '),
)
/** Operations that make masks. */
const OF_MASKS: ReadonlySet<string> = new Set(['Any', 'NotEqual'])

/** A call of a layer: its arguments by place, and by name. */
interface Call {
  readonly args: readonly Json[]
  readonly kwargs: JsonObject
}

const isOfMask = ({ class_name: name, module }: KerasConfig): boolean =>
  OF_MASKS.has(name) && String(module).startsWith('keras.src.ops')

class Graph {
  readonly #layers: ReadonlyMap<Json | undefined, KerasConfig>

  constructor(layers: readonly KerasConfig[]) {
    this.#layers = new Map(layers.map((layer) => [layer.config.name, layer]))
  }

  #producer(tensor: Json | undefined): { readonly layer: KerasConfig; readonly call: Call } | null {
    const [name, place] = historyOf(tensor) ?? []
    const layer = this.#layers.get(name)
    const node = Array.isArray(layer?.inbound_nodes) ? layer.inbound_nodes[Number(place)] : undefined
    if (!layer || !isJsonObject(node)) return null
    const { args, kwargs } = node
    return {
      layer,
      call: { args: Array.isArray(args) ? args : [], kwargs: isJsonObject(kwargs) ? kwargs : {} },
    }
  }

  /** What a mask compares, as a text that is the same for the same mask; null for other tensors. */
  maskOf(tensor: Json | undefined): string | null {
    const made = this.#producer(tensor)
    if (made === null || !isOfMask(made.layer)) return null
    const [first, second] = made.call.args
    if (made.layer.class_name === 'NotEqual') return unequal(first, second)
    const axis = made.call.kwargs.axis ?? made.layer.config.axis
    const inner = this.maskOf(first)
    return axis === -1 && inner !== null ? `any ${inner}` : null
  }

  /** The mask that comes with a tensor, alike; null where none does, or it is not known. */
  impliedOf(tensor: Json | undefined): string | null {
    const made = this.#producer(tensor)
    if (made === null) return null
    const { class_name: name, config } = made.layer
    const [input] = made.call.args
    if (name === 'Embedding') return config.mask_zero === true ? unequal(input, 0) : null
    if (name === 'Masking') return `any ${unequal(input, config.mask_value ?? 0)}`
    return PASSING.has(name) ? this.impliedOf(input) : null
  }
}

const unequal = (tensor: Json | undefined, value: Json | undefined): string =>
  `${JSON.stringify(historyOf(tensor))} ≠ ${JSON.stringify(Number(value))}`

/** The config without masks that come with the tensors, and without operations that nothing else reads. */
export function withoutImpliedMasks(written: KerasConfig): KerasConfig {
  const { layers: given } = written.config
  if (!Array.isArray(given) || !('input_layers' in written.config)) return written
  const layers = given.filter(isKerasConfig)
  if (!layers.some(isOfMask)) return written
  const graph = new Graph(layers)
  const called = layers.map((layer): KerasConfig => {
    const { inbound_nodes: nodes } = layer
    return Array.isArray(nodes)
      ? { ...withoutImpliedMasks(layer), inbound_nodes: nodes.map((node) => withoutMask(node, graph)) }
      : layer
  })
  return { ...written, config: { ...written.config, layers: inUse(called, written.config.output_layers) } }
}

/** Arguments that are masks, with the places of the inputs that they are for. */
const OF_INPUTS: Readonly<Record<string, number>> = { mask: 0, query_mask: 0, value_mask: 1, key_mask: 2 }

/** A call without the masks that its inputs have. */
function withoutMask(node: Json, graph: Graph): Json {
  if (!isJsonObject(node) || !isJsonObject(node.kwargs) || !Array.isArray(node.args)) return node
  const { args, kwargs } = node
  const isImplied = (value: Json, name: string): boolean => {
    const place = namedIn(OF_INPUTS, name)
    const mask = place === undefined ? null : graph.maskOf(value)
    return mask !== null && mask === graph.impliedOf(args[place ?? 0])
  }
  return { ...node, kwargs: mapValues(kwargs, (value, name) => (isImplied(value, name) ? null : value)) }
}

/** Layers, and those operations that make masks of which others read something. */
function inUse(layers: KerasConfig[], outputs: Json | undefined): KerasConfig[] {
  const read = new Set<Json | undefined>()
  const visit = (value: Json | undefined): void => {
    // Outputs are told by their places alone.
    const origin = historyOf(value) ?? (Array.isArray(value) && typeof value[0] === 'string' ? value : null)
    if (origin) read.add(origin[0])
    else if (Array.isArray(value)) value.forEach(visit)
    else if (isJsonObject(value)) Object.values(value).forEach(visit)
  }
  for (const { inbound_nodes: nodes } of layers) visit(nodes)
  visit(outputs)
  const left = layers.filter((layer) => !isOfMask(layer) || read.has(layer.config.name))
  return left.length < layers.length ? inUse(left, outputs) : layers
}
