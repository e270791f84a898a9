// Masked recurrences by the strategies that maskedRecurrence.test.ts leaves to the LSTM.
import { test } from 'vitest'
import { checkMaskedGru, isOfEachKind, SLOW, strategiesOf } from '../support/maskedCases.ts'

test.each(strategiesOf(3).filter((strategy) => !isOfEachKind(strategy)))('GRU %s', SLOW, checkMaskedGru)
