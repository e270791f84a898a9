/**
 * Every golden case on the CPU and on WebGPU: the same model, data and fit as in Keras, and Keras's numbers. On WebGPU a
 * case runs by the rules' own strategies, and again while its operations have strategies that no case has run by yet. The
 * compiler says which there are: a new one is run as soon as a case has its operation. All strategies of all cases:
 * strategies.long.test.ts.
 */
import { beforeAll, describe, test } from 'vitest'
import * as recurra from '../src/index.ts'
import { checkCase } from './support/checkCase.ts'
import { goldenNames } from './support/golden.ts'
import { requestTestDevice } from './support/gpu.ts'

const device = await requestTestDevice()

describe('cpu', () => {
  beforeAll(async () => {
    await recurra.setBackend('cpu')
  })
  test.each(goldenNames)('%s', (name) => checkCase(recurra, name))
})

describe('webgpu', () => {
  const taken = new Set<string>()
  /** What the case in hand was offered. */
  const offered = new Set<string>()
  let prefersNew = false

  beforeAll(async () => {
    await recurra.setBackend('webgpu', {
      device,
      strategies({ op, strategies }) {
        const named = (strategy: string): string => `${op.name} ${strategy}`
        for (const strategy of strategies) offered.add(named(strategy))
        const untaken = strategies.find((strategy) => !taken.has(named(strategy)))
        const choice = (prefersNew ? untaken : undefined) ?? strategies[0] ?? ''
        taken.add(named(choice))
        return choice
      },
    })
  })

  test.each(goldenNames)('%s', async (name) => {
    offered.clear()
    prefersNew = false
    await checkCase(recurra, name)
    prefersNew = true
    // Each round takes at least one that is new.
    while ([...offered].some((strategy) => !taken.has(strategy))) await checkCase(recurra, name)
  })
})
