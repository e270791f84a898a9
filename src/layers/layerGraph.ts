// The graph of a model's layers: the shapes of its outputs for shapes of its inputs, and its operations in a step. A model inside
// another is a layer there, whose operations are those of its layers.

import { fail, impossible } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { maskWeights } from '../ops/masks.ts'
import { type OpenShape, type Shape, showShape } from '../util/shape.ts'
import type { MaskedValue, StepLowering } from './call.ts'
import { checkMasks, followMasks, type MaskAxes, maskAxesOf } from './masks.ts'
import { mapTensors, partsOf, SymbolicTensor } from './symbolicTensor.ts'
import type { Topology } from './topology.ts'

export interface LayerGraph {
  /**
   * The model that it is the inside of. Inputs of an adaptable one may have other extents than those for which it was made, as far as its
   * layers take them: no Input has declared these, but the first data or the first call gave them, as in Keras. A class may say what its
   * steps do, and may have no outputs then.
   */
  readonly model?:
    | { readonly adapts?: boolean; readonly hasOwnSteps?: boolean; readonly hasOutputs?: boolean }
    | undefined
  readonly inputs: readonly SymbolicTensor[]
  readonly outputs: readonly SymbolicTensor[]
  readonly topology: Topology
}

/** A call of a layer, with what is known of each tensor. */
export interface FollowedCall<T> extends Pick<Topology['calls'][number], 'layer' | 'node'> {
  readonly inputs: readonly T[]
  readonly states: readonly T[]
  find(tensor: SymbolicTensor): T
}

/** Follows the calls of a graph: `call` gives what a call's outputs are, from what its inputs are. */
export function followGraph<T>(
  { inputs, outputs, topology }: LayerGraph,
  given: readonly T[],
  call: (call: FollowedCall<T>) => readonly T[],
): T[] {
  const found = new Map<SymbolicTensor, T>(inputs.map((tensor, i) => [tensor, given[i] as T]))
  const find = (tensor: SymbolicTensor): T => found.get(tensor) as T
  for (const { layer, node } of topology.calls) {
    if (node.outputs.every((output) => found.has(output))) continue
    const results = call({ layer, node, ...partsOf(node, node.inputs.map(find)), find })
    node.outputs.forEach((output, i) => {
      found.set(output, results[i] as T)
    })
  }
  return outputs.map(find)
}

/** Whether a shape fits a declared one, whose open extents may be any; the batch counts as open. */
export const fitsShape = (shape: OpenShape, declared: OpenShape): boolean =>
  shape.length === declared.length &&
  declared.every(
    (extent, axis) => axis === 0 || extent === null || shape[axis] === null || shape[axis] === extent,
  )

/** Checks the shapes that a model is called on as a layer, and gives those of its outputs. */
export function shapesThrough(graph: LayerGraph, where: string, given: readonly OpenShape[]): OpenShape[] {
  const { inputs } = graph
  if (given.length !== inputs.length) {
    fail(where, {
      expected: inputs.length === 1 ? 'one input' : `${inputs.length} inputs`,
      got: `${given.length}`,
    })
  }
  given.forEach((shape, i) => {
    const { shape: declared = [], layer } = inputs[i] ?? {}
    if (!graph.model?.adapts && !fitsShape(shape, declared)) {
      fail(inputs.length === 1 ? where : `${where}, input "${layer?.name}"`, {
        expected: `input ${showShape(declared)}`,
        got: showShape(shape),
      })
    }
  })
  return followGraph(graph, given, ({ layer, node, inputs: shapes, find }) => {
    const options = mapTensors(
      node.options,
      (tensor) => new SymbolicTensor(find(tensor), tensor.layer, tensor.nodeIndex, tensor.tensorIndex),
    )
    checkMasks(
      layer,
      node.masks.map((mask) => (mask ? find(mask) : [])),
      shapes,
    )
    return layer.outputShapes(shapes, node.inputs[0]?.layer, options, maskAxesOf(node.inputs, node.masks))
  })
}

/** For the masks that come to a model as a layer those of its outputs. */
export const masksThrough = (graph: LayerGraph, given: MaskAxes): MaskAxes =>
  followGraph(graph, given, ({ layer, node, inputs }) =>
    followMasks(
      layer,
      node.inputs.map(({ shape }) => shape).slice(0, inputs.length),
      inputs,
      node.masks,
      node.options,
    ),
  )

/** Whether an input or an output has an extent beside its batch that only data give. */
export const isOpen = ({ inputs, outputs }: Pick<LayerGraph, 'inputs' | 'outputs'>): boolean =>
  [...inputs, ...outputs].some(({ shape }) => shape.includes(null, 1))

/** Shapes of one sample of each output, for those of each input; throws where a layer does not take these. */
export function outputSamples(graph: LayerGraph, inputs: readonly Shape[], where = ''): Shape[] {
  const shapes = isOpen(graph)
    ? shapesThrough(
        graph,
        where,
        inputs.map((shape, i) => [graph.inputs[i]?.shape[0] ?? null, ...shape]),
      )
    : graph.outputs.map(({ shape }) => shape)
  return shapes.map((shape) => shape.slice(1) as Shape)
}

/** Makes a graph a part of a step: adds the operations of its layers. */
export function lowerGraph(
  graph: LayerGraph,
  step: StepLowering,
  given: readonly MaskedValue[],
  training: boolean,
): MaskedValue[] {
  return followGraph(graph, given, ({ layer, node, inputs, states, find }) => {
    const lowered = (tensor: SymbolicTensor): Value => find(tensor).value
    const results = layer.lowerIn(step, {
      inputs: inputs.map(({ value }) => value),
      states: states.map(({ value }) => value),
      options: mapTensors(node.options, lowered),
      attached: inputs.map(({ mask }) => mask),
      // Recurrences ask of a mask whether it is 0; all other layers have masks of ones and zeros.
      given: node.masks.map((mask) => {
        if (mask === null || layer.takesStates) return mask && lowered(mask)
        return maskWeights(step.graph, { mask: lowered(mask) }, {}).plain
      }),
      training: node.training ?? training,
    })
    node.outputs.forEach(({ shape }, i) => {
      const got = results[i]?.value.shape
      const fits = graph.model?.adapts ? got?.length === shape.length : got && fitsShape(got, shape)
      if (!fits) impossible(`${layer.where} gave [${got}] for [${shape}]`)
    })
    return results
  })
}
