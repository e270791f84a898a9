/** A page that cannot load the code of warnings, since it is offline, say, trains as it would without anything to warn of. */
import { expect, test, vi } from 'vitest'
import { Dense, Input, Model, Sequential, tensor } from '../../src/index.ts'
import { quiet } from '../support/models.ts'

vi.mock(import('../../src/models/trainer/fitWarnings.ts'), () => {
  throw new Error('Failed to fetch dynamically imported module')
})

const zeros = (rows: number, columns: number) => tensor(new Float32Array(rows * columns), [rows, columns])

test('weights without gradients', async () => {
  const input = Input([2])
  const model = Model(
    input,
    ['a', 'b'].map((name) => Dense(1, { name })(input)),
  )
  model.compile({ optimizer: 'sgd', loss: ['mse', null] })
  const { history } = await model.fit(zeros(4, 2), [zeros(4, 1), zeros(4, 1)], quiet)
  expect(history.loss).toEqual([0])
  model.dispose()
})

test('a loss that is not finite', async () => {
  const model = Sequential([Input([1]), Dense(1)])
  model.compile({ optimizer: 'sgd', loss: 'mse' })
  const y = tensor(new Float32Array(4).fill(3e38), [4, 1])
  const { history } = await model.fit(zeros(4, 1), y, { ...quiet, epochs: 2 })
  expect(history.loss?.map(Number.isFinite)).toEqual([false, false])
  model.dispose()
})
