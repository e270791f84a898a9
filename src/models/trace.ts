// Functions of symbolic tensors as graphs: what a user writes of `ops` and layers runs once, on inputs of the shapes that are known, and
// leaves a graph, which is a part of each step that is compiled.

import { describeValue, fail } from '../errors.ts'
import { inputLayer } from '../layers/input.ts'
import { Layer } from '../layers/layer.ts'
import { keepingNames } from '../layers/naming.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { OpenShape } from '../util/shape.ts'
import type { LayerGraph } from './layerGraph.ts'
import { findTopology } from './topology.ts'

/** Runs a function on inputs of these shapes; the names of its operations count for nobody else. */
export function trace(
  where: string,
  shapes: readonly OpenShape[],
  fn: (...inputs: readonly SymbolicTensor[]) => unknown,
): LayerGraph {
  return keepingNames(() => {
    const inputs = shapes.map((shape) => inputLayer({ batchShape: shape }).connect([])[0] as SymbolicTensor)
    const result = fn(...inputs)
    const outputs: readonly unknown[] = Array.isArray(result) ? result.flat(2) : [result]
    const wrong = outputs.find((output) => !(output instanceof SymbolicTensor))
    if (outputs.length === 0 || wrong !== undefined || outputs.includes(undefined)) {
      fail(where, {
        expected: 'a symbolic tensor, or a list of them, as its result',
        got: wrong instanceof Layer ? wrong.where : describeValue(outputs.length === 0 ? result : wrong),
        remedy: 'Compute it by ops and layers from the arguments, and return it.',
      })
    }
    const tensors = outputs as readonly SymbolicTensor[]
    return { inputs, outputs: tensors, topology: findTopology(where, inputs, tensors, false) }
  })
}
