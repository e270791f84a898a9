// Dropout of a recurrent layer's inputs in training, and the products of the dropped inputs that are hoisted out of the loop.

import type { Graph, Value } from '../../graph/graph.ts'
import { sumOf } from '../../ops/addAll.ts'
import { dropout } from '../../ops/dropout.ts'
import { matmul } from '../../ops/matmul.ts'
import { repeat } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import { lastOf } from '../../util/shape.ts'

export interface InputDropout {
  readonly rate: number
  readonly seed: number
}

/** x [B, T, ...], kernel [..., gates · U], bias [gates · U]. */
export interface ProductTensors {
  readonly x: Value
  readonly kernel: Value
  readonly bias: Value | undefined
}

/** What a product needs to give each gate a separate mask for the inputs. */
export interface GateProduct extends ProductTensors {
  readonly gates: number
}

/** Streams of draws: 0 for the inputs, 1 for the recurrence, from this one on for the inputs of the gates. */
export const GATE_STREAM = 2

/** Adds x, dropped by one mask for all time steps, as in Keras. */
export const dropInput = (graph: Graph, x: Value, drop: InputDropout): Value =>
  dropout(graph, { x }, { ...drop, stream: 0, sharedAxis: 1 }).y

/** All time steps one after another: [B, T, ...] → [B · T, ...]. */
export function timestepsOf(graph: Graph, x: Value): Value {
  const [batch = 1, time = 1, ...inner] = x.shape
  return reshape(graph, x, { shape: [batch * time, ...inner] })
}

/** Adds x·W + b of time steps that are vectors, each gate with a separate mask: [B, T, features] → [B · T, gates · U]. */
export function vectorsByGate(
  graph: Graph,
  { x, kernel, bias, gates }: GateProduct,
  drop: InputDropout,
): Value {
  const [batch = 1, time = 1, features = 1] = x.shape
  const [rows, width] = [batch * time, lastOf(kernel.shape)]
  const copies = repeat(graph, { x }, { axis: 0, n: gates }).y
  const dropped = dropout(graph, { x: copies }, { ...drop, stream: GATE_STREAM, sharedAxis: 2 }).y
  // The gates are heads of one product.
  const { y } = matmul(
    graph,
    {
      a: reshape(graph, dropped, { shape: [gates, rows, features] }),
      b: reshape(graph, kernel, { shape: [features, gates, width / gates] }),
    },
    { headsInsideB: true, headsInsideY: true },
  )
  const z = reshape(graph, y, { shape: [rows, width] })
  return bias ? sumOf(graph, [z, repeat(graph, { x: bias }, { axis: 0, n: rows }).y]) : z
}
