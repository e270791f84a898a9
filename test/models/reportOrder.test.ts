/** What epochs tell is told in their order, though the reading of one overlaps the training of the next, and code for it is loaded. */
import { expect, test, vi } from 'vitest'
import { Adam, Dense, Input, LossScaleOptimizer, Sequential, tensor } from '../../src/index.ts'
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
