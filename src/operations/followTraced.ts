// What a call of a function of `ops` was traced to: the calls of layers that it consists of.

import type { Layer } from '../layers/layer.ts'
import { type LayerNode, nodeOf, type OwnOptions, SymbolicTensor } from '../layers/symbolicTensor.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import { isOptions } from '../util/options.ts'

/** What a call was given, and the tensors that were made of it. */
export interface Traced extends OwnOptions {
  /** The arguments of the function, with the symbolic tensors of the first call. */
  readonly args: readonly unknown[]
  /** The symbolic tensors among the arguments, in order, and the results. */
  readonly inputs: readonly SymbolicTensor[]
  readonly outputs: readonly SymbolicTensor[]
}

/** Symbolic tensors in an argument, which may be a list or an object of options. */
export function tensorsAmong(value: unknown): readonly SymbolicTensor[] {
  if (value instanceof SymbolicTensor) return [value]
  if (Array.isArray(value)) return value.flatMap(tensorsAmong)
  return isOptions(value) ? Object.values(value).flatMap(tensorsAmong) : []
}

/** Follows what a call was traced to: from what its inputs are, what its results are. */
export function follow<T>(
  { inputs, outputs }: Traced,
  given: readonly T[],
  call: (layer: Layer, node: LayerNode, inputs: readonly T[]) => readonly T[],
): readonly T[] {
  const found = new Map<SymbolicTensor, T>(inputs.map((tensor, i) => [tensor, given[i] as T]))
  const find = (tensor: SymbolicTensor): T => {
    if (!found.has(tensor)) {
      const node = nodeOf(tensor)
      const results = call(tensor.layer, node, node.inputs.map(find))
      node.outputs.forEach((output, i) => {
        found.set(output, results[i] as T)
      })
    }
    return found.get(tensor) as T
  }
  return outputs.map(find)
}

/** The layers that a call was traced to. */
export function layersOf(traced: Traced): readonly Layer[] {
  const layers = new Set<Layer>()
  follow<null>(traced, [], (layer, node) => {
    layers.add(layer)
    return node.outputs.map(() => null)
  })
  return [...layers]
}

/** A weight that a call computes with; undefined where there is none. */
export function weightIn(traced: Traced): DrawnVariable | undefined {
  const operands: unknown[] = []
  follow<null>(traced, [], (_, node) => {
    operands.push(...Object.values(node.options).flat())
    return node.outputs.map(() => null)
  })
  return operands.find(
    (operand): operand is DrawnVariable => operand instanceof DrawnVariable && operand.kind !== 'constant',
  )
}
