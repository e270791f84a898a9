// The LSTM recurrence (Hochreiter & Schmidhuber 1997) over a whole sequence: gates i f c o, Keras's order.
//
//   z += h·R    c' = f·c + i·g    h' = o·act(c')
//
// Backward, from the last processed time step to the first:
//
//   dh = dh_above + R·dz'    do = dh·act(c)    dc = dc' + dh·o·act'(c)    di = dc·g  df = dc·c_before  dg = dc·i
//   dz = d(gates) · slopes    dc of the previous time step = dc·f     (' of the one processed after)
//
// The backward pass needs 6·B·U floats a time step: four gates, h and c.

import { defineRecurrence } from './defineRecurrence.ts'
import {
  lstmColumns,
  lstmFused,
  lstmFusedGradient,
  lstmRegisters,
  lstmRegistersGradient,
  lstmStreamed,
  lstmStreamedGradient,
  lstmSubgroups,
  lstmSubgroupsGradient,
  lstmTiled,
  lstmTiledGradient,
  lstmTimestep,
  lstmTimestepGradient,
} from './kernels.gen.ts'
import type { RecurrentCell } from './recurrentCell.ts'
import { matrixProduct } from './recurrentProduct.ts'

export const lstmCell = {
  gates: 4,
  states: ['h', 'c'],
  stores: ['c'],
  reads: { cells: 'c' },
  functions: ['activation', 'recurrentActivation'],
  forward: {
    registers: lstmRegisters,
    columns: lstmColumns,
    streamed: lstmStreamed,
    tiled: lstmTiled,
    subgroups: lstmSubgroups,
    fused: lstmFused,
    timestep: lstmTimestep,
  },
  backward: {
    registers: lstmRegistersGradient,
    columns: lstmStreamedGradient,
    streamed: lstmStreamedGradient,
    tiled: lstmTiledGradient,
    subgroups: lstmSubgroupsGradient,
    fused: lstmFusedGradient,
    timestep: lstmTimestepGradient,
  },
} as const satisfies RecurrentCell

export const [lstm, lstmGradient] = defineRecurrence('lstm', lstmCell, matrixProduct)
