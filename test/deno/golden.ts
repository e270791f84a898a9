/**
 * Golden cases on wgpu, the WebGPU of Firefox and Deno, whose compiler is naga: Keras's numbers. As many cases as it takes until
 * every operation was run by each of its strategies, where those of a recurrent cell count for cells whose kernels are the same
 * but for their formulas; with RECURRA_TEST_LONG=1 every operation by itself, and all cases.
 */
import * as recurra from 'recurra'
import { checkCase } from '../support/checkCase.ts'
import { expectEqual } from '../support/compare.ts'
import { goldenNames } from '../support/golden.ts'
import { coverOf, goldenSteps, takeTurns } from './asked.ts'
import { device } from './device.ts'

const isLong = Deno.env.get('RECURRA_TEST_LONG') === '1'
/** A strategy of these cells is one of the LSTM. By the strategy that the rules choose, layers.ts runs their formulas. */
const nameOf = (strategy: string): string =>
  isLong ? strategy : strategy.replace(/^(gru|simpleRnn)(?=(Gradient)? )/, 'lstm')

const cover = coverOf(goldenSteps, nameOf)
const runs = [...cover]
if (isLong) {
  const left = goldenNames.filter((name) => !cover.some((run) => run.name === name))
  runs.push(...left.map((name, round) => ({ name, round, strategies: new Set<string>(), operations: 0 })))
}

const taken = new Set<string>()
for (const { name, round } of runs)
  Deno.test(`${name}, strategies of round ${round}`, async () => {
    const strategies = takeTurns(
      () => round,
      (strategy) => taken.add(nameOf(strategy)),
    )
    await recurra.setBackend('webgpu', { device, strategies })
    await checkCase(recurra, name)
  })

Deno.test('every strategy was run', () => {
  const all = new Set(goldenSteps.flatMap(({ strategies }) => [...strategies].map(nameOf)))
  expectEqual(
    'strategies that no case took',
    [...all].filter((strategy) => !taken.has(strategy)),
    [],
  )
})
