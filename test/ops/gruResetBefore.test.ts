// The recurrence of a GRU with the reset gate before the product: two products in a time step, the second of r·h.
import { expect, test } from 'vitest'
import { gruResetBefore } from '../../src/ops/gruResetBefore.ts'
import { recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { sigmoid, testCell } from '../support/checkCell.ts'
import { checkOp } from '../support/checkOp.ts'

testCell(gruResetBefore, {
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
})

test.each(['registers', 'tile64', 'tile32', 'reduced'])('dR of two kinds of states: %s', async (strategy) => {
  for (const units of strategy === 'registers' ? [9] : [32]) {
    const columns = 2 * 3 * units
    const { outputs } = await checkOp(recurrentKernelGradient, {
      strategy,
      inputs: { h: [3, 20, 2 * units], dz: [3, 20, columns], inner: [3, 20, 2 * units], h0: [3, 2 * units] },
      attrs: { reverse: true, directions: 2, innerIs: 'states' },
      read: ['dR'],
      products: true,
      roundings: 64,
    })
    expect(outputs.dR).toHaveLength(units * columns)
  }
})
