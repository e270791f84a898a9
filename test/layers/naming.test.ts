/** Names of layers, models and weights, as Keras makes them. */
import { beforeEach, expect, test } from 'vitest'
import {
  Bidirectional,
  clearSession,
  Dense,
  Dropout,
  Flatten,
  Input,
  type LayersModel,
  LSTM,
  Model,
  RepeatVector,
  Sequential,
  TimeDistributed,
} from '../../src/index.ts'

beforeEach(clearSession)

const pathsOf = (model: LayersModel): string[] => model.weights.map(({ path }) => path)
const namesOf = (model: LayersModel): string[] => model.layers.map(({ name }) => name)

test('layers are numbered by class, over all models, until clearSession', () => {
  const build = () =>
    Sequential([
      LSTM(2, { inputShape: [3, 2] }),
      RepeatVector(2),
      LSTM(2, { returnSequences: true }),
      TimeDistributed(Dense(1)),
    ])
  const [first, second] = [build(), build()]
  expect([first.name, second.name]).toEqual(['sequential', 'sequential_1'])
  expect(namesOf(first)).toEqual(['lstm', 'repeat_vector', 'lstm_1', 'time_distributed'])
  expect(namesOf(second)).toEqual(['lstm_2', 'repeat_vector_1', 'lstm_3', 'time_distributed_1'])
  clearSession()
  expect(namesOf(build())).toEqual(namesOf(first))
})

test('a name of one’s own does not count', () => {
  expect([Dense(1, { name: 'dense_7' }).name, Dense(1).name, Dense(1).name]).toEqual([
    'dense_7',
    'dense',
    'dense_1',
  ])
  const input = Input([1])
  expect(Model(input, Dense(1)(input), { name: 'own' }).name).toBe('own')
})

test('weights of a Sequential stand under its name, those of layers called alone under their own', () => {
  const model = Sequential([LSTM(2, { inputShape: [3, 2] }), Dense(1)])
  expect(pathsOf(model)).toEqual([
    'sequential/lstm/lstm_cell/kernel',
    'sequential/lstm/lstm_cell/recurrent_kernel',
    'sequential/lstm/lstm_cell/bias',
    'sequential/dense/kernel',
    'sequential/dense/bias',
  ])
  const input = Input([3, 2])
  const functional = Model(
    input,
    Dense(1, { name: 'answer' })(LSTM(2, { useBias: false, name: 'memory' })(input)),
  )
  expect(pathsOf(functional)).toEqual([
    'memory/lstm_cell/kernel',
    'memory/lstm_cell/recurrent_kernel',
    'answer/kernel',
    'answer/bias',
  ])
})

test('weights of layers inside layers stand under both', () => {
  const model = Sequential([
    Bidirectional(LSTM(2), { inputShape: [3, 2], name: 'both' }),
    RepeatVector(2),
    TimeDistributed(Dense(1)),
  ])
  expect(pathsOf(model)).toEqual([
    'sequential/both/forward_lstm/lstm_cell/kernel',
    'sequential/both/forward_lstm/lstm_cell/recurrent_kernel',
    'sequential/both/forward_lstm/lstm_cell/bias',
    'sequential/both/backward_lstm/lstm_cell/kernel',
    'sequential/both/backward_lstm/lstm_cell/recurrent_kernel',
    'sequential/both/backward_lstm/lstm_cell/bias',
    'sequential/time_distributed/dense/kernel',
    'sequential/time_distributed/dense/bias',
  ])
})

test('weights have shapes, a type, and know whether they learn', () => {
  const model = Sequential([Flatten({ inputShape: [2, 3] }), Dense(4, { trainable: false }), Dropout(0.5)])
  expect(model.weights).toEqual([
    { path: 'sequential/dense/kernel', name: 'kernel', shape: [6, 4], dtype: 'float32', trainable: false },
    { path: 'sequential/dense/bias', name: 'bias', shape: [4], dtype: 'float32', trainable: false },
  ])
  expect(model.countParams()).toBe(28)
  expect(model.getLayer('dense')).toBe(model.getLayer(1))
})
