// What a plot of a model shows: boxes of layers, frames of models inside, and arrows of tensors.

import type { Layer } from '../../layers/layer.ts'
import type { LayerGraph } from '../../layers/layerGraph.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { isWeight } from '../../layers/weights/variable.ts'
import { withParts } from '../../layers/withParts.ts'
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
  /** What the layer is: where data come in, a layer with weights, one without, or a model. */
  readonly kind: 'input' | 'weights' | 'plain' | 'model'
  readonly title: string
  /** What else is said of it: `['Output shape', '(None, 4)']`. */
  readonly facts: readonly (readonly [name: string, value: string])[]
}

/** A model inside another, with what is in it. */
export interface Frame extends Box {
  readonly parts: readonly (Box | Frame)[]
}

/** From the id of a box to that of another; a frame has none of its own. */
type Arrow = readonly [from: string, to: string]

export interface Diagram {
  readonly name: string
  readonly parts: readonly (Box | Frame)[]
  readonly arrows: readonly Arrow[]
}

export const isFrame = (part: Box | Frame): part is Frame => 'parts' in part

/** Where arrows to a layer end, for each of its inputs, and where those from it begin, for each of its outputs. */
interface Ends {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export function diagramOf(model: GraphModel, labels: Labels): Diagram {
  const arrows = new Map<string, Arrow>()
  let boxes = 0

  const draw = (graph: LayerGraph): { parts: (Box | Frame)[]; endsOf: (layer: Layer) => Ends } => {
    const ends = new Map<Layer, Ends>()
    const parts = graph.topology.layers.map((layer) => {
      const box = boxOf(`layer_${boxes++}`, layer, graph, labels)
      if (!labels.expandNested || !(layer instanceof GraphModel)) {
        ends.set(layer, { inputs: [box.id], outputs: [box.id] })
        return box
      }
      const inner = draw(layer.graph)
      const { inputs, outputs } = layer.graph
      const placed = (tensors: readonly SymbolicTensor[], side: 'inputs' | 'outputs'): string[] =>
        tensors.map((tensor) => outputOf(inner.endsOf(tensor.layer)[side], tensor.tensorIndex))
      ends.set(layer, { inputs: placed(inputs, 'inputs'), outputs: placed(outputs, 'outputs') })
      return { ...box, parts: inner.parts }
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

function boxOf(id: string, layer: Layer, { topology }: LayerGraph, labels: Labels): Box {
  const node = topology.calls.find((call) => call.layer === layer)?.node ?? layer.nodes[0]
  const shapes = (tensors: readonly SymbolicTensor[]): string =>
    formatShapes(tensors.map(({ shape }) => shape))
  const facts: [string, string][] = []
  const activation: unknown = layer.getConfig().activation
  if (labels.showLayerActivations && typeof activation === 'string') facts.push(['Activation', activation])
  if (labels.showShapes && node) {
    if (node.inputs.length > 0) facts.push(['Input shape', shapes(node.inputs)])
    facts.push(['Output shape', shapes(node.outputs)])
  }
  if (labels.showDtype) facts.push(['Output dtype', dtypeOf(layer)])
  if (labels.showTrainable && hasWeights(layer)) facts.push(['Trainable', layer.trainable ? 'yes' : 'no'])
  const title = labels.showLayerNames ? `${layer.name} (${layer.className})` : layer.className
  return { id, kind: kindOf(layer, node?.inputs.length === 0), title, facts }
}

const hasWeights = (layer: Layer): boolean =>
  withParts([layer]).some(({ variables }) => variables.some(isWeight))

function kindOf(layer: Layer, isInput: boolean): Box['kind'] {
  if (layer instanceof GraphModel) return 'model'
  if (isInput) return 'input'
  return hasWeights(layer) ? 'weights' : 'plain'
}
