// A recurrent cell as the loops over time know it: its formulas for one row of units at one time step, as functions that they
// are given, and where they find what the formulas read.

import { isKnown } from './activation'

/** What the formulas of one row are given: addresses, and codes of activations. */
@unmanaged
export class CellRow {
  units: i32
  /** Codes of the activations. */
  activation: i32
  recurrentActivation: i32
  /** The row's gates: sums before the step, what is kept after it; backward their gradients. */
  gates: usize
  /** h·R of the row, forward, and backward the gradients that go through R, of a cell that does not add them to the gates. */
  product: usize
  /** The rows of the bias that the recurrence adds, for x·W and for h·R; 0 where there are none. */
  inputBias: usize
  recurrentBias: usize
  /** What a cell that keeps its product stores for the way back beside gates and h; 0 where nothing reads it. */
  inner: usize
  /** Forward: h before the step, 0 where it is zeros, and where h after it goes. */
  hiddenBefore: usize
  hidden: usize
  /** The state that the cell carries, before the step and where that after it goes; forward they may be one place. 0 is zeros. */
  before: usize
  after: usize
  /** Backward: the gradients of h from the layer above, 0 where there is none, and from the step after. */
  outer: usize
  below: usize
  /** Backward: what goes to the step before beside R·dz, of the state that the cell carries: from the step after, then of this one. */
  carried: usize
}

/** A cell. */
@unmanaged
export class Cell {
  /** Columns of the gates for a unit. */
  gates: i32
  /** The state that it carries: 0 is h, 1 the second one. */
  carries: i32
  /** Whether h·R has a tensor of its own; by default it is added to the gates. */
  keepsProduct: bool
  forward: (row: CellRow) => void
  backward: (row: CellRow) => void
}

/** Whether compiled functions cover a call: nothing drops states, and they know the activations, of which a cell may have one. */
export function cellCovers<Call>(call: Call): bool {
  if (isDefined(call.RECURRENT_ACTIVATION) && !isKnown(call.RECURRENT_ACTIVATION)) return false
  return call.recurrentRate === 0 && isKnown(call.ACTIVATION)
}

/** The row under way, of one recurrence at a time. */
export const row = changetype<CellRow>(memory.data(offsetof<CellRow>(), 16))

/** Begins a recurrence. */
export function beginRows<Call>(call: Call): void {
  memory.fill(changetype<usize>(row), 0, offsetof<CellRow>())
  row.units = call.units
  row.activation = call.ACTIVATION
  if (isDefined(call.RECURRENT_ACTIVATION)) row.recurrentActivation = call.RECURRENT_ACTIVATION
}
