// The recurrence of a simple recurrent cell: one gate, so that a row of R is a vector of units.
import { simpleRnn } from '../../src/ops/simpleRnn.ts'
import { simpleRnnCase } from '../support/cellCases.ts'
import { testCell } from '../support/checkCell.ts'

testCell(simpleRnn, simpleRnnCase)
