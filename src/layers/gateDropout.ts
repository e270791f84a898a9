// Dropout of a recurrent layer's inputs in training, and the products of the dropped inputs that are hoisted out of the loop.

import type { Graph, Value } from '../graph/graph.ts'
import { concat, copyColumns } from '../ops/columns.ts'
import { dropout } from '../ops/dropout.ts'
import { reshape } from '../ops/view.ts'
import { lastOf } from '../util/shape.ts'

export interface InputDropout {
  /** 0 outside of training. */
  readonly rate: number
  readonly seed: number
  /** Whether each gate has a separate mask for the inputs. */
  readonly perGate: boolean
}

/** x [B, T, ...], kernel [..., gates · U], bias [gates · U]. */
export interface ProductTensors {
  readonly x: Value
  readonly kernel: Value
  readonly bias: Value | undefined
}

/** Streams of draws: 0 for the inputs, 1 for the recurrence, from this one on for the inputs of each gate. */
const FIRST_GATE_STREAM = 2

/** Adds x·W + b of all gates, side by side. */
export function dropInputs(
  graph: Graph,
  { x, kernel, bias, gates }: ProductTensors & { readonly gates: number },
  { rate, seed, perGate }: InputDropout,
  product: (tensors: ProductTensors) => Value,
): Value {
  // One mask for all time steps, as in Keras.
  const dropped = (stream: number): Value => dropout(graph, { x }, { rate, seed, stream, sharedAxis: 1 }).y
  if (rate === 0 || !perGate) return product({ x: dropped(0), kernel, bias })
  const width = lastOf(kernel.shape)
  const units = width / gates
  const parts = Array.from({ length: gates }, (_, gate) => {
    const range = { first: gate * units, start: 0, count: units, width: units }
    const columns = (whole: Value): Value => copyColumns(graph, { x: whole }, range).y
    const row = bias && reshape(graph, bias, { shape: [1, width] })
    return product({
      x: dropped(FIRST_GATE_STREAM + gate),
      kernel: columns(kernel),
      bias: row && reshape(graph, columns(row), { shape: [units] }),
    })
  })
  return parts.reduce((a, b) => concat(graph, { a, b }, {}).y)
}
