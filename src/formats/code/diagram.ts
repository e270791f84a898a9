// What a plot of a model shows: boxes of layers, frames of models inside, and arrows of tensors.

import type { Layer } from '../../layers/layer.ts'
import type { LayerGraph } from '../../layers/layerGraph.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { dtypeOf } from '../../models/graphConfig.ts'
import { GraphModel } from '../../models/graphModel.ts'
import { formatShapes } from '../../models/summary.ts'

/** What boxes say. */
export interface Labels {
  readonly showShapes: boolean
  readonly showDtype: boolean
  readonly showLayerNames: boolean
  readonly showLayerActivations: boolean
  readonly showTrainable: boolean
  readonly expandNested: boolean
}

/** A layer. */
export interface Box {
  readonly id: string
  readonly lines: readonly string[]
}

/** A model inside another, with what is in it. */
export interface Frame extends Box {
  readonly parts: readonly (Box | Frame)[]
}

export interface Diagram {
  readonly name: string
  readonly parts: readonly (Box | Frame)[]
  readonly arrows: readonly (readonly [from: string, to: string])[]
}

export const isFrame = (part: Box | Frame): part is Frame => 'parts' in part

/** Where arrows to a layer end, for each of its inputs, and where those from it begin, for each of its outputs. */
interface Ends {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export function diagramOf(model: GraphModel, labels: Labels): Diagram {
  const arrows = new Map<string, readonly [string, string]>()
  let boxes = 0

  const draw = (graph: LayerGraph): { parts: (Box | Frame)[]; endsOf: (layer: Layer) => Ends } => {
    const ends = new Map<Layer, Ends>()
    const parts = graph.topology.layers.map((layer) => {
      const id = `layer_${boxes++}`
      const lines = linesOf(layer, graph, labels)
      if (!labels.expandNested || !(layer instanceof GraphModel)) {
        ends.set(layer, { inputs: [id], outputs: [id] })
        return { id, lines }
      }
      const inner = draw(layer.graph)
      const { inputs, outputs } = layer.graph
      const placed = (tensors: readonly SymbolicTensor[], side: 'inputs' | 'outputs'): string[] =>
        tensors.map((tensor) => outputOf(inner.endsOf(tensor.layer)[side], tensor.tensorIndex))
      ends.set(layer, { inputs: placed(inputs, 'inputs'), outputs: placed(outputs, 'outputs') })
      return { id, lines, parts: inner.parts }
    })
    const endsOf = (layer: Layer): Ends => ends.get(layer) ?? { inputs: [], outputs: [] }
    for (const { layer, node } of graph.topology.calls) {
      node.inputs.forEach((tensor, i) => {
        const from = outputOf(endsOf(tensor.layer).outputs, tensor.tensorIndex)
        const to = outputOf(endsOf(layer).inputs, i)
        arrows.set(`${from} ${to}`, [from, to])
      })
    }
    return { parts, endsOf }
  }

  const { parts } = draw(model.graph)
  return { name: model.name, parts, arrows: [...arrows.values()] }
}

/** The end of one tensor: a layer that is one box has the same for all. */
const outputOf = (ends: readonly string[], index: number): string => ends[index] ?? ends[0] ?? ''

function linesOf(layer: Layer, { topology }: LayerGraph, labels: Labels): string[] {
  const node = topology.calls.find((call) => call.layer === layer)?.node ?? layer.nodes[0]
  const shapes = (tensors: readonly SymbolicTensor[]): string =>
    formatShapes(tensors.map(({ shape }) => shape))
  const lines = [labels.showLayerNames ? `${layer.name} (${layer.className})` : layer.className]
  const activation: unknown = layer.getConfig().activation
  if (labels.showLayerActivations && typeof activation === 'string') lines.push(`Activation: ${activation}`)
  if (labels.showShapes && node) {
    if (node.inputs.length > 0) lines.push(`Input shape: ${shapes(node.inputs)}`)
    lines.push(`Output shape: ${shapes(node.outputs)}`)
  }
  if (labels.showDtype) lines.push(`Output dtype: ${dtypeOf(layer)}`)
  if (labels.showTrainable) lines.push(`Trainable: ${layer.trainable ? 'yes' : 'no'}`)
  return lines
}
