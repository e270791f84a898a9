// The CPU side of gruResetBefore.ts: the cell's formulas for the units of one row. Gates z r c at z, z + U, z + 2U.
//   z, r = act(x·W + b + h·R)    c = act(x·W_c + b + (r·h)·R_c)    h' = z·h + (1 − z)·c

import { impossible } from '../errors.ts'
import { activationOf } from './activationFunctions.ts'
import { FROM_INPUT } from './activations.ts'
import { type CellFormulas, recurrenceSides } from './recurrenceLoop.ts'

const identity = (x: number): number => x
const CANDIDATE = 2

const gruResetBeforeFormulas: CellFormulas = {
  gates: 3,
  sequences: ['hidden'],
  keepsProduct: true,

  forward({ gates, z, units, states: [hidden], at, product, offset, tensors: { inner }, masks, ...row }) {
    if (!hidden) impossible('a GRU has a state')
    const { activation, recurrentActivation } = row
    const { apply } = activationOf(activation)
    const { apply: gate } = activationOf(recurrentActivation)
    for (let j = 0; j < 2 * units; j++) {
      const sum = gates[z + j]! + product[j]!
      product[j] = gate(sum)
      gates[z + j] = recurrentActivation >= FROM_INPUT ? sum : product[j]!
    }
    const seen = new Float64Array(units)
    for (let u = 0; u < units; u++) {
      seen[u] = product[units + u]! * hidden[at + u]! * masks[CANDIDATE * units + u]!
      if (inner && inner.length > 0) inner[offset + u] = seen[u]!
    }
    const sums = row.through(seen, CANDIDATE)
    for (let u = 0; u < units; u++) {
      const sum = gates[z + CANDIDATE * units + u]! + sums[u]!
      const candidate = apply(sum)
      gates[z + CANDIDATE * units + u] = activation >= FROM_INPUT ? sum : candidate
      hidden[at + u] = product[u]! * hidden[at + u]! + (1 - product[u]!) * candidate
    }
  },

  backward({ gates, z, units, d, carried: [dHidden], at, masks, ...row }) {
    if (!dHidden) impossible('a GRU has a state')
    const { activation, recurrentActivation } = row
    const before = row.before[0] ?? null
    const beforeAt = row.beforeAt[0] ?? 0
    const stateFunction = activationOf(activation)
    const gateFunction = activationOf(recurrentActivation)
    const read = activation >= FROM_INPUT ? stateFunction.apply : identity
    const readGate = recurrentActivation >= FROM_INPUT ? gateFunction.apply : identity
    const earlier = (u: number): number => (before === null ? 0 : before[beforeAt + u]!)
    for (let u = 0; u < units; u++) {
      const [sz, sc] = [gates[z + u]!, gates[z + CANDIDATE * units + u]!]
      const dh = d[at + u]! + dHidden[at + u]!
      gates[z + u] = dh * (earlier(u) - read(sc)) * gateFunction.slope(sz)
      gates[z + CANDIDATE * units + u] = dh * (1 - readGate(sz)) * stateFunction.slope(sc)
      dHidden[at + u] = dh * readGate(sz)
    }
    const dSeen = row.back(CANDIDATE)
    for (let u = 0; u < units; u++) {
      const sr = gates[z + units + u]!
      const dp = dSeen[u]! * masks[CANDIDATE * units + u]!
      gates[z + units + u] = dp * earlier(u) * gateFunction.slope(sr)
      dHidden[at + u]! += dp * readGate(sr)
    }
  },

  // The candidate's gradient has gone through R within the time step.
  through: (_tensors, _offset, column, units) => (column < CANDIDATE * units ? 1 : 0),
}

export const [gruResetBefore, gruResetBeforeGradient] = recurrenceSides(
  gruResetBeforeFormulas,
  'gruResetBefore',
  'gruResetBeforeGradient',
)
