// What a recurrent layer drops of its inputs in training, around the product that is hoisted out of its loop.

import type { Graph, Value } from '../graph/graph.ts'
import { concat, copyColumns } from '../ops/columns.ts'
import { dropout } from '../ops/dropout.ts'
import { reshape } from '../ops/view.ts'

export interface InputDropout {
  /** 0 outside of training. */
  readonly rate: number
  readonly seed: number
  /** Whether each gate sees the inputs through a mask of its own. */
  readonly perGate: boolean
}

/** Streams of draws: 0 the inputs', 1 the recurrence's, from here on the inputs' of each gate. */
const FIRST_GATE_STREAM = 2

/** x·W + b of all gates side by side; x [B, T, ...], kernel [..., 4U], bias [4U]. */
export function dropInputs(
  graph: Graph,
  input: Value,
  kernel: Value,
  bias: Value | undefined,
  { rate, seed, perGate }: InputDropout,
  product: (x: Value, kernel: Value, bias: Value | undefined) => Value,
): Value {
  // One mask for all time steps, as Keras makes it.
  const dropped = (stream: number): Value =>
    dropout(graph, { x: input }, { rate, seed, stream, sharedAxis: 1 }).y
  if (rate === 0 || !perGate) return product(dropped(0), kernel, bias)
  const units = (kernel.shape.at(-1) ?? 4) / 4
  const gates = [0, 1, 2, 3].map((gate) => {
    const range = { first: gate * units, start: 0, count: units, width: units }
    const columns = (x: Value): Value => copyColumns(graph, { x }, range).y
    const row = bias && reshape(graph, bias, { shape: [1, 4 * units] })
    const ownBias = row && reshape(graph, columns(row), { shape: [units] })
    return product(dropped(FIRST_GATE_STREAM + gate), columns(kernel), ownBias)
  })
  return gates.reduce((a, b) => concat(graph, { a, b }, {}).y)
}
