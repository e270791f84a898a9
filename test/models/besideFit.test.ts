/** What runs beside a fit leaves its bits alone: a fit alone, and one with other calls between all of its steps. */
import { describe, expect, test } from 'vitest'
import {
  BatchNormalization,
  Dense,
  Dropout,
  Input,
  LSTM,
  Model,
  Sequential,
  type SequentialModel,
  setSeed,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [x, y] = [uniform([6, 3, 2], -1, 1), uniform([6, 1], -1, 1, 2)]

/** The first layer of the model that was made last. */
let recurrent = LSTM(3, { inputShape: [3, 2] })

function create(): SequentialModel {
  setSeed(4)
  recurrent = LSTM(3, { inputShape: [3, 2] })
  const model = Sequential([recurrent, BatchNormalization(), Dropout(0.3), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] })
  return model
}

/** What is called beside the fit of a model, again and again; other models are made before it starts. */
type Neighbour = (model: SequentialModel) => () => Promise<unknown>

const neighbours: Readonly<Record<string, Neighbour>> = {
  'profile of a step': (model) => () => model.profile(x, y, { repeats: 2 }),
  'profile of a prediction': (model) => () => model.profile(x, null, { repeats: 2 }),
  predict: (model) => () => model.predict(x),
  evaluate: (model) => () => model.evaluate(x, y, { verbose: 0 }),
  testOnBatch: (model) => () => model.testOnBatch(x, y),
  gradients: (model) => () => model.gradients(x, y),
  getWeights: (model) => () => model.getWeights(),
  'the fit of another model': () => {
    const other = create()
    return () => other.fit(x, y, { epochs: 2, verbose: 0 })
  },
  'calls of a model that shares layers': () => {
    const input = Input([3, 2])
    const shared = Model(input, recurrent(input))
    return async () => {
      await shared.predict(x)
      await shared.profile(x)
    }
  },
}

/** Losses and weights of a fit, with calls beside it from its start to its end. */
async function fitBeside(neighbour: Neighbour | null): Promise<unknown> {
  const model = create()
  const call = neighbour?.(model)
  await call?.()
  let isRunning = true
  const fit = model.fit(x, y, { epochs: 12, batchSize: 4, shuffle: false, verbose: 0 }).finally(() => {
    isRunning = false
  })
  let calls = 0
  while (call && (isRunning || calls === 0)) {
    await call()
    calls++
    // On the CPU calls may be all microtasks, between which the fit has no turn.
    await new Promise((resolve) => setTimeout(resolve))
  }
  const { history } = await fit
  const weights = await weightsOf(model)
  model.dispose()
  return { history, weights, iterations: model.optimizer?.iterations }
}

onEachBackend(() => {
  describe('a fit has the same bits alone and beside', () => {
    let alone: unknown = null
    test.each(Object.entries(neighbours))('%s', async (_name, neighbour) => {
      alone ??= await fitBeside(null)
      expect(await fitBeside(neighbour)).toEqual(alone)
    })
  })
})
