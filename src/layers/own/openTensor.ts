// What stands for numbers in a traced function while their count is not known: the positions of an open axis.

import { impossible } from '../../errors.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { stepCall } from './stepCall.ts'

/** A tensor of an open shape. A step has known extents, and is traced with the numbers themselves. */
export const openTensor = (shape: OpenShape): SymbolicTensor =>
  stepCall('numbers of an open shape', [], [shape], () =>
    impossible('a step has known extents'),
  )[0] as SymbolicTensor
