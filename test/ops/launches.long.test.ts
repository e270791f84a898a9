// Operations that are launched as others are, in many launches, by each strategy that launches.test.ts leaves out.
import { test } from 'vitest'
import { checkLaunches } from '../support/operationEntry.ts'
import { entries } from '../support/operations.ts'

const cases = Object.entries(entries).flatMap(([name, found]) =>
  found.launchedAsOther ? found.strategies.slice(1).map((strategy) => ({ name, strategy, found })) : [],
)

test.each(cases)('$name, $strategy', ({ strategy, found }) => checkLaunches(found, strategy, false))
