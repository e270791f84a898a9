/**
 * Operations in many launches, some of them in every run and in long runs all: on a device of at most 7 workgroups a dimension, and of
 * launches that may do no work at all, so that each has one workgroup and a part of its sums. Against the CPU, by one of an operation's
 * strategies, in long runs by each.
 */
import { expect, test } from 'vitest'
import * as ops from '../../src/ops/index.ts'
import { checkLaunches } from '../support/operationEntry.ts'
import { entries } from '../support/operations.ts'
import { chosen, sampled } from '../support/sampled.ts'

/** Operations whose one workgroup is all that they need. */
const single = ['accumulate', 'checkIds', 'lossScale', 'maskWeights', 'updateGate']

test('no operation is left out', () => {
  const launched = Object.entries(ops).flatMap(([name, exported]) =>
    typeof exported === 'function' && 'operation' in exported && !exported.operation.view ? [name] : [],
  )
  expect(Object.keys(entries).sort()).toEqual(launched.sort())
})

const cases = Object.entries(entries).flatMap(([name, found], turn) =>
  chosen(found.strategies, (_, i) => i === turn % found.strategies.length).map((strategy) => ({
    name,
    strategy,
    found,
  })),
)

test.each(sampled(cases, 29))('$name, $strategy', ({ name, strategy, found }) =>
  checkLaunches(found, strategy, single.includes(name)),
)
