/** SwapEMAWeights: validation and evaluation by the averages of the weights, and training by the weights. */
import { expect, test } from 'vitest'
import { Adam, type CallbackHooks, SwapEMAWeights } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { weightsOf } from '../support/models.ts'
import { line, options, x, y } from './line.ts'

function averaged() {
  const model = line()
  model.compile({ loss: 'mse', optimizer: Adam({ learningRate: 0.1, useEma: true, emaMomentum: 0.9 }) })
  return model
}

onEachBackend(() => {
  test('the validation is by the averages, and the training as without', async () => {
    const plain = averaged()
    const validated = { ...options, validationData: [x, y] } as const
    // A fit ends with the averages as weights, after which the same evaluation is by them.
    const { history } = await plain.fit(x, y, { ...options, epochs: 2 })
    const byAverages = await plain.evaluate(x, y, { verbose: 0 })
    const swapped = averaged()
    const { history: with_ } = await swapped.fit(x, y, {
      ...validated,
      epochs: 2,
      callbacks: SwapEMAWeights(),
    })
    expectClose('losses', with_.loss as number[], history.loss as number[], 1e-6)
    expectClose('the last validation', [with_.val_loss?.[1] as number], [byAverages].flat(), 1e-6)
    expectClose('weights', await weightsOf(swapped), await weightsOf(plain), 1e-6)
  })

  test('with swapOnEpoch callbacks behind it see averages, and the fit ends with them', async () => {
    const seen: number[][] = []
    const model = averaged()
    const look: CallbackHooks = { onEpochEnd: async () => void seen.push(await weightsOf(model)) }
    const callbacks = [SwapEMAWeights({ swapOnEpoch: true }), look]
    const { history } = await model.fit(x, y, { ...options, epochs: 2, callbacks })
    const plain = averaged()
    expectClose(
      'losses',
      history.loss as number[],
      (await plain.fit(x, y, { ...options, epochs: 2 })).history.loss as number[],
      1e-6,
    )
    expectClose('averages', seen[1] ?? [], await weightsOf(plain), 1e-6)
    expectClose('weights', await weightsOf(model), await weightsOf(plain), 1e-6)
  })
})

test('an optimizer without averages is refused', async () => {
  const fit = line().fit(x, y, { ...options, validationData: [x, y], callbacks: SwapEMAWeights() })
  await expect(fit).rejects.toThrow('SGD: expected useEma: true, got no averages of the weights')
})
