// A call of a layer as it becomes nodes of an ONNX graph, and what a table of layers has of each class.

import { impossible } from '../../errors.ts'
import type { Layer } from '../../layers/layer.ts'
import type { LayerGraph } from '../../layers/layerGraph.ts'
import type { OwnOptions } from '../../layers/symbolicTensor.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import type { OnnxGraph, OnnxValue } from './graph.ts'

/** A tensor with its mask, floats [batch, …] that are 0 where it is not valid; null where all is. */
export interface MaskedOnnx {
  readonly value: OnnxValue
  readonly mask: OnnxValue | null
}

/** What a layer is called on. */
export interface OnnxRequest {
  readonly inputs: readonly OnnxValue[]
  readonly states?: readonly OnnxValue[]
  /** Options of the call, with tensors of the graph for symbolic ones. */
  readonly options?: OwnOptions
  /** The mask of each input. */
  readonly masks?: readonly (OnnxValue | null)[]
}

/** The graph that layers add to. */
export interface OnnxStep {
  readonly graph: OnnxGraph
  /** The same for a graph inside a node. */
  on(graph: OnnxGraph): OnnxStep
  /** Adds a call of a layer. */
  layer(layer: Layer, request: OnnxRequest): readonly MaskedOnnx[]
  /** Adds all calls of a graph of layers. */
  layers(graph: LayerGraph, given: readonly MaskedOnnx[]): readonly MaskedOnnx[]
  /** The state of a stateful layer, which is an input of the file's graph. */
  state(variable: Variable): OnnxValue
  /** Sets it, which is an output. */
  update(variable: Variable, value: OnnxValue): void
}

/** One call of a layer. */
export interface OnnxCall<L extends Layer = Layer> {
  readonly layer: L
  readonly step: OnnxStep
  readonly graph: OnnxGraph
  readonly inputs: readonly [OnnxValue, ...OnnxValue[]]
  readonly states: readonly OnnxValue[]
  readonly masks: readonly (OnnxValue | null)[]
  readonly options: OwnOptions
}

/** Adds the nodes of a call; a result without a mask has none, or where masks pass through the layer that of the first input. */
export type Lowering<L extends Layer = Layer> = (call: OnnxCall<L>) => readonly (OnnxValue | MaskedOnnx)[]

/** Lowerings by the names of classes. */
export type Lowerings = Readonly<Record<string, Lowering<never>>>

/** The weights of a layer, which has some once it was called. */
export function weightsOf<Weights>(layer: {
  readonly builtWeights: Weights | null
  readonly where: string
}): Weights {
  if (layer.builtWeights === null) impossible(`${layer.where} is not built`)
  return layer.builtWeights
}
