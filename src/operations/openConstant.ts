// Numbers whose count is known when a step is compiled, as a tensor of a traced function: the positions of an open axis.

import { impossible } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { OpenShape } from '../util/shape.ts'
import { defineOperation, single } from './operation.ts'

const open = defineOperation<{ readonly shape: OpenShape }>({
  name: 'openConstant',
  outputShapes: (_, { shape }) => [shape],
  lower() {
    impossible('a step has known extents')
  },
})

/** What stands for such numbers while extents are open. */
export const openConstant = (shape: OpenShape): SymbolicTensor => single(open('ops.constant', [], { shape }))
