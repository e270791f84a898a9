/** Models of tables have an input for each column: as many as there are, beside targets and weights, which are copied 16 in a launch. */
import { expect, test } from 'vitest'
import { Concatenate, Dense, Input, Model, type SymbolicTensor, setSeed, tensor } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const COLUMNS = 21
const ROWS = 10
const settings = { ...quiet, epochs: 3, batchSize: 4, shuffle: false }

/** Two outputs of a table, which is one tensor or a tensor a column. */
function modelOf(inputs: SymbolicTensor | SymbolicTensor[]) {
  setSeed(7)
  const table = Array.isArray(inputs) ? Concatenate()(inputs) : inputs
  const hidden = Dense(3, { activation: 'tanh' })(table)
  const model = Model(inputs, [Dense(1, { name: 'one' })(hidden), Dense(2, { name: 'two' })(hidden)])
  model.compile({ loss: ['mse', 'mae'], optimizer: 'sgd', weightedMetrics: [['mae'], []] })
  return model
}

onEachBackend(() => {
  test('a table by columns trains as a table does', async () => {
    const table = uniform([ROWS, COLUMNS], -1, 1, 1)
    const columns = Array.from({ length: COLUMNS }, (_, column) =>
      tensor(
        Array.from({ length: ROWS }, (_, row) => table.data[row * COLUMNS + column] as number),
        [ROWS, 1],
      ),
    )
    const y = [uniform([ROWS, 1], -1, 1, 2), uniform([ROWS, 2], -1, 1, 3)]
    const sampleWeight = [uniform([ROWS], 0, 1, 4), uniform([ROWS], 0, 1, 5)]
    const whole = modelOf(Input([COLUMNS]))
    const byColumn = modelOf(columns.map(() => Input([1])))
    const { history: expected } = await whole.fit(table, y, { ...settings, sampleWeight })
    const { history } = await byColumn.fit(columns, y, { ...settings, sampleWeight })
    expect(Object.keys(history)).toEqual(Object.keys(expected))
    expect(Object.keys(history)).toContain('one_mae')
    for (const [name, values = []] of Object.entries(expected))
      expectClose(name, history[name] ?? [], values, 1e-5)
    const [predicted, found] = [await whole.predict(table), await byColumn.predict(columns)]
    predicted.forEach((output, i) => {
      expectClose(`output ${i}`, found[i]?.data ?? [], output.data, 1e-5)
    })
  })
})
