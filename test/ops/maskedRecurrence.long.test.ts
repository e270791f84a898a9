// Masked recurrences by the strategies that maskedRecurrence.test.ts leaves to the LSTM.
import { test } from 'vitest'
import {
  checkMaskedGru,
  checkMaskedGruResetBefore,
  isOfEachKind,
  strategiesOf,
} from '../support/maskedCases.ts'

test.each(strategiesOf(3).filter((strategy) => !isOfEachKind(strategy)))('GRU %s', checkMaskedGru)
test.each(strategiesOf(3).filter((strategy) => !isOfEachKind(strategy)))(
  'GRU with the reset gate before the product, %s',
  checkMaskedGruResetBefore,
)
