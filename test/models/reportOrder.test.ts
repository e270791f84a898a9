/**
 * What a fit tells is told in the order of its epochs, though the reading of one overlaps the training of the next, and before it ends,
 * though code for it is loaded.
 */
import { expect, test, vi } from 'vitest'
import { Adam, Dense, Input, LossScaleOptimizer, Model, Sequential, tensor } from '../../src/index.ts'
import { DynamicLossScaleOptimizer } from '../../src/training/lossScaleOptimizer.ts'
import { quiet } from '../support/models.ts'

// Each time that the code is loaded takes less long than the time before, as may be with imports that run beside each other.
vi.mock(import('../../src/models/later.ts'), async (original) => {
  const later = await original()
  let delay = 100
  return {
    ...later,
    async reports() {
      delay -= 10
      await new Promise((resolve) => setTimeout(resolve, delay))
      return later.reports()
    },
    async fitWarnings() {
      await new Promise((resolve) => setTimeout(resolve, 100))
      return later.fitWarnings()
    },
  }
})

test('numbers of skipped steps', async () => {
  const told: number[] = []
  vi.spyOn(DynamicLossScaleOptimizer.prototype, 'skipped', 'set').mockImplementation((number) => {
    told.push(number)
  })
  const model = Sequential([Input([2]), Dense(1, { kernelInitializer: 'ones' })])
  // The first gradients times 2¹²⁶ are infinite, until the scale has fallen.
  model.compile({ optimizer: LossScaleOptimizer(Adam(0.05), { initialScale: 2 ** 126 }), loss: 'mse' })
  const [x, y] = [tensor(new Float32Array(8).fill(1), [4, 2]), tensor(new Float32Array(4).fill(300), [4, 1])]
  await model.fit(x, y, { ...quiet, batchSize: 4, epochs: 6 })
  expect(told.length).toBe(6)
  expect(told.at(-1)).toBeGreaterThan(1)
  expect(told).toEqual([...told].sort((a, b) => a - b))
  model.dispose()
})

test('weights without gradients', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
  const input = Input([2])
  const outputs = ['a', 'b'].map((name) => Dense(1, { name })(input))
  const model = Model(input, outputs)
  model.compile({ optimizer: 'sgd', loss: ['mse', null] })
  const y = tensor(new Float32Array(4), [4, 1])
  await model.fit(tensor(new Float32Array(8), [4, 2]), [y, y], quiet)
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining('gradients do not exist for "b/kernel", "b/bias"')],
  ])
  warn.mockRestore()
  model.dispose()
})
