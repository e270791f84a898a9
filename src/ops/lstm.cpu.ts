// The CPU side of lstm.ts: the cell's formulas for the units of one row, computed in place.
//   c' = f·c + i·g    h' = o·act(c')        gates i f g o at z, z + U, z + 2U, z + 3U

import { impossible } from '../errors.ts'
import { activationOf } from './activationFunctions.ts'
import { FROM_INPUT } from './activations.ts'
import { type CellFormulas, recurrenceSides } from './recurrenceLoop.ts'

const identity = (x: number): number => x

export const lstmFormulas: CellFormulas = {
  gates: 4,
  sequences: [null, 'cells'],
  stores: [null, 'c'],

  forward({
    gates,
    z,
    units,
    states: [hidden, cell],
    at,
    tensors: { c },
    offset,
    activation,
    recurrentActivation,
  }) {
    if (!hidden || !cell) impossible('an LSTM has two states')
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
      const next = f * cell[at + u]! + i * g
      cell[at + u] = next
      hidden[at + u] = o * apply(next)
      if (c) c[offset + u] = next
    }
  },

  backward({ gates, z, units, tensors: { cells }, offset, d, carried: [, dCell], at, ...row }) {
    if (!dCell || !cells) impossible('an LSTM has two states')
    const { activation, recurrentActivation } = row
    const before = row.before[1] ?? null
    const beforeAt = row.beforeAt[1] ?? 0
    const cellFunction = activationOf(activation)
    const gateFunction = activationOf(recurrentActivation)
    const read = activation >= FROM_INPUT ? cellFunction.apply : identity
    const readGate = recurrentActivation >= FROM_INPUT ? gateFunction.apply : identity
    for (let u = 0; u < units; u++) {
      const si = gates[z + u]!
      const sf = gates[z + units + u]!
      const sg = gates[z + 2 * units + u]!
      const so = gates[z + 3 * units + u]!
      const state = cells[offset + u]!
      const a = cellFunction.apply(state)
      const dh = d[at + u]!
      const dc = dCell[at + u]! + dh * readGate(so) * cellFunction.slope(activation >= FROM_INPUT ? state : a)
      gates[z + u] = dc * read(sg) * gateFunction.slope(si)
      gates[z + units + u] = dc * (before === null ? 0 : before[beforeAt + u]!) * gateFunction.slope(sf)
      gates[z + 2 * units + u] = dc * readGate(si) * cellFunction.slope(sg)
      gates[z + 3 * units + u] = dh * a * gateFunction.slope(so)
      dCell[at + u] = dc * readGate(sf)
    }
  },
}

export const [lstm, lstmGradient] = recurrenceSides(lstmFormulas, 'lstm', 'lstmGradient')
