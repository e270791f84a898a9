/** Lists and objects that the package hands out, and reads itself, cannot be changed: a change would be half of one, or none. */
import { expect, test } from 'vitest'
import { Adam, Dense, Input, LSTM, Model, Sequential, type SequentialModel } from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { quiet } from '../support/models.ts'

test.each<readonly [string, () => SequentialModel]>([
  ['of layers', () => Sequential([LSTM(2, { inputShape: [3, 1], stateful: true, batchSize: 1 }), Dense(1)])],
  [
    'of a graph',
    () => {
      const x = Input({ batchShape: [1, 3, 1] })
      return Model(x, Dense(1)(LSTM(2, { stateful: true })(x))) as unknown as SequentialModel
    },
  ],
])('a model %s', async (_, make) => {
  await chooseBackend('cpu')
  const model = make()
  model.compile({ loss: 'mse', optimizer: Adam(0.01), metrics: ['mae'] })
  const history = await model.fit([[[1], [2], [3]]], [[1]], quiet)
  const [layer] = model.layers
  const { optimizer } = model
  const lists = {
    layers: model.layers,
    inputs: model.inputs,
    outputs: model.outputs,
    weights: model.weights,
    metricsNames: model.metricsNames,
    'a weight': model.weights[0] ?? {},
    config: layer?.config ?? {},
    'config of the optimizer': optimizer?.config ?? {},
  }
  expect(Object.entries(lists).flatMap(([name, value]) => (Object.isFrozen(value) ? [] : [name]))).toEqual([])
  // What is the caller's own stays so.
  expect(Object.isFrozen(history.history.loss)).toBe(false)
  expect(Object.isFrozen(model.getConfig())).toBe(false)
  model.dispose()
})
