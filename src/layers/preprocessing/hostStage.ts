// The part of a model that is the host's: its first layers, where they look words or integers up. The device's part begins with what
// those give.

import { fail } from '../../errors.ts'
import type { Layer } from '../layer.ts'
import type { LayerGraph } from '../layerGraph.ts'
import type { LayerNode, SymbolicTensor } from '../symbolicTensor.ts'
import type { HostLayer } from './hostLayer.ts'

/** Whether a layer computes on the host. */
export const isHostLayer = (layer: Layer): layer is HostLayer => 'prepare' in layer

const nodeOf = ({ layer, nodeIndex }: SymbolicTensor): LayerNode => layer.nodes[nodeIndex] as LayerNode

/** What a tensor consists of on the host: words, or numbers. */
const isText = ({ layer }: SymbolicTensor): boolean =>
  isHostLayer(layer) ? layer.givesStrings : layer.given.dtype === 'string'

/** The input of a model that layers on the host make a tensor of; the tensor itself where none does. */
export function sourceOf(tensor: SymbolicTensor): SymbolicTensor {
  const [input] = isHostLayer(tensor.layer) ? nodeOf(tensor).inputs : []
  return input ? sourceOf(input) : tensor
}

/** Whether layers on the host make an input of a step of what the user gives. */
export const isHosted = ({ inputs }: Pick<LayerGraph, 'inputs'>): boolean =>
  inputs.some((input) => sourceOf(input) !== input)

/** What layers on the host make of the data of a tensor's source. */
export function hostValue(tensor: SymbolicTensor, given: unknown, where: string): unknown {
  const { layer } = tensor
  const [input] = nodeOf(tensor).inputs
  if (!isHostLayer(layer) || !input) return given
  return layer.prepare(hostValue(input, given, where), where, [
    input.shape.length,
    input.shape.at(-1) ?? null,
  ])
}

/** The graph that begins behind the layers on the host; the same where there are none. */
export function cutAtHost(where: string, graph: LayerGraph): LayerGraph {
  const { inputs, outputs, topology } = graph
  const hosted = topology.calls.filter(({ layer }) => isHostLayer(layer))
  const onHost = new Set(inputs)
  for (const { layer, node } of hosted) {
    const [input] = node.inputs
    if (!input || !onHost.has(input)) {
      fail(layer.where, {
        expected: 'an input of the model, since it computes on the host',
        got: `what ${input?.layer.where} computes on the device`,
        remedy: 'Put the layer first.',
      })
    }
    for (const output of node.outputs) onHost.add(output)
  }
  const others = topology.calls.filter(({ layer, node }) => !isHostLayer(layer) && node.inputs.length > 0)
  for (const { layer, node } of others) {
    const text = node.inputs.find(isText)
    if (text)
      fail(layer.where, {
        expected: 'numbers',
        got: `the words of ${text.layer.where}`,
        remedy:
          'Words go to TextVectorization, StringLookup or Hashing; a model of such layers is not one of another.',
      })
  }
  if (hosted.length === 0) return graph
  const words = outputs.find(isText)
  if (words) {
    fail(words.layer.where, {
      expected: 'to be called on data, since it gives words, which no device has',
      got: 'a model that ends with it',
    })
  }
  const read = new Set([...outputs, ...others.flatMap(({ node }) => node.inputs)])
  const begin = [...onHost].filter((tensor) => read.has(tensor))
  const ends = new Set(begin.map(sourceOf))
  const unused = inputs.find((input) => !ends.has(input))
  if (unused)
    fail(where, { expected: 'inputs that layers read', got: `"${unused.layer.name}", which none does` })
  // In the order of the inputs that the user gives.
  const ordered = inputs.flatMap((input) => begin.filter((tensor) => sourceOf(tensor) === input))
  const dropped = new Set(inputs.filter((input) => !read.has(input)))
  const calls = topology.calls.filter(
    ({ layer, node }) => !isHostLayer(layer) && !node.outputs.some((output) => dropped.has(output)),
  )
  return { inputs: ordered, outputs, topology: { ...topology, calls } }
}
