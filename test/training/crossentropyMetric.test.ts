/** 'crossentropy' and 'ce' among metrics are told by shapes which of three they are, as 'accuracy' is. */
import { beforeAll, expect, test } from 'vitest'
import { Activation, Input, Sequential, setBackend } from '../../src/index.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

const x = [
  [0.1, 0.2, 0.7],
  [0.3, 0.3, 0.4],
]
const oneHot = [
  [0, 1, 0],
  [1, 0, 0],
]

test.each([
  ['categorical_crossentropy', 'crossentropy', x, oneHot, -(Math.log(0.2) + Math.log(0.3)) / 2],
  ['mse', 'ce', x, oneHot, -(Math.log(0.2) + Math.log(0.3)) / 2],
  ['sparse_categorical_crossentropy', 'ce', x, [2, 0], -(Math.log(0.7) + Math.log(0.3)) / 2],
  ['binary_crossentropy', 'crossentropy', [[0.1], [0.3]], [1, 0], -(Math.log(0.1) + Math.log(0.7)) / 2],
] as const)('%s: %s', async (loss, metric, inputs, targets, expected) => {
  const model = Sequential([Input([inputs[0]?.length ?? 0]), Activation('linear')])
  model.compile({ loss, metrics: [metric] })
  const logs = await model.evaluate(inputs, targets, { verbose: 0, returnDict: true })
  expect((logs as Record<string, number>)[metric]).toBeCloseTo(expected, 5)
  model.dispose()
})
