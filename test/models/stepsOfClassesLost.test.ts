/** Models whose classes say their steps, on a device that is lost: what was read back stays, of one step, with the state of all optimizers. */
import { expect, test } from 'vitest'
import {
  Adam,
  Dense,
  gradients,
  Model,
  ops,
  RecurraError,
  type SymbolicTensor,
  setBackend,
  setSeed,
} from '../../src/index.ts'
import { requestFurtherDevice, requestTestDevice } from '../support/gpu.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { waves } from '../support/steppedModels.ts'

const device = await requestTestDevice()
const [x, y] = [waves(8, 3), waves(8, 1)]

/** A layer by the optimizer of `compile`, and one by another. */
class Parted extends Model {
  readonly hidden = Dense(4, { activation: 'tanh' })
  readonly top = Dense(1)
  readonly other = Adam(0.05)
  override call(x: SymbolicTensor) {
    return this.top(this.hidden(x))
  }
  override trainStep([x, y]: readonly [SymbolicTensor, SymbolicTensor]) {
    const loss = ops.mean(ops.square(ops.subtract(y, this.call(x))))
    const [a, b] = [this.hidden.trainableWeights, this.top.trainableWeights]
    const found = gradients(loss, [...a, ...b])
    this.optimizer?.apply(found.slice(0, 2), a)
    this.other.apply(found.slice(2), b)
    return { loss }
  }
}

function make(): Parted {
  setSeed(3)
  const model = new Parted()
  model.build([null, 3])
  model.compile({ optimizer: Adam(0.05) })
  return model
}

/** Weights after each of so many steps, on the device that stays. */
async function stepsOf(count: number) {
  await setBackend('webgpu', { device })
  const model = make()
  const seen = [await weightsOf(model)]
  for (let i = 0; i < count; i++) {
    await model.trainOnBatch(x, y)
    seen.push(await weightsOf(model))
  }
  return seen
}

async function lose(own: GPUDevice): Promise<void> {
  own.destroy()
  await own.lost
}

test('weights of a loop of trainOnBatch are of one step, and training goes on from it', async () => {
  const seen = await stepsOf(26)
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = make()
  for (let i = 0; i < 20; i++) await model.trainOnBatch(x, y)
  await lose(own)
  await setBackend('webgpu', { device })
  const kept = model.restoreWeights()
  expect(kept).toBeLessThanOrEqual(20)
  expect(await weightsOf(model)).toEqual(seen[kept])
  expect(model.optimizer?.iterations).toBe(kept)
  expect(model.other.iterations).toBe(kept)
  for (let i = 1; i <= 5; i++) {
    await model.trainOnBatch(x, y)
    expect(await weightsOf(model)).toEqual(seen[kept + i])
  }
})

test.each(['cpu', 'webgpu'] as const)('what fit left is there on %s after a loss', async (name) => {
  const own = await requestFurtherDevice()
  await setBackend('webgpu', { device: own })
  const model = make()
  await model.fit(x, y, { ...quiet, epochs: 2, batchSize: 8, shuffle: false })
  const weights = await weightsOf(model)
  await lose(own)
  await expect(model.fit(x, y, quiet)).rejects.toBeInstanceOf(RecurraError)
  await setBackend(name, name === 'webgpu' ? { device } : {})
  expect(model.restoreWeights()).toBe(2)
  expect(await weightsOf(model)).toEqual(weights)
  await model.fit(x, y, { ...quiet, epochs: 1, batchSize: 8, shuffle: false })
  const found = await weightsOf(model)
  const expected = (await stepsOf(3))[3] ?? []
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 4)
})
