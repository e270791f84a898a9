// The products of a ConvLSTM's inputs in training with dropout, where each gate sees the inputs through a separate mask.

import type { Graph, Value } from '../../graph/graph.ts'
import { concat, copyColumns } from '../../ops/columns.ts'
import { dropout } from '../../ops/dropout.ts'
import { reshape } from '../../ops/view.ts'
import { lastOf } from '../../util/shape.ts'
import { GATE_STREAM, type GateProduct, type InputDropout, type ProductTensors } from './gateDropout.ts'

/** Adds x·W + b by a product for each gate, side by side. */
export function framesByGate(
  graph: Graph,
  { x, kernel, bias, gates }: GateProduct,
  drop: InputDropout,
  product: (tensors: ProductTensors) => Value,
): Value {
  const width = lastOf(kernel.shape)
  const units = width / gates
  const parts = Array.from({ length: gates }, (_, gate) => {
    const range = { first: gate * units, start: 0, count: units, width: units }
    const columns = (whole: Value): Value => copyColumns(graph, { x: whole }, range).y
    const row = bias && reshape(graph, bias, { shape: [1, width] })
    return product({
      x: dropout(graph, { x }, { ...drop, stream: GATE_STREAM + gate, sharedAxis: 1 }).y,
      kernel: columns(kernel),
      bias: row && reshape(graph, columns(row), { shape: [units] }),
    })
  })
  return parts.reduce((a, b) => concat(graph, { a, b }, {}).y)
}
