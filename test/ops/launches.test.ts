/**
 * Every operation in many launches: on a device of at most 7 workgroups a dimension, and of launches that may do no work at
 * all, so that each has one workgroup and a part of its sums. By every strategy, against the CPU.
 */
import { expect, test } from 'vitest'
import * as ops from '../../src/ops/index.ts'
import { entries } from '../support/operations.ts'

/** Operations whose one workgroup is all that they need. */
const single = ['accumulate', 'checkIds', 'lossScale', 'maskWeights']

test('no operation is left out', () => {
  const launched = Object.entries(ops).flatMap(([name, exported]) =>
    typeof exported === 'function' && 'operation' in exported && !exported.operation.view ? [name] : [],
  )
  expect(Object.keys(entries).sort()).toEqual(launched.sort())
})

const cases = Object.entries(entries).flatMap(([name, found]) =>
  found.strategies.map((strategy) => ({ name, strategy, found })),
)

test.each(cases)('$name, $strategy', async ({ name, strategy, found }) => {
  const spread = await found.launches({ strategy, maxWorkgroups: 7 })
  expect(Math.max(...spread.flatMap(({ workgroups }) => workgroups))).toBeLessThanOrEqual(7)
  const cut = await found.launches({ strategy, launchFlops: 1 })
  expect(cut.map(({ workgroups }) => workgroups)).toEqual(cut.map(() => [1, 1, 1]))
  if (!single.includes(name)) expect(cut.length).toBeGreaterThan(7)
})
