/** What setBackend takes and refuses; the names of strategies that it knows. */
import { expect, test } from 'vitest'
import { strategyNames } from '../../src/backends/strategyNames.ts'
import { DEFAULT_TRAITS, type DeviceTraits, type Operation } from '../../src/graph/operation.ts'
import {
  Conv1D,
  ConvLSTM2D,
  Dense,
  Flatten,
  GRU,
  Input,
  LSTM,
  Model,
  MultiHeadAttention,
  Sequential,
  SimpleRNN,
  setBackend,
} from '../../src/index.ts'
import * as operations from '../../src/ops/index.ts'
import { type ErrorCase, expectError, untyped } from '../support/expectError.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { trainingPlan } from '../support/trainingPlan.ts'

const device = await requestTestDevice()

const cases: ErrorCase[] = [
  [
    'an unknown option',
    () => setBackend('webgpu', untyped({ autoTune: true })),
    "setBackend: expected only the options device, autotune, strategies, got 'autoTune'. Did you mean 'autotune'?",
  ],
  [
    'no options',
    () => setBackend('webgpu', untyped(7)),
    "setBackend: expected options such as { autotune: true } after 'webgpu', got 7.",
  ],
  [
    'null',
    () => setBackend('cpu', untyped(null)),
    "setBackend: expected options such as { autotune: true } after 'cpu', got null.",
  ],
  [
    'a device that is none',
    () => setBackend('webgpu', { device: untyped({ queue: {} }) }),
    'setBackend: expected device to be a GPUDevice, got { queue }. Await adapter.requestDevice(), or leave device out.',
  ],
  [
    'autotune that is neither true nor false',
    () => setBackend('webgpu', { autotune: untyped('yes') }),
    'setBackend: expected autotune to be true or false, got "yes".',
  ],
  [
    'an unknown operation',
    () => setBackend('webgpu', { strategies: { matMull: 'tile32' } }),
    `setBackend: expected an operation of strategies to be one of ${Object.keys(strategyNames).length} names, got "matMull". Did you mean 'matmul'?`,
  ],
  [
    'an unknown strategy',
    () => setBackend('webgpu', { strategies: { matmul: 'tile23' } }),
    `setBackend: expected strategies.matmul to be one of ${listed(strategyNames.matmul ?? [])}, got "tile23". Did you mean 'tile32'?`,
  ],
  [
    'strategies that are none',
    () => setBackend('webgpu', { strategies: untyped(['tile32']) }),
    'setBackend: expected strategies to be strategies by operation, { matmul: \'registers\' }, or a function that picks one, got ["tile32"].',
  ],
  [
    'WebGPU’s options on the CPU',
    () => setBackend('cpu', { autotune: true }),
    "setBackend: expected 'webgpu' or 'auto' with autotune, got 'cpu'.",
  ],
  [
    'a device on the CPU',
    () => setBackend('cpu', { device }),
    "setBackend: expected 'webgpu' or 'auto' with device, got 'cpu'.",
  ],
]

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}

test.each(cases)('%s is refused', (_what, attempt, message) => expectError(attempt, message))

test('null stands for an option that is left out', async () => {
  expect((await setBackend('cpu', { device: null, strategies: null })).backend).toBe('cpu')
})

test('a function that gives another name than a strategy’s is refused when it is asked', async () => {
  await setBackend('webgpu', {
    device,
    strategies: ({ op }) => (op.name === 'matmul' ? 'tile23' : undefined),
  })
  const model = Sequential([Dense(2, { inputShape: [3] })])
  await expectError(
    () => model.predict([[1, 2, 3]]),
    `setBackend: expected strategies to give undefined, or for matmul to be one of ${listed(strategyNames.matmul ?? [])}, got "tile23". Did you mean 'tile32'?`,
  )
  model.dispose()
})

const recurrentLayers = [
  (units: number, inputShape: number[]) => LSTM(units, { inputShape }),
  (units: number, inputShape: number[]) => GRU(units, { inputShape }),
  (units: number, inputShape: number[]) => GRU(units, { inputShape, resetAfter: false }),
  (units: number, inputShape: number[]) => SimpleRNN(units, { inputShape }),
]

function attending() {
  const input = Input([5, 4])
  return Model(input, Dense(3, { activation: 'softmax' })(MultiHeadAttention(2, 2)(input, input)))
}

/** Strategies that training steps of all recurrences, products, attention and convolutions offer on a device. */
function offeredOn(traits: Partial<DeviceTraits>): Set<string> {
  const offered = new Set<string>()
  const models = [
    ...recurrentLayers.flatMap((recurrent) => [
      Sequential([recurrent(8, [600, 4]), Dense(4)]),
      Sequential([recurrent(257, [3, 4]), Dense(1)]),
    ]),
    Sequential([Conv1D(64, 3, { inputShape: [9, 64], padding: 'same' }), Conv1D(8, 3), Flatten(), Dense(1)]),
    attending(),
    Sequential([ConvLSTM2D(4, 3, { inputShape: [3, 6, 6, 2] }), Flatten(), Dense(1)]),
    Sequential([Dense(3, { inputShape: [2], activation: 'softmax' })]),
  ]
  const { operation: masked } = operations.maskedSoftmax
  for (const name of masked.strategies({ x: [1, 1, 4, 4] }, {}, { ...DEFAULT_TRAITS, ...traits }))
    offered.add(`${masked.name} ${name}`)
  for (const model of models) {
    trainingPlan(model, 32, {
      ...DEFAULT_TRAITS,
      ...traits,
      choose: ({ op, strategies }) => {
        for (const strategy of strategies) offered.add(`${op.name} ${strategy}`)
        return undefined
      },
    })
  }
  return offered
}

test('the names of strategies are those that operations offer', () => {
  const devices = [{}, { isSoftware: true }, { subgroups: { min: 8, max: 32 } }]
  const offered = new Set(devices.flatMap((traits) => [...offeredOn(traits)]))
  const known = Object.entries(strategyNames).flatMap(([op, names]) => names.map((name) => `${op} ${name}`))
  expect([...offered].filter((name) => !known.includes(name))).toEqual([])
  expect(known.filter((name) => !offered.has(name))).toEqual([])
  const several = Object.values(operations).flatMap((made) => {
    const op: Operation | undefined = (made as { readonly operation?: Operation }).operation
    return op && op.strategies !== operations.pooling.operation.strategies ? [op.name] : []
  })
  // A recurrence of states of space is launched in one way, which it says as others say theirs.
  const single = ['convLstm', 'convLstmGradient']
  expect(several.filter((name) => !single.includes(name)).sort()).toEqual(Object.keys(strategyNames).sort())
})
