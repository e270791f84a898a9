/**
 * Every golden case on WebGPU with every strategy of its operations in turn, and Keras's numbers each time. The compiler
 * says which strategies there are: a new one is run as soon as a case has its operation.
 */
import { expect, test } from 'vitest'
import * as recurra from '../src/index.ts'
import { checkCase } from './support/checkCase.ts'
import { goldenNames } from './support/golden.ts'
import { requestTestDevice } from './support/gpu.ts'

const device = await requestTestDevice()

let round = 0
const offered = new Set<string>()
const taken = new Set<string>()
let most = 0

await recurra.setBackend('webgpu', {
  device,
  strategies({ op, strategies }) {
    const choice = strategies[round % strategies.length] ?? ''
    for (const strategy of strategies.slice(1)) offered.add(`${op.name} ${strategy}`)
    taken.add(`${op.name} ${choice}`)
    most = Math.max(most, strategies.length)
    return choice
  },
})

test.each(goldenNames)('%s', async (name) => {
  most = 0
  // Round 0, the rules' own choices, is golden.test.ts.
  round = 1
  do await checkCase(recurra, name)
  while (++round < most)
})

test('every strategy was taken', () => {
  expect([...offered].filter((strategy) => !taken.has(strategy))).toEqual([])
  expect(taken.size).toBeGreaterThan(0)
})
