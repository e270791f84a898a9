/** What models say to graphs that are none. */
import { beforeAll, test } from 'vitest'
import {
  Conv1D,
  Dense,
  Flatten,
  Input,
  LSTM,
  Model,
  Sequential,
  type SequentialModel,
  setBackend,
  tensor,
} from '../../src/index.ts'
import { type ErrorCase, expectError, untyped } from '../support/expectError.ts'

beforeAll(async () => {
  await setBackend('cpu')
})

function line(): SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  return model
}

const graphs: ErrorCase[] = [
  [
    'an input that is missing',
    () => {
      const [a, b] = [Input([2]), Input([2], { name: 'other' })]
      return Model(a, [Dense(2)(a), Dense(1)(b)])
    },
    'Model "functional": expected outputs that depend on the inputs given only, got one that needs the input "other". ' +
      'Add that Input to the inputs.',
  ],
  [
    'an input that is not symbolic',
    () => Model(untyped([[1, 2]]), Input([2])),
    'Model: expected inputs as symbolic tensors, got [1, 2]. ' +
      'Call a layer on Input(...) or on what another layer returned.',
  ],
  [
    'an output that is not symbolic',
    () => Model(Input([2]), untyped(Dense(2))),
    'Model: expected outputs as symbolic tensors, got Dense "dense". ' +
      'Call a layer on Input(...) or on what another layer returned.',
  ],
  [
    'a model called on another shape',
    () => Sequential([Dense(1, { inputShape: [2] })], { name: 'inner' })(Input([3])),
    'Model "inner": expected input [batch, 2], got [batch, 3].',
  ],
  [
    'a model called on too few inputs',
    () => {
      const inputs = [Input([2]), Input([2])]
      return Model(
        inputs,
        inputs.map((x) => Dense(1)(x)),
        { name: 'inner' },
      )(Input([2]))
    },
    'Model "inner": expected 2 inputs, got 1.',
  ],
  [
    'a layer for a model that is inside another',
    () => {
      const inner = Sequential([Dense(1, { inputShape: [2] })], { name: 'inner' })
      Sequential([inner])
      inner.add(Dense(1))
    },
    'Model "inner".add: expected a model that was not called yet, got a layer of others. Add all layers before it is called.',
  ],
  [
    'the output of a layer that was not called',
    () => Dense(1, { name: 'free' }).output,
    'Dense "free": expected a layer that was called, got one that was not. Call it on Input(...), or give its model an input shape.',
  ],
  [
    'no inputs',
    () => Model([], Input([2])),
    'Model: expected inputs as symbolic tensors, got none. ' +
      'Call a layer on Input(...) or on what another layer returned.',
  ],
  [
    'an open extent that weights depend on',
    () => Sequential([Input([3, null]), LSTM(2, { name: 'first' })]),
    'LSTM "first": expected a known number of features (axis 2), got [batch, 3, null]. Give it in inputShape.',
  ],
  [
    'an open extent in one column with others',
    () => Sequential([Input([null, 3]), Flatten(), Dense(2, { name: 'head' })]),
    'Dense "head": expected a known number of features (axis 1), got [batch, null]. Give it in inputShape.',
  ],
  [
    'a plan of an open model',
    () => Sequential([Input([null, 3]), LSTM(2)]).plan(),
    'Model "sequential".plan: expected shapes of one sample each for [batch, null, 3], got none. Give { shapes: [timesteps, features] } with the extents that samples have.',
  ],
  [
    'data that are too short for a layer of an open model',
    () => Sequential([Input([null, 1]), Conv1D(2, 4, { name: 'wide' })]).predict([[[1], [2], [3]]]),
    'Conv1D "wide": expected an input of at least 4 along axis 1, got 3 (input [batch, 3, 1]). Use a smaller window, or padding: \'same\'.',
  ],
  [
    'an extent of 0',
    () => Sequential([Input([null, 1]), LSTM(2)]).predict(tensor(new Float32Array(0), [1, 0, 1])),
    'Model "sequential".predict, x: expected input [batch, null, 1], got [1, 0, 1]. Each extent is at least 1.',
  ],
  [
    'two layers of one name',
    () => {
      const input = Input([2])
      return Model(input, Dense(1, { name: 'same' })(Dense(2, { name: 'same' })(input)))
    },
    'Model "functional": expected layers of different names, got two named "same". Give one of them another name.',
  ],
  [
    'two layers of one name in a row',
    () => Sequential([Dense(2, { name: 'same', inputShape: [2] }), Dense(2, { name: 'same' })]),
    'Model "sequential".add: expected layers of different names, got a second "same". Give one of them another name.',
  ],
  [
    'states in a row of layers',
    () => Sequential([untyped(LSTM(3, { inputShape: [2, 2], returnState: true }))]),
    'Model "sequential": expected layers with one output, got LSTM "lstm" with 3. ' +
      'Use Model(inputs, outputs) for layers that return states.',
  ],
  [
    'a layer that is none',
    () => Sequential([untyped('dense')]),
    'Model "sequential".add: expected a layer, such as LSTM(8), got "dense".',
  ],
  [
    'a second input',
    () => Sequential([Input([2]), Input([2])]),
    'Model "sequential".add: expected one input, got a second.',
  ],
  [
    'no layers',
    () => Sequential().summary(),
    'Model "sequential": expected a model with layers and a known input shape, got one without. ' +
      'Give inputShape to the first layer, or start with an Input.',
  ],
  [
    'a layer that is not there',
    () => line().getLayer('dens'),
    'Model "sequential".getLayer: expected one of dense, got "dens".',
  ],
]

test.each(graphs)('%s', (_what, attempt, message) => expectError(attempt, message))
