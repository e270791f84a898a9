// The wording of errors: it is part of what users get, so it is pinned here.
import { describe, expect, test } from 'vitest'
import {
  checkBoolean,
  checkFinite,
  checkInteger,
  checkOneOf,
  checkPositive,
  checkPositiveInteger,
  describeValue,
  didYouMean,
  fail,
  RecurraError,
} from '../src/errors.ts'

test('an error says where, expected what, got what, and the remedy', () => {
  const problem = { expected: 'input [batch, timesteps, features]', got: describeValue([32, 10]) }
  const remedy = 'Set returnSequences: true on the layer before it.'
  expect(() => fail('LSTM "encoder"', { ...problem, remedy })).toThrow(
    new RecurraError(
      'LSTM "encoder": expected input [batch, timesteps, features], got [32, 10]. Set returnSequences: true on the layer before it.',
    ),
  )
  expect(() => fail('fit', problem)).toThrow(/, got \[32, 10\]\.$/)
  expect(new RecurraError('x')).toMatchObject({ name: 'RecurraError', message: 'x' })
})

class Tensor {
  readonly shape = [2, 3]
}

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [0.5, '0.5'],
  [Number.NaN, 'NaN'],
  [7n, '7n'],
  [true, 'true'],
  ['tanh', '"tanh"'],
  ['two\nlines', '"two\\nlines"'],
  ['x'.repeat(100), `"${'x'.repeat(59)}…"`],
  [Symbol('s'), 'Symbol(s)'],
  [Math.max, 'function max'],
  [() => 0, 'a function'],
  [[], '[]'],
  [[null, 10], '[null, 10]'],
  [['a', ['b']], '["a", […]]'],
  [
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    'an array of shape [2, 3]',
  ],
  [Array.from({ length: 1000 }, () => 0), 'an array of length 1000'],
  [new Float32Array(12), 'Float32Array(12)'],
  [new DataView(new ArrayBuffer(4)), 'DataView'],
  [new Tensor(), 'Tensor [2, 3]'],
  [new Date(0), 'Date'],
  [Promise.resolve(), 'a promise that is not awaited'],
  [{}, '{}'],
  [{ units: 5, seed: 1 }, '{ units, seed }'],
  [Object.create(null), '{}'],
])('describeValue(%o)', (value, text) => {
  expect(describeValue(value)).toBe(text)
})

describe('checks', () => {
  test('return the value they accept', () => {
    expect(checkPositiveInteger('LSTM', 'units', 5)).toBe(5)
    expect(checkPositive('Adam', 'epsilon', 1e-7)).toBe(1e-7)
    expect(checkInteger('setSeed', 'seed', 0, { min: 0 })).toBe(0)
    expect(checkFinite('Dropout', 'rate', 0.5, { min: 0, max: 1 })).toBe(0.5)
    expect(checkBoolean('LSTM', 'stateful', false)).toBe(false)
    expect(checkOneOf('LSTM', 'mode', 'sum', ['sum', 'mul'])).toBe('sum')
  })

  test.each([
    [() => checkPositiveInteger('LSTM', 'units', 0), 'LSTM: expected units to be a positive integer, got 0.'],
    [
      () => checkPositiveInteger('LSTM', 'units', '5'),
      'LSTM: expected units to be a positive integer, got "5".',
    ],
    [
      () => checkInteger('f', 'n', 2.5, { min: -1 }),
      'f: expected n to be an integer of at least -1, got 2.5.',
    ],
    [
      () => checkFinite('f', 'r', 2, { min: 0, max: 1 }),
      'f: expected r to be a finite number from 0 to 1, got 2.',
    ],
    [() => checkPositive('f', 'scale', 0), 'f: expected scale to be a positive number, got 0.'],
    [() => checkFinite('f', 'r', Infinity), 'f: expected r to be a finite number, got Infinity.'],
    [() => checkFinite('f', 'r', 2, { max: 1 }), 'f: expected r to be a finite number of at most 1, got 2.'],
    [() => checkBoolean('f', 'b', 1), 'f: expected b to be true or false, got 1.'],
    [
      () => checkOneOf('Bidirectional', 'mergeMode', 'conact', ['sum', 'concat']),
      `Bidirectional: expected mergeMode to be one of 'sum', 'concat', got "conact". Did you mean 'concat'?`,
    ],
    [() => checkOneOf('f', 'm', 3, ['sum', 'mul']), `f: expected m to be one of 'sum', 'mul', got 3.`],
  ])('%o', (check, message) => {
    expect(check).toThrow(new RecurraError(message))
  })
})

test('didYouMean finds near names, whatever their case style, and nothing where nothing is near', () => {
  const names = ['mean_squared_error', 'mean_absolute_error', 'mse', 'he_normal']
  expect(didYouMean('meanSquaredError', names)).toBe("Did you mean 'mean_squared_error'?")
  expect(didYouMean('mean_squard_eror', names)).toBe("Did you mean 'mean_squared_error'?")
  expect(didYouMean('mes', names)).toBe("Did you mean 'mse'?")
  expect(didYouMean('poisson', names)).toBeUndefined()
  expect(didYouMean(5, names)).toBeUndefined()
})
