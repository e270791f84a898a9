// The GRU cell with the reset gate after the product, and its recurrence whole, forward and back, as src/ops/gru.ts means it.
//   z, r = act(x·W + b₀ + h·R + b₁)    q = h·R_c + b₁    c = act(x·W_c + b₀ + r·q)    h' = z·h + (1 − z)·c
// Gates z r c, Keras's order, side by side.

import { activateAll, slope, slopeOf } from './activation'
import { GruStreamed, GruStreamedGradient } from './calls.gen'
import { Cell, CellRow, cellCovers } from './cell'
import { runBackward, runForward, scratchOf } from './loop'
import { flush, multiplyAdd, storeFirst } from './vector'

/** A row of the bias at an offset; zeros where there is none. */
function biasAt(bias: usize, at: usize): v128 {
  return bias ? v128.load(bias + at) : f32x4.splat(0.0)
}

/** Activates the gates in place and steps the state. */
function cellForward(row: CellRow): void {
  const units = row.units
  const z = row.gates
  const product = row.product
  const before = row.hiddenBefore
  const stride = <usize>units * 4
  const ofInput = row.inputBias
  const ofState = row.recurrentBias
  for (let u = 0; u < 2 * units; u += 4) {
    const at = <usize>u * 4
    // What lies past a short end is computed and not stored.
    const sum = f32x4.add(v128.load(z + at), v128.load(product + at))
    storeFirst(z + at, f32x4.add(sum, f32x4.add(biasAt(ofInput, at), biasAt(ofState, at))), 2 * units - u)
  }
  activateAll(row.recurrentActivation, z, 2 * units)
  const candidate = z + 2 * stride
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    const left = units - u
    const column: usize = 2 * stride + at
    const q = f32x4.add(v128.load(product + column), biasAt(ofState, column))
    if (row.inner) storeFirst(row.inner + at, q, left)
    const x = f32x4.add(v128.load(candidate + at), biasAt(ofInput, column))
    storeFirst(candidate + at, multiplyAdd(v128.load(z + stride + at), q, x), left)
  }
  activateAll(row.activation, candidate, units)
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    const c = v128.load(candidate + at)
    const h = before ? v128.load(before + at) : f32x4.splat(0.0)
    storeFirst(row.hidden + at, multiplyAdd(v128.load(z + at), f32x4.sub(h, c), c), units - u)
  }
}

/** Turns the stored gates into their gradients in place, and what was stored beside them into the reset gate. */
function cellBackward(row: CellRow): void {
  const units = row.units
  const z = row.gates
  const product = row.product
  const before = row.before
  const outer = row.outer
  const below = row.below
  const carried = row.carried
  const inner = row.inner
  const stride = <usize>units * 4
  const ofCandidate = slopeOf(row.activation)
  const ofGate = slopeOf(row.recurrentActivation)
  for (let u = 0; u < units; u += 4) {
    const left = units - u
    const at = <usize>u * 4
    const update = v128.load(z + at)
    const reset = v128.load(z + stride + at)
    const c = v128.load(z + 2 * stride + at)
    const h = before ? v128.load(before + at) : f32x4.splat(0.0)
    let d = f32x4.add(v128.load(below + at), v128.load(carried + at))
    if (outer) d = f32x4.add(d, v128.load(outer + at))
    d = flush(d)
    const kept = f32x4.mul(d, update)
    const dc = flush(f32x4.mul(f32x4.sub(d, kept), slope(ofCandidate, c)))
    const dz = flush(f32x4.mul(f32x4.mul(d, f32x4.sub(h, c)), slope(ofGate, update)))
    const dr = flush(f32x4.mul(f32x4.mul(dc, v128.load(inner + at)), slope(ofGate, reset)))
    storeFirst(z + at, dz, left)
    storeFirst(z + stride + at, dr, left)
    storeFirst(z + 2 * stride + at, dc, left)
    storeFirst(product + at, dz, left)
    storeFirst(product + stride + at, dr, left)
    storeFirst(product + 2 * stride + at, flush(f32x4.mul(dc, reset)), left)
    storeFirst(inner + at, reset, left)
    storeFirst(carried + at, flush(kept), left)
  }
}

/** It carries h. */
const gruCell = changetype<Cell>(memory.data(offsetof<Cell>(), 16))
gruCell.gates = 3
gruCell.carries = 0
gruCell.keepsProduct = true
gruCell.forward = cellForward
gruCell.backward = cellBackward

export function gruCovers(call: GruStreamed): bool {
  return cellCovers(call)
}

export function gruScratch(call: GruStreamed): i32 {
  return scratchOf(call, gruCell)
}

export function gru(call: GruStreamed): void {
  runForward(call, gruCell, 0)
}

export function gruGradientCovers(call: GruStreamedGradient): bool {
  return cellCovers(call)
}

export function gruGradientScratch(call: GruStreamedGradient): i32 {
  return scratchOf(call, gruCell)
}

export function gruGradient(call: GruStreamedGradient): void {
  runBackward(call, gruCell, call.hidden, 0)
}
