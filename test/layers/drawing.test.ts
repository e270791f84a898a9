/** Weights are drawn when they are first needed, each from its own seed: in whichever order, and not at all where others come. */
import { expect, test, vi } from 'vitest'
import { Dense, LSTM, loadModel, Sequential, type SequentialModel, setSeed } from '../../src/index.ts'
import { Generator } from '../../src/util/generator.ts'
import { goldenCase } from '../support/golden.ts'
import { weightsOf } from '../support/models.ts'

function stacked(): SequentialModel {
  setSeed(5)
  return Sequential([LSTM(3, { inputShape: [2, 2], returnSequences: true }), LSTM(2), Dense(1)])
}

/** How many random words are drawn meanwhile. */
async function drawsOf(act: () => unknown): Promise<number> {
  const drawn = vi.spyOn(Generator.prototype, 'bits')
  await act()
  const { length } = drawn.mock.calls
  drawn.mockRestore()
  return length
}

test('a layer takes its seeds as it is built, and its numbers later', async () => {
  // Two words a seed: an LSTM and its dropout four, a Dense two.
  expect(await drawsOf(stacked)).toBeLessThan(40)
  const [model, other] = [stacked(), stacked()]
  await other.predict([
    [
      [1, 2],
      [3, 4],
    ],
  ])
  setSeed(6)
  expect(await weightsOf(model)).toEqual(await weightsOf(other))
})

test('nothing is drawn where a file or setWeights brings the weights', async () => {
  const bytes = goldenCase('stacked').modelBytes
  setSeed(1)
  const seeds = await drawsOf(() => loadModel(bytes))
  const model = stacked()
  const values = await stacked().getWeights()
  const set = await drawsOf(async () => {
    model.setWeights(values)
    await model.predict([
      [
        [1, 2],
        [3, 4],
      ],
    ])
    await model.getWeights()
  })
  expect([seeds < 60, set]).toEqual([true, 0])
})

test('an initializer that cannot fill a weight says so when the layer is built', () => {
  expect(() => Sequential([Dense(2, { inputShape: [3], biasInitializer: 'orthogonal' })])).toThrow(
    'Orthogonal: expected a shape of at least two dimensions, got [2].',
  )
})
