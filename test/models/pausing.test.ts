/** A fit that is paused, goes on, and is stopped between two steps. */
import { expect, test } from 'vitest'
import { Dense, Sequential, type SequentialModel, setSeed } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [x, y] = [uniform([12, 2], -1, 1), uniform([12, 1], -1, 1, 2)]

function create(): SequentialModel {
  setSeed(3)
  const model = Sequential([Dense(3, { inputShape: [2] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
}

const turn = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Waits until so many steps are done. */
async function reach(model: SequentialModel, steps: number): Promise<void> {
  while ((model.optimizer?.iterations ?? 0) < steps) await turn()
}

onEachBackend(() => {
  test.each(['arrays', 'a stream'])('a pause on %s changes nothing but the time', async (data) => {
    const options = { ...quiet, epochs: 3 } as const
    const train = (model: SequentialModel) =>
      data === 'arrays'
        ? model.fit(x, y, { ...options, batchSize: 4 })
        : model.fit(() => [[x, y]], null, options)
    const alone = create()
    const expected = await train(alone)
    const paused = create()
    paused.resume()
    paused.pause()
    let isDone = false
    const fitting = train(paused).finally(() => {
      isDone = true
    })
    await reach(paused, 1)
    // Other calls go on, and steps that were under way end beside them.
    for (let before = -1; before !== paused.optimizer?.iterations; ) {
      before = paused.optimizer?.iterations ?? 0
      expect((await paused.predict(x)).shape).toEqual([12, 1])
    }
    expect(isDone).toBe(false)
    paused.resume()
    expect((await fitting).history).toEqual(expected.history)
    expect(await weightsOf(paused)).toEqual(await weightsOf(alone))
  })

  test('stop ends a fit after the step under way, paused or not', async () => {
    for (const isPaused of [false, true]) {
      const model = create()
      const fitting = model.fit(x, y, { ...quiet, batchSize: 1, epochs: 1e6 })
      if (isPaused) model.pause()
      await reach(model, 1)
      model.stop()
      const { history, epoch } = await fitting
      expect(epoch.length).toBeLessThan(1e6)
      expect(history.loss).toHaveLength(epoch.length)
      // The pause is over.
      expect((await model.fit(x, y, { ...quiet, epochs: 2 })).epoch).toEqual([0, 1])
    }
  })

  test('a signal ends a fit that is paused', async () => {
    const model = create()
    const controller = new AbortController()
    const fitting = model.fit(x, y, { ...quiet, epochs: 9, signal: controller.signal })
    model.pause()
    await reach(model, 1)
    controller.abort(new Error('enough'))
    await expect(fitting).rejects.toThrow('enough')
  })
})

test('a fit of one epoch stops in its middle, as in Keras, when the epoch began with stopTraining', async () => {
  const model = create()
  const onEpochBegin = () => {
    model.stopTraining = true
  }
  await model.fit(x, y, { ...quiet, batchSize: 4, epochs: 2, callbacks: { onEpochBegin } })
  expect(model.optimizer?.iterations).toBeLessThan(6)
})
