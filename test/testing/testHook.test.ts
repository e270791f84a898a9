/** The global `__recurra__`: the backend and the seed are the test's, and calls are told. */
import type { TestHook } from 'recurra/testing'
import { afterEach, expect, test } from 'vitest'
import { Dense, Sequential, setBackend, setSeed } from '../../src/index.ts'
import { requestTestDevice } from '../support/gpu.ts'

const device = await requestTestDevice()
afterEach(() => {
  globalThis.__recurra__ = undefined
})

async function train(): Promise<number[] | undefined> {
  const model = Sequential([Dense(3, { inputShape: [2] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const { history } = await model.fit([[0, 1]], [[1]], { epochs: 2, verbose: 0 })
  model.dispose()
  return history.loss
}

test('it says where models run and from which seed, and hears of calls', async () => {
  const told: string[] = []
  const fits: Parameters<NonNullable<TestHook['onFit']>>[0][] = []
  globalThis.__recurra__ = {
    backend: 'cpu',
    seed: 7,
    onUse: (backend) => told.push(backend),
    onFit: (fit) => fits.push(fit),
  }
  expect((await setBackend('webgpu', { device })).backend).toBe('cpu')
  setSeed(1)
  const first = await train()
  setSeed(2)
  expect(await train()).toEqual(first)
  expect(new Set(told)).toEqual(new Set(['cpu']))
  expect((await fits[1])?.history.loss).toEqual(first)
  globalThis.__recurra__ = undefined
  setSeed(7)
  expect(await train()).toEqual(first)
  setSeed(2)
  expect(await train()).not.toEqual(first)
})

test('it hears of a fit that fails', async () => {
  const fits: Promise<unknown>[] = []
  globalThis.__recurra__ = { onFit: (fit) => fits.push(fit) }
  const model = Sequential([Dense(1, { inputShape: [2] })])
  await expect(model.fit([[0, 1]], [[1]])).rejects.toThrow('compile')
  await expect(fits[0]).rejects.toThrow('compile')
})
