// The LSTM cell, and its recurrence whole, forward and back, as src/ops/lstm.ts means it.
//   c' = f·c + i·g    h' = o·act(c')        gates i f g o, Keras's order, side by side

import { activate, activateAll, slope, slopeOf } from './activation'
import { LstmStreamed, LstmStreamedGradient } from './calls.gen'
import { Cell, CellRow, cellCovers } from './cell'
import { runBackward, runForward, scratchOf } from './loop'
import { flush, multiplyAdd, storeFirst } from './vector'

/** Activates the gates in place and steps the states. */
function cellForward(row: CellRow): void {
  const units = row.units
  const activation = row.activation
  const gate = row.recurrentActivation
  const z = row.gates
  const hidden = row.hidden
  const before = row.before
  const after = row.after
  const stride = <usize>units * 4
  activateAll(gate, z, 2 * units)
  activateAll(activation, z + 2 * stride, units)
  activateAll(gate, z + 3 * stride, units)
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    // What lies past a short end is computed and not stored.
    const left = units - u
    const added = f32x4.mul(v128.load(z + at), v128.load(z + 2 * stride + at))
    const next = multiplyAdd(v128.load(z + stride + at), v128.load(before + at), added)
    storeFirst(after + at, next, left)
    storeFirst(hidden + at, next, left)
  }
  activateAll(activation, hidden, units)
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    storeFirst(hidden + at, f32x4.mul(v128.load(z + 3 * stride + at), v128.load(hidden + at)), units - u)
  }
}

/** Turns the stored gates into their gradients in place. */
function cellBackward(row: CellRow): void {
  const units = row.units
  const activation = row.activation
  const z = row.gates
  const after = row.after
  const before = row.before
  const outer = row.outer
  const below = row.below
  const cell = row.carried
  const stride = <usize>units * 4
  const ofState = slopeOf(activation)
  const ofGate = slopeOf(row.recurrentActivation)
  for (let u = 0; u < units; u += 4) {
    const left = units - u
    const at = <usize>u * 4
    // First, while no vector need be kept across the call.
    const a = activate(activation, v128.load(after + at))
    const i = v128.load(z + at)
    const f = v128.load(z + stride + at)
    const g = v128.load(z + 2 * stride + at)
    const o = v128.load(z + 3 * stride + at)
    const state = before ? v128.load(before + at) : f32x4.splat(0.0)
    let d = v128.load(below + at)
    if (outer) d = f32x4.add(d, v128.load(outer + at))
    d = flush(d)
    const dc = multiplyAdd(f32x4.mul(d, o), slope(ofState, a), v128.load(cell + at))
    storeFirst(z + at, flush(f32x4.mul(f32x4.mul(dc, g), slope(ofGate, i))), left)
    storeFirst(z + stride + at, flush(f32x4.mul(f32x4.mul(dc, state), slope(ofGate, f))), left)
    storeFirst(z + 2 * stride + at, flush(f32x4.mul(f32x4.mul(dc, i), slope(ofState, g))), left)
    storeFirst(z + 3 * stride + at, flush(f32x4.mul(f32x4.mul(d, a), slope(ofGate, o))), left)
    storeFirst(cell + at, flush(f32x4.mul(dc, f)), left)
  }
}

/** It carries c. */
export const lstmCell = changetype<Cell>(memory.data(offsetof<Cell>(), 16))
lstmCell.gates = 4
lstmCell.carries = 1
lstmCell.forward = cellForward
lstmCell.backward = cellBackward

export function lstmCovers(call: LstmStreamed): bool {
  return cellCovers(call)
}

export function lstmScratch(call: LstmStreamed): i32 {
  return scratchOf(call, lstmCell)
}

export function lstm(call: LstmStreamed): void {
  runForward(call, lstmCell, call.c)
}

export function lstmGradientCovers(call: LstmStreamedGradient): bool {
  return cellCovers(call)
}

export function lstmGradientScratch(call: LstmStreamedGradient): i32 {
  return scratchOf(call, lstmCell)
}

export function lstmGradient(call: LstmStreamedGradient): void {
  runBackward(call, lstmCell, call.cells, call.dLast)
}
