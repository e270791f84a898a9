// The simple recurrent cell, and its recurrence whole, forward and back, as src/ops/simpleRnn.ts means it.
//   h' = act(z)

import { activateAll, slope, slopeOf } from './activation'
import { SimpleRnnStreamed, SimpleRnnStreamedGradient } from './calls.gen'
import { Cell, CellRow, cellCovers } from './cell'
import { runBackward, runForward, scratchOf } from './loop'
import { flush, storeFirst } from './vector'

/** Activates the gate in place; the state is a copy of it. */
function cellForward(row: CellRow): void {
  activateAll(row.activation, row.gates, row.units)
  memory.copy(row.hidden, row.gates, <usize>row.units * 4)
}

/** Turns the stored gate into its gradient in place. */
function cellBackward(row: CellRow): void {
  const units = row.units
  const z = row.gates
  const outer = row.outer
  const below = row.below
  const carried = row.carried
  const ofState = slopeOf(row.activation)
  for (let u = 0; u < units; u += 4) {
    const left = units - u
    const at = <usize>u * 4
    let d = f32x4.add(v128.load(below + at), v128.load(carried + at))
    if (outer) d = f32x4.add(d, v128.load(outer + at))
    storeFirst(z + at, flush(f32x4.mul(d, slope(ofState, v128.load(z + at)))), left)
    storeFirst(carried + at, f32x4.splat(0.0), left)
  }
}

/** It carries h. */
const simpleRnnCell = changetype<Cell>(memory.data(offsetof<Cell>(), 16))
simpleRnnCell.gates = 1
simpleRnnCell.carries = 0
simpleRnnCell.forward = cellForward
simpleRnnCell.backward = cellBackward

export function simpleRnnCovers(call: SimpleRnnStreamed): bool {
  return cellCovers(call)
}

export function simpleRnnScratch(call: SimpleRnnStreamed): i32 {
  return scratchOf(call, simpleRnnCell)
}

export function simpleRnn(call: SimpleRnnStreamed): void {
  runForward(call, simpleRnnCell, 0)
}

export function simpleRnnGradientCovers(call: SimpleRnnStreamedGradient): bool {
  return cellCovers(call)
}

export function simpleRnnGradientScratch(call: SimpleRnnStreamedGradient): i32 {
  return scratchOf(call, simpleRnnCell)
}

export function simpleRnnGradient(call: SimpleRnnStreamedGradient): void {
  runBackward(call, simpleRnnCell, 0, 0)
}
