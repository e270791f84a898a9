// dR = Σ over rows and steps of the state before · dz by every strategy, both directions, with and without a first state.
import { expect, test } from 'vitest'
import { convRecurrentKernelGradient } from '../../src/ops/convRecurrentKernelGradient.ts'
import { recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import { chosen } from '../support/sampled.ts'

const strategies = ['registers', 'tile64', 'tile32', 'reduced']

const directions = [false, true]
const cases = strategies.flatMap((strategy, i) =>
  chosen(directions, (reverse) => reverse === (i % 2 === 1)).map((reverse) => ({ strategy, reverse })),
)

test.each(cases)('$strategy, reverse $reverse', async ({ strategy, reverse }) => {
  for (const columns of [36, 37]) {
    const given = { h: [3, 4, 33], dz: [3, 4, columns] }
    for (const inputs of [given, { ...given, h0: [3, 33] }])
      await checkOp(recurrentKernelGradient, {
        strategy,
        inputs,
        attrs: { reverse },
        read: ['dR'],
        products: true,
        roundings: 24,
      })
  }
})

const withSubgroups = webgpu.traits.subgroups ? directions : []

test.each(withSubgroups)('subgroups, reverse %s', async (reverse) => {
  for (const [units, columns] of [
    [4, 4],
    [20, 36],
    [132, 520],
  ] as const) {
    const given = { h: [3, 5, units], dz: [3, 5, columns] }
    for (const inputs of [given, { ...given, h0: [3, units] }]) {
      expect(recurrentKernelGradient.operation.strategies(inputs, { reverse }, webgpu.traits)).toContain(
        'subgroups',
      )
      await checkOp(recurrentKernelGradient, {
        strategy: 'subgroups',
        inputs,
        attrs: { reverse },
        read: ['dR'],
        products: true,
        roundings: 30,
      })
    }
  }
})

test.each(directions)('many rows and steps in parts, reverse %s', async (reverse) => {
  const inputs = { h: [7, 90, 5], h0: [7, 5], dz: [7, 90, 20] }
  expect(recurrentKernelGradient.operation.strategies(inputs, { reverse }, webgpu.traits)).toContain('split')
  await checkOp(recurrentKernelGradient, {
    strategy: 'split',
    inputs,
    attrs: { reverse },
    read: ['dR'],
    products: true,
    roundings: 64,
  })
})

test.each(
  ['registers', 'tile32'].flatMap((strategy) => directions.map((reverse) => ({ strategy, reverse }))),
)('of a convolution: $strategy, reverse $reverse', async ({ strategy, reverse }) => {
  const given = { h: [2, 5, 9, 7, 3], dz: [2, 5, 9, 7, 12] }
  for (const inputs of [given, { ...given, h0: [2, 9, 7, 3] }])
    await checkOp(convRecurrentKernelGradient, {
      strategy,
      inputs,
      attrs: { reverse, window: [2, 3, 3, 12] },
      products: true,
      roundings: 64,
    })
})

// A tile reads four columns at once: three are too few for it.
test.each([
  [1, 'registers', 3],
  [3, 'registers', 4],
  [3, 'tile32', 4],
] as const)('of a convolution for %i gates: %s', async (gates, strategy, units) => {
  const columns = gates * units
  const inputs = { h: [2, 3, 4, 3, units], h0: [2, 4, 3, units], dz: [2, 3, 4, 3, columns] }
  const attrs = { reverse: false, window: [3, 3, units, columns] }
  const { strategies } = convRecurrentKernelGradient.operation
  expect(strategies(inputs, attrs, webgpu.traits).includes('tile32')).toBe(columns % 4 === 0)
  await checkOp(convRecurrentKernelGradient, { strategy, inputs, attrs, products: true, roundings: 64 })
})
