/** Recurrent cells of one state, by their formulas in float64. */
import { type CellCase, sigmoid } from './checkCell.ts'

export const gruCase: CellCase = {
  gates: 3,
  bias: (units, directions) => [2, 3 * directions * units],
  step(h, { z, through, bias }) {
    const units = h.length
    const product = through(h)
    const of = (sums: readonly number[], gate: number, u: number): number => sums[gate * units + u]!
    const [ofInput, ofState] = [bias.slice(0, 3 * units), bias.slice(3 * units)]
    return h.map((before, u) => {
      const [update = 0, reset = 0] = [0, 1].map((gate) =>
        sigmoid(of(z, gate, u) + of(ofInput, gate, u) + of(product, gate, u) + of(ofState, gate, u)),
      )
      const candidate = Math.tanh(
        of(z, 2, u) + of(ofInput, 2, u) + reset * (of(product, 2, u) + of(ofState, 2, u)),
      )
      return update * before + (1 - update) * candidate
    })
  },
}

export const gruResetBeforeCase: CellCase = {
  gates: 3,
  step(h, { z, through }) {
    const units = h.length
    const product = through(h)
    const [update, reset] = [0, 1].map((gate) =>
      h.map((_, u) => sigmoid(z[gate * units + u]! + product[gate * units + u]!)),
    )
    const seen = through(h.map((before, u) => (reset?.[u] ?? 0) * before))
    return h.map((before, u) => {
      const candidate = Math.tanh(z[2 * units + u]! + seen[2 * units + u]!)
      return (update?.[u] ?? 0) * before + (1 - (update?.[u] ?? 0)) * candidate
    })
  },
}

export const simpleRnnCase: CellCase = {
  gates: 1,
  step: (h, { z, through }) => through(h).map((sum, u) => Math.tanh(z[u]! + sum)),
}
