/** Every metric beside a loss of class indices, and one of targets that look like predictions: both fit, or compile says that they do not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Dense, type LossName, type MetricName, metrics, Sequential, setBackend } from '../../src/index.ts'
import { quiet } from '../support/models.ts'

beforeAll(async () => void (await setBackend('cpu')))
afterAll(async () => void (await setBackend()))

/** Those that compare predictions with targets, and need no options. Of which labels 'accuracy' is, the targets decide. */
const names = Object.keys(metrics).filter(
  (name) => /^[A-Z]/.test(name) && !/^(Mean|Sum|Metric|MeanMetricWrapper)$|At|IoU|Matrix/.test(name),
)

const x = [
  [1, 2],
  [3, 4],
  [5, 7],
]
const losses = {
  sparse_categorical_crossentropy: [0, 2, 1],
  categorical_crossentropy: [
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
  ],
}

describe.each(Object.entries(losses))('%s', (loss, y) => {
  test.each(names)('%s', async (name) => {
    const model = Sequential([Dense(3, { inputShape: [2], activation: 'softmax' })])
    const fits = name.toLowerCase() === 'accuracy' || name.startsWith('Sparse') === loss.startsWith('sparse')
    const training = (async () => {
      model.compile({ loss: loss as LossName, optimizer: 'sgd', metrics: [name as MetricName] })
      return model.fit(x, y, quiet)
    })()
    if (fits) expect((await training).history[name]).toHaveLength(1)
    else
      await expect(training).rejects.toThrow(
        new RegExp(`compile, metrics: expected metrics for targets .* got ${name} for .*toCategorical`),
      )
  })
})
