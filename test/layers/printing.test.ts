/** What consoles show of a layer: Node's by its inspect, browsers' by V8's preview of a value. */
import { type Runtime, Session } from 'node:inspector'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import {
  AUC,
  Bidirectional,
  clearSession,
  Dense,
  LSTM,
  MeanSquaredError,
  SGD,
  tensor,
} from '../../src/index.ts'

/** What a browser's console shows of a value in one line. */
function previewOf(value: unknown): string {
  const session = new Session()
  session.connect()
  Reflect.set(globalThis, 'shownValue', value)
  let shown: Runtime.RemoteObject | undefined
  session.post(
    'Runtime.evaluate',
    { expression: 'globalThis.shownValue', generatePreview: true },
    (_error, { result }) => {
      shown = result
    },
  )
  session.disconnect()
  Reflect.deleteProperty(globalThis, 'shownValue')
  const properties = shown?.preview?.properties.map((property) => `${property.name}: ${property.value}`)
  return `${shown?.description} {${properties?.join(', ')}}`
}

test('a layer prints as its class, its name and its options', () => {
  clearSession()
  expect(inspect(LSTM(3))).toBe("LSTM { name: 'lstm', units: 3 }")
  expect(inspect([Dense(1, { name: 'out' })])).toBe("[ Dense { name: 'out', units: 1 } ]")
  expect(inspect(Bidirectional(LSTM(2, { returnSequences: true })), { breakLength: 200 })).toBe(
    "Bidirectional { name: 'bidirectional', layer: LSTM { name: 'lstm_1', returnSequences: true, units: 2 } }",
  )
  expect(String(Dense(1, { name: 'out' }))).toBe('Dense "out"')
})

test('other objects print as their classes, with the options that were given', () => {
  clearSession()
  expect(inspect(SGD({ learningRate: 0.1 }), { breakLength: 400 })).toMatch(
    /^SGD \{ name: 'sgd', learningRate: 0\.1, .*momentum: 0/,
  )
  expect(inspect(MeanSquaredError())).toMatch(/^MeanSquaredError \{ name: 'mean_squared_error', /)
  expect(inspect(AUC(), { breakLength: 400 })).toMatch(/^AUC \{ numThresholds: 200, curve: 'ROC', /)
  expect(inspect(tensor([1]))).toBe("Tensor { data: Float32Array(1) [ 1 ], shape: [ 1 ], dtype: 'float32' }")
})

test("browsers' consoles show them first", () => {
  clearSession()
  expect(previewOf(LSTM(3))).toMatch(/^Proxy\(LSTMLayer\) \{className: LSTM, name: lstm, given: Object,/)
})
