// A model of a part of another's graph. As in Keras 3 (clone_graph_nodes in keras/src/models/functional.py) a tensor in the middle of
// a graph becomes an input by an Input in its place, from which the layers behind it are called again: the same layers, with the
// same weights.

import { inputLayer, ModelInput } from '../layers/core/input.ts'
import type { Layer } from '../layers/layer.ts'
import { type LayerNode, mapTensors, nodeOf, type SymbolicTensor } from '../layers/symbolicTensor.ts'

/** The ends of a graph whose inputs are those of InputLayers: the given ones, or ones in their place. */
export function startAt(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): [inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]] {
  if (inputs.every(({ layer }) => layer instanceof ModelInput)) return [inputs, outputs]
  const copies = new Map(
    inputs.map((tensor) => [tensor, tensor.layer instanceof ModelInput ? tensor : inputLike(tensor)]),
  )
  const copy = (tensor: SymbolicTensor): SymbolicTensor => {
    if (!copies.has(tensor)) copyNode(nodeOf(tensor), tensor)
    return copies.get(tensor) as SymbolicTensor
  }
  const copyNode = (node: LayerNode, { layer }: SymbolicTensor): void => {
    const isSame = node.inputs.every((input) => copy(input) === input)
    const made = isSame ? node.outputs : repeatCall(layer, node, copy)
    node.outputs.forEach((output, i) => {
      copies.set(output, made[i] as SymbolicTensor)
    })
  }
  const ends = outputs.map(copy)
  return [inputs.map((tensor) => copies.get(tensor) as SymbolicTensor), ends]
}

/** Calls a layer once more as in an earlier call, on other tensors of the same shapes. */
const repeatCall = (
  layer: Layer,
  node: LayerNode,
  copy: (input: SymbolicTensor) => SymbolicTensor,
): readonly SymbolicTensor[] =>
  layer.addNode(
    {
      ...node,
      inputs: node.inputs.map(copy),
      options: mapTensors(node.options, copy),
      masks: node.masks.map((mask) => mask && copy(mask)),
    },
    node.outputs,
  )

const inputLike = ({ shape }: SymbolicTensor): SymbolicTensor =>
  inputLayer({ batchShape: shape }).connect([])[0] as SymbolicTensor
