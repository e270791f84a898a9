/** Cells of one's own in configs and files: alone, both ways, in stacks with cells of Recurra, with a cell inside. */
import { beforeAll, expect, test } from 'vitest'
import {
  Bidirectional,
  Dense,
  Input,
  type Layer,
  LSTMCell,
  loadModel,
  modelFromConfig,
  RNN,
  register,
  Sequential,
  StackedRNNCells,
  setBackend,
} from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { goldenCase } from '../support/golden.ts'
import { changedFile, entriesOf, lstmOf, zipped } from '../support/kerasFiles.ts'
import { quiet } from '../support/models.ts'
import { MinimalCell, OwnLSTMCell, ResidualCell } from '../support/ownCells.ts'
import { uniform } from '../support/values.ts'
import { weightsFile } from '../support/weightsFile.ts'

register('MinimalCell', MinimalCell)
register('Tests>ResidualCell', ResidualCell)

const [time, features] = [4, 3]
const x = uniform([2, time, features], -1, 1, 1)
const minimal = () => new MinimalCell(2, { name: 'minimal' })

beforeAll(() => setBackend('cpu'))

test.each<[string, () => Layer]>([
  ['alone', () => RNN(minimal(), { goBackwards: true })],
  ['both ways', () => Bidirectional(RNN(minimal(), { returnSequences: true }))],
  [
    'both ways, each its own',
    () => Bidirectional(RNN(minimal()), { backwardLayer: RNN(new MinimalCell(2), { goBackwards: true }) }),
  ],
  ['in a list', () => RNN([minimal(), LSTMCell(3), minimal()])],
  ['in a stack', () => RNN(StackedRNNCells([LSTMCell(3), new ResidualCell(3)]))],
  ['with a cell inside', () => RNN(new ResidualCell(features), { zeroOutputForMask: true })],
])('%s', async (_how, layer) => {
  const model = Sequential([Input([time, features]), layer(), Dense(1)])
  model.compile({ optimizer: 'adam', loss: 'mse' })
  await model.fit(x, uniform((await model.predict(x, quiet)).shape, -1, 1, 2), { ...quiet, epochs: 1 })
  const expected = (await model.predict(x, quiet)).data
  const paths = model.weights.map(({ path }) => path)

  const again = await modelFromConfig(JSON.parse(JSON.stringify(model.getConfig())))
  again.setWeights(await model.getWeights())
  expect(again.weights.map(({ path }) => path)).toEqual(paths)
  expect((await again.predict(x, quiet)).data).toEqual(expected)
})

test('a file of Keras, with the weights of a cell in its group', async () => {
  const plain = await loadModel(goldenCase('vanilla').modelBytes)
  const weights = await plain.getWeights()
  const units = (weights[1]?.shape[0] ?? 0) as number
  const cell = {
    module: 'mine',
    class_name: 'OwnLSTMCell',
    config: { name: 'own', trainable: true, dtype: 'float32', units },
    registered_name: 'Tests>OwnLSTMCell',
    build_config: { input_shape: [null, 3] },
  }
  const config = changedFile((model) => {
    const lstm = lstmOf(model)
    lstm.class_name = 'RNN'
    lstm.config = { name: 'rnn', trainable: true, dtype: 'float32', cell, return_sequences: false }
  })
  const bytes = zipped({
    ...entriesOf(config),
    'model.weights.h5': weightsFile({
      'layers/rnn/cell': weights.slice(0, 3),
      'layers/dense': weights.slice(3),
    }),
  })
  await expect(loadModel(bytes)).rejects.toThrow("call register('OwnLSTMCell', …) before.")
  register('Tests>OwnLSTMCell', OwnLSTMCell)
  const data = uniform([4, 10, 3], -1, 1, 3)
  const [a, b] = [await (await loadModel(bytes)).predict(data, quiet), await plain.predict(data, quiet)]
  expectClose('outputs', a.data, b.data, 1e-6)
})

test('a cell that is not registered is named', () => {
  class Unknown extends MinimalCell {}
  const config = Sequential([Input([time, features]), RNN([new Unknown(2), LSTMCell(2)])]).getConfig()
  return expect(modelFromConfig(config)).rejects.toThrow("call register('Unknown', …) before.")
})
