// Numbers as a tensor of a traced function, for layers that are called on them: positions that an Embedding looks up.

import { impossible } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { OpenShape } from '../util/shape.ts'
import type { Tensor } from '../util/tensor.ts'
import { defineOperation, single, tensorOf } from './operation.ts'

const constants = defineOperation<object>({
  name: 'constant',
  outputShapes: ([shape = []]) => [shape],
  lower: (_, [operand]) => [tensorOf(operand, 'ops.constant')],
})

const open = defineOperation<{ readonly shape: OpenShape }>({
  name: 'openConstant',
  outputShapes: (_, { shape }) => [shape],
  lower() {
    impossible('a step has known extents')
  },
})

/** Numbers as a tensor. */
export const symbolicConstant = (values: Tensor): SymbolicTensor =>
  single(constants('ops.constant', [values], {}))

/** What stands for such numbers while extents are open, which are known when a step is compiled. */
export const openConstant = (shape: OpenShape): SymbolicTensor => single(open('ops.constant', [], { shape }))
