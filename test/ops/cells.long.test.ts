// Recurrent cells beside the LSTM's, at odd sizes by all strategies.
import { describe } from 'vitest'
import { gru } from '../../src/ops/gru.ts'
import { gruResetBefore } from '../../src/ops/gruResetBefore.ts'
import { simpleRnn } from '../../src/ops/simpleRnn.ts'
import { gruCase, gruResetBeforeCase, simpleRnnCase } from '../support/cellCases.ts'
import { testCellSizes } from '../support/checkCell.ts'

describe('GRU', () => testCellSizes(gru, gruCase))
describe('GRU with the reset gate before the product', () =>
  testCellSizes(gruResetBefore, gruResetBeforeCase))
describe('SimpleRNN', () => testCellSizes(simpleRnn, simpleRnnCase))
