// Option tables: defaults, checks, and the error for an option that is none.
import { expect, test } from 'vitest'
import { checkBoolean, checkPositiveInteger, RecurraError } from '../../src/errors.ts'
import { option, readOptions } from '../../src/util/options.ts'

const table = { units: option(1, checkPositiveInteger), stateful: option(false, checkBoolean) }

test('fills in defaults, for undefined too', () => {
  expect(readOptions('LSTM', table, {})).toEqual({ units: 1, stateful: false })
  expect(readOptions('LSTM', table, { units: 5, stateful: undefined })).toEqual({ units: 5, stateful: false })
})

test.each([
  [table, { units: 0 }, 'LSTM: expected units to be a positive integer, got 0.'],
  [
    table,
    { statefull: true },
    "LSTM: expected only the options units, stateful, got 'statefull'. Did you mean 'stateful'?",
  ],
  [{}, { gain: 1 }, "LSTM: expected no options, got 'gain'."],
])('refuses %o %o', (options, given, message) => {
  expect(() => readOptions('LSTM', options, given)).toThrow(new RecurraError(message))
})
