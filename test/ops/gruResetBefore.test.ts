// The recurrence of a GRU with the reset gate before the product: two products in a time step, the second of r·h.
import { expect, test } from 'vitest'
import { gruResetBefore } from '../../src/ops/gruResetBefore.ts'
import { recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { gruResetBeforeCase } from '../support/cellCases.ts'
import { testCell } from '../support/checkCell.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'

testCell(gruResetBefore, gruResetBeforeCase)

const strategies = [
  'registers',
  'tile64',
  'tile32',
  'reduced',
  ...(webgpu.traits.subgroups ? ['subgroups'] : []),
]

test.each(strategies)('dR of two kinds of states: %s', async (strategy) => {
  for (const units of strategy === 'registers' ? [9] : strategy === 'subgroups' ? [20, 36] : [32]) {
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
