// Recurrent cells beside the LSTM's, at odd sizes and both ways in chunks, by all strategies.
import { describe } from 'vitest'
import { gru } from '../../src/ops/gru.ts'
import { gruResetBefore } from '../../src/ops/gruResetBefore.ts'
import { simpleRnn } from '../../src/ops/simpleRnn.ts'
import { gruCase, gruResetBeforeCase, simpleRnnCase } from '../support/cellCases.ts'
import { type CellCase, testCellChunks, testCellSizes } from '../support/checkCell.ts'

function testAll(recurrence: unknown, cell: CellCase): void {
  testCellSizes(recurrence, cell)
  testCellChunks(recurrence, cell)
}

describe('GRU', () => testAll(gru, gruCase))
describe('GRU with the reset gate before the product', () => testAll(gruResetBefore, gruResetBeforeCase))
describe('SimpleRNN', () => testAll(simpleRnn, simpleRnnCase))
