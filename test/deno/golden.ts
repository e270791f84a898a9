/**
 * Golden cases on wgpu, the WebGPU of Firefox and Deno, whose compiler is naga: Keras's numbers. As many cases as it takes until
 * every operation was run by the strategy that the rules choose; with RECURRA_TEST_LONG=1 by each of its strategies, and all cases.
 * Kernels of all strategies compile in every run: kernels.ts.
 */
import * as recurra from 'recurra'
import { checkCase } from '../support/checkCase.ts'
import { expectEqual } from '../support/compare.ts'
import { goldenNames } from '../support/golden.ts'
import { coverOf, goldenSteps, takeTurns } from './asked.ts'
import { device } from './device.ts'

const isLong = Deno.env.get('RECURRA_TEST_LONG') === '1'
/** The steps that count. In the first round operations run by what the rules choose. */
const steps = isLong ? goldenSteps : goldenSteps.filter(({ round }) => round === 0)
const cover = coverOf(steps)
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
      (strategy) => taken.add(strategy),
    )
    await recurra.setBackend('webgpu', { device, strategies })
    await checkCase(recurra, name)
  })

Deno.test('every strategy that counts was run', () => {
  const all = new Set(steps.flatMap(({ strategies }) => [...strategies]))
  expectEqual(
    'strategies that no case took',
    [...all].filter((strategy) => !taken.has(strategy)),
    [],
  )
})
