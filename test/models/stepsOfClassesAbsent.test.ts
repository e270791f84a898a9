/** Weights that no loss of a step depends on. */
import { expect, test, vi } from 'vitest'
import {
  Adam,
  Dense,
  gradients,
  Input,
  Model,
  ops,
  Sequential,
  type SymbolicTensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { waves } from '../support/steppedModels.ts'

const x = waves(5, 2)

/** Trains the first of two nets, and asks for the gradients of both. */
class Half extends Model {
  readonly a = Sequential([Input([2]), Dense(2)])
  readonly b = Sequential([Input([2]), Dense(1)])
  override trainStep(x: SymbolicTensor) {
    const loss = ops.mean(ops.square(this.a(x)))
    const weights = this.trainableWeights
    this.optimizer?.applyGradients(
      gradients(loss, weights).map((gradient, i) => [gradient, weights[i] as never]),
    )
    return { loss }
  }
}

onEachBackend(() => {
  test('weights without gradients stay as they are, as in Keras, and are told once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const model = new Half()
    const all = async () => [...(await weightsOf(model.a)), ...(await weightsOf(model.b))]
    const before = await all()
    model.compile({ optimizer: Adam({ learningRate: 0.1, weightDecay: 0.1 }) })
    await model.fit(x, null, { ...quiet, epochs: 2, batchSize: 3 })
    const after = await all()
    const count = model.a.countParams()
    expect(after.slice(count)).toEqual(before.slice(count))
    expect(after[0]).not.toBe(before[0])
    expect(warn).toHaveBeenCalledOnce()
    const paths = model.b.trainableWeights.map(({ path }) => `"${path}"`).join(', ')
    expect(warn.mock.calls[0]?.[0]).toContain(
      `trainStep, Adam.apply: gradients do not exist for ${paths}: the loss does not depend on them`,
    )
    warn.mockRestore()
    model.dispose()
  })
})
