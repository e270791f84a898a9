// One time step of the LSTM cell for one row of units, forward and back: what LSTM and ConvLSTM share.
//   c' = f·c + i·g    h' = o·act(c')        gates i f g o at z, z + U, z + 2U, z + 3U

import { activate, activateAll, slope, slopeOf } from './activation'
import { flush, multiplyAdd, storeFirst } from './vector'

@unmanaged
export class CellStep {
  units: i32
  /** Codes of the activations of the state and of the gates. */
  activation: i32
  gate: i32
  z: usize
  hidden: usize
  /** The cell state before the step, and where that after it is stored; they may be one place. */
  before: usize
  after: usize
}

/** Activates the gates in place and steps the states. */
export function stepCell(step: CellStep): void {
  const units = step.units
  const activation = step.activation
  const gate = step.gate
  const z = step.z
  const hidden = step.hidden
  const before = step.before
  const after = step.after
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

@unmanaged
export class CellStepBack {
  units: i32
  /** Codes of the activations of the state and of the gates. */
  activation: i32
  gate: i32
  z: usize
  /** The cell states after the step and before it; 0 is a state of zeros. */
  after: usize
  before: usize
  /** The gradients of h from the layer above, 0 where there is none, and from the step after. */
  outer: usize
  below: usize
  /** The gradient of the cell state after the step, which becomes that before it. */
  cell: usize
}

/** Turns the stored gates into their gradients in place. */
export function stepCellBack(step: CellStepBack): void {
  const units = step.units
  const activation = step.activation
  const z = step.z
  const after = step.after
  const before = step.before
  const outer = step.outer
  const below = step.below
  const cell = step.cell
  const stride = <usize>units * 4
  const ofState = slopeOf(activation)
  const ofGate = slopeOf(step.gate)
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
