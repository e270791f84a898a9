/** Dispatches of training steps of recurrent layers, as the plan tells them: with two directions, and with masks. */
import { expect, test } from 'vitest'
import {
  Bidirectional,
  Dense,
  GRU,
  Input,
  type Layer,
  LSTM,
  Masking,
  Sequential,
  SimpleRNN,
  setBackend,
} from '../src/index.ts'
import { requestTestDevice } from './support/gpu.ts'

await setBackend('webgpu', { device: await requestTestDevice() })

const RECURRENT: readonly (readonly [
  name: string,
  create: (returnSequences?: boolean, units?: number) => Layer,
])[] = [
  ['LSTM', (returnSequences = false, units = 64) => LSTM(units, { returnSequences })],
  ['GRU', (returnSequences = false, units = 64) => GRU(units, { returnSequences })],
  [
    'GRU that resets before the product',
    (returnSequences = false, units = 64) => GRU(units, { returnSequences, resetAfter: false }),
  ],
  ['SimpleRNN', (returnSequences = false, units = 64) => SimpleRNN(units, { returnSequences })],
]

/** Dispatches of a training step on 32 sequences of 50 time steps. */
const dispatchesOf = (...layers: readonly Layer[]): number => dispatchesAt(50, ...layers)

function dispatchesAt(time: number, ...layers: readonly Layer[]): number {
  const model = Sequential([Input([time, 16]), ...layers, Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const { dispatches } = model.plan({ batchSize: 32, training: true })
  model.dispose()
  return dispatches
}

test.each(RECURRENT)('%s and Dense(1) are 12 dispatches at any length, up to 256 units', (_name, create) => {
  for (const units of [1, 64, 65, 128, 256])
    expect([50, 256].map((time) => dispatchesAt(time, create(false, units)))).toEqual([12, 12])
})

test.each(RECURRENT)(
  'two layers of Bidirectional(%s(64)) and Dense(1) are 24 dispatches',
  (_name, create) => {
    expect(dispatchesOf(Bidirectional(create(true)), Bidirectional(create()))).toBe(24)
  },
)

test.each(RECURRENT)('a mask costs %s one dispatch, in one direction and in both', (_name, create) => {
  const models: readonly (() => Layer[])[] = [
    () => [create()],
    () => [create(true), create()],
    () => [Bidirectional(create())],
  ]
  for (const layers of models)
    expect(dispatchesOf(Masking(), ...layers())).toBe(dispatchesOf(...layers()) + 1)
})
