// The CPU side of simpleRnn.ts: the cell's formulas for the units of one row, computed in place.
//   h' = act(z)

import { impossible } from '../errors.ts'
import { activationOf } from './activationFunctions.ts'
import { FROM_INPUT } from './activations.ts'
import { type CellFormulas, recurrenceSides } from './recurrenceLoop.ts'

const simpleRnnFormulas: CellFormulas = {
  gates: 1,
  sequences: [null],

  forward({ gates, z, units, states: [hidden], at, activation }) {
    if (!hidden) impossible('a simple recurrent cell has a state')
    const { apply } = activationOf(activation)
    for (let u = 0; u < units; u++) {
      const h = apply(gates[z + u]!)
      hidden[at + u] = h
      if (activation < FROM_INPUT) gates[z + u] = h
    }
  },

  backward({ gates, z, units, d, carried: [dHidden], at, activation }) {
    if (!dHidden) impossible('a simple recurrent cell has a state')
    const { slope } = activationOf(activation)
    for (let u = 0; u < units; u++) {
      gates[z + u] = (d[at + u]! + dHidden[at + u]!) * slope(gates[z + u]!)
      dHidden[at + u] = 0
    }
  },
}

export const [simpleRnn, simpleRnnGradient] = recurrenceSides(
  simpleRnnFormulas,
  'simpleRnn',
  'simpleRnnGradient',
)
