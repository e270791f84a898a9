// The recurrence of a simple recurrent cell: one gate, so that a row of R is a vector of units.
import { simpleRnn } from '../../src/ops/simpleRnn.ts'
import { testCell } from '../support/checkCell.ts'

testCell(simpleRnn, {
  gates: 1,
  step: (h, { z, through }) => through(h).map((sum, u) => Math.tanh(z[u]! + sum)),
})
