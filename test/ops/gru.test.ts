// The recurrence of a GRU with the reset gate after the product: its bias inside the loop, and gradients of x·W and of h·R that differ.
import { expect, test } from 'vitest'
import { gru } from '../../src/ops/gru.ts'
import { recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { gruCase } from '../support/cellCases.ts'
import { testCell } from '../support/checkCell.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { sampled } from '../support/sampled.ts'

testCell(gru, gruCase)

const strategies = [
  ...['registers', 'tile64', 'tile32', 'reduced'],
  ...(webgpu.traits.subgroups ? ['subgroups'] : []),
]

test.each(sampled(strategies, 6))('dR and the sums of the bias: %s', async (strategy) => {
  // Subgroups read vectors of four; elsewhere tiles end inside a block of columns.
  for (const units of strategy === 'subgroups' ? [20, 36] : [9, 36]) {
    const columns = 2 * 3 * units
    const given = { h: [3, 20, 2 * units], dz: [3, 20, columns], inner: [3, 20, 2 * units] }
    const { outputs } = await checkOp(recurrentKernelGradient, {
      strategy,
      inputs: given,
      attrs: { reverse: true, directions: 2, innerIs: 'resets' },
      read: ['dR', 'biasSums'],
      products: true,
      roundings: 64,
    })
    expect(outputs.biasSums).toHaveLength(2 * columns)
  }
})
