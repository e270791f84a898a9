// The recurrence of a GRU with the reset gate before the product: two products in a time step, the second of r·h.
import { expect, test } from 'vitest'
import { activations } from '../../src/ops/activations.ts'
import { gruResetBefore } from '../../src/ops/gruResetBefore.ts'
import { recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { gruResetBeforeCase } from '../support/cellCases.ts'
import { testCell } from '../support/checkCell.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

testCell(gruResetBefore, gruResetBeforeCase)

// Backward, a vector of R has columns of two gates where units are odd. Above 64, workgroups of subgroups own fewer rows.
const odd: readonly (readonly [strategy: string, batch: number, time: number, units: number])[] = [
  ['registers', 5, 3, 7],
  ['tiled', 5, 3, 7],
  ['fused', 5, 3, 7],
  ['subgroups', 5, 3, 7],
  ['subgroups', 9, 2, 69],
]
test.each(
  sampled(odd, odd.length).filter(([strategy]) => webgpu.traits.subgroups || strategy !== 'subgroups'),
)('%s back at odd units [%i, %i, %i]', async (strategy, batch, time, units) => {
  const reach = 1 / Math.sqrt(units)
  await checkOp(gruResetBefore, {
    inputs: {
      z: [batch, time, 3 * units],
      recurrentKernel: uniform([units, 3 * units], -reach, reach, 2),
      initial: [batch, units],
    },
    attrs: {
      activation: activations.tanh.code,
      recurrentActivation: activations.sigmoid.code,
      reverse: false,
    },
    strategy,
    read: ['h'],
    by: units < 20 ? ['z', 'recurrentKernel', 'initial'] : ['z'],
    roundings: time * (units + 16),
  })
})

const strategies = [
  'registers',
  'tile64',
  'tile32',
  'reduced',
  ...(webgpu.traits.subgroups ? ['subgroups'] : []),
]

test.each(sampled(strategies, 4))('dR of two kinds of states: %s', async (strategy) => {
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
