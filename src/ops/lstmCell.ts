// One step of the LSTM cell on the CPU, forward and back, for a row of units in place: what LSTM and ConvLSTM share.
//   c' = f·c + i·g    h' = o·act(c')        gates i f g o at z, z + U, z + 2U, z + 3U

import { activationOf } from './activationFunctions.ts'
import { activations, FROM_INPUT } from './activations.ts'

/** Codes of the activations of g and the state, and of the gates. */
export interface CellActivations {
  readonly activation: number
  readonly recurrentActivation: number
}

/** Activates the gates in place and steps `cell`; leaves the new hidden state in `hidden`. */
export function stepCell(
  gates: Float32Array,
  z: number,
  units: number,
  cell: Float64Array,
  hidden: Float64Array,
  { activation, recurrentActivation }: CellActivations,
): void {
  const { apply } = activationOf(activation)
  const { apply: gate } = activationOf(recurrentActivation)
  const storesInput = activation >= FROM_INPUT
  const gateStoresInput = recurrentActivation >= FROM_INPUT
  for (let u = 0; u < units; u++) {
    const zg = gates[z + 2 * units + u]!
    const i = gate(gates[z + u]!)
    const f = gate(gates[z + units + u]!)
    const g = apply(zg)
    const o = gate(gates[z + 3 * units + u]!)
    if (!gateStoresInput) {
      gates[z + u] = i
      gates[z + units + u] = f
      gates[z + 3 * units + u] = o
    }
    if (!storesInput) gates[z + 2 * units + u] = g
    cell[u] = f * cell[u]! + i * g
    hidden[u] = o * apply(cell[u]!)
  }
}

const identity = (x: number): number => x

/**
 * Turns the stored gates into their gradients in place.
 *
 * @param after The cell states after the step, `before` those before it (null: zeros), each from an offset on.
 * @param d The gradient of the hidden state.
 * @param dCell The gradient of the cell state after the step; afterwards of that before it.
 */
export function stepCellBack(
  gates: Float32Array,
  z: number,
  units: number,
  after: Float32Array,
  afterAt: number,
  before: Float32Array | null,
  beforeAt: number,
  d: Float64Array,
  dCell: Float64Array,
  { activation, recurrentActivation }: CellActivations,
): void {
  const cellFunction = activationOf(activation)
  const gateFunction = activationOf(recurrentActivation)
  const read = activation >= FROM_INPUT ? cellFunction.apply : identity
  const readGate = recurrentActivation >= FROM_INPUT ? gateFunction.apply : identity
  for (let u = 0; u < units; u++) {
    const si = gates[z + u]!
    const sf = gates[z + units + u]!
    const sg = gates[z + 2 * units + u]!
    const so = gates[z + 3 * units + u]!
    const state = after[afterAt + u]!
    const a = cellFunction.apply(state)
    const dc = dCell[u]! + d[u]! * readGate(so) * cellFunction.slope(activation >= FROM_INPUT ? state : a)
    gates[z + u] = dc * read(sg) * gateFunction.slope(si)
    gates[z + units + u] = dc * (before === null ? 0 : before[beforeAt + u]!) * gateFunction.slope(sf)
    gates[z + 2 * units + u] = dc * readGate(si) * cellFunction.slope(sg)
    gates[z + 3 * units + u] = d[u]! * a * gateFunction.slope(so)
    dCell[u] = dc * readGate(sf)
  }
}

/** The activations that a launch's override constants name. */
export const cellActivations = ({
  ACTIVATION = activations.tanh.code,
  RECURRENT_ACTIVATION = activations.sigmoid.code,
}: {
  readonly ACTIVATION?: number
  readonly RECURRENT_ACTIVATION?: number
}): CellActivations => ({ activation: ACTIVATION, recurrentActivation: RECURRENT_ACTIVATION })

/** The time step that is processed at place `s`. */
export const timeOf = (s: number, time: number, reverse: number | boolean): number =>
  reverse ? time - 1 - s : s

// Two rows of working memory, kept between calls so that a step allocates nothing.
let rows: readonly [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)]
export function scratch(units: number): readonly [Float64Array, Float64Array] {
  if (rows[0].length < units) rows = [new Float64Array(units), new Float64Array(units)]
  return rows
}
