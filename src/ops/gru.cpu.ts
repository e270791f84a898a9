// The CPU side of gru.ts: the cell's formulas for the units of one row, computed in place. Gates z r c at z, z + U, z + 2U.
//   z, r = act(x·W + b₀ + h·R + b₁)    q = h·R_c + b₁    c = act(x·W_c + b₀ + r·q)    h' = z·h + (1 − z)·c

import { impossible } from '../errors.ts'
import { activationOf } from './activationFunctions.ts'
import { FROM_INPUT } from './activations.ts'
import { type CellFormulas, recurrenceSides } from './recurrenceLoop.ts'

const identity = (x: number): number => x

const gruFormulas: CellFormulas = {
  gates: 3,
  sequences: ['hidden'],
  keepsProduct: true,

  forward({ gates, z, units, states: [hidden], at, product, offset, tensors, ...row }) {
    if (!hidden) impossible('a GRU has a state')
    const { bias, inner } = tensors
    const { activation, recurrentActivation, biasAt, biasRow } = row
    const { apply } = activationOf(activation)
    const { apply: gate } = activationOf(recurrentActivation)
    const biasOf = (index: number, column: number): number => bias?.[index * biasRow + biasAt + column] ?? 0
    for (let u = 0; u < units; u++) {
      const [ofReset, ofCandidate] = [units + u, 2 * units + u]
      const zz = gates[z + u]! + biasOf(0, u) + biasOf(1, u) + product[u]!
      const zr = gates[z + ofReset]! + biasOf(0, ofReset) + biasOf(1, ofReset) + product[ofReset]!
      const q = product[ofCandidate]! + biasOf(1, ofCandidate)
      const update = gate(zz)
      const reset = gate(zr)
      const zc = gates[z + ofCandidate]! + biasOf(0, ofCandidate) + reset * q
      const candidate = apply(zc)
      gates[z + u] = recurrentActivation >= FROM_INPUT ? zz : update
      gates[z + ofReset] = recurrentActivation >= FROM_INPUT ? zr : reset
      gates[z + ofCandidate] = activation >= FROM_INPUT ? zc : candidate
      if (inner && inner.length > 0) inner[offset + u] = q
      hidden[at + u] = update * hidden[at + u]! + (1 - update) * candidate
    }
  },

  backward({ gates, z, units, tensors: { inner }, offset, d, carried: [dHidden], at, ...row }) {
    if (!dHidden || !inner) impossible('a GRU has a state')
    const { activation, recurrentActivation } = row
    const before = row.before[0] ?? null
    const beforeAt = row.beforeAt[0] ?? 0
    const stateFunction = activationOf(activation)
    const gateFunction = activationOf(recurrentActivation)
    const read = activation >= FROM_INPUT ? stateFunction.apply : identity
    const readGate = recurrentActivation >= FROM_INPUT ? gateFunction.apply : identity
    for (let u = 0; u < units; u++) {
      const [sz, sr, sc] = [gates[z + u]!, gates[z + units + u]!, gates[z + 2 * units + u]!]
      const update = readGate(sz)
      const dh = d[at + u]! + dHidden[at + u]!
      const dc = dh * (1 - update) * stateFunction.slope(sc)
      const earlier = before === null ? 0 : before[beforeAt + u]!
      gates[z + u] = dh * (earlier - read(sc)) * gateFunction.slope(sz)
      gates[z + units + u] = dc * inner[offset + u]! * gateFunction.slope(sr)
      gates[z + 2 * units + u] = dc
      inner[offset + u] = readGate(sr)
      dHidden[at + u] = dh * update
    }
  },

  // The candidate's gradient goes through R times the reset gate.
  through: ({ inner }, offset, column, units) =>
    column < 2 * units ? 1 : inner![offset + column - 2 * units]!,
}

export const [gru, gruGradient] = recurrenceSides(gruFormulas, 'gru', 'gruGradient')
