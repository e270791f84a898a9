// The recurrence of a gated recurrent unit (Cho et al. 2014) over a whole sequence, with the reset gate after the product, as
// Keras has it by default: gates z r c, Keras's order; b₀ and b₁ are the rows of the bias, q the candidate's part of h·R.
//
//   z, r = act(x·W + b₀ + h·R + b₁)    q = h·R_c + b₁    c = act(x·W_c + b₀ + r·q)    h' = z·h + (1 − z)·c
//
// Backward, from the last processed time step to the first:
//
//   dh = dh_above + R·(dz, dr, r·dc)' + (z·dh)'     (' of the one processed after)
//   dc = dh·(1 − z)·slope   dr = dc·q·slope   dz = dh·(h_before − c)·slope
//
// The product x·W comes without its bias: the candidate's b₁ lies inside the product with r, so that the recurrence adds both
// rows. The backward pass needs 5·B·U floats a time step: three gates, q, and h.

import { defineRecurrence } from './defineRecurrence.ts'
import {
  gruColumns,
  gruFused,
  gruFusedGradient,
  gruRegisters,
  gruRegistersGradient,
  gruStreamed,
  gruStreamedGradient,
  gruSubgroups,
  gruSubgroupsGradient,
  gruTiled,
  gruTiledGradient,
  gruTimestep,
  gruTimestepGradient,
} from './kernels.gen.ts'
import type { RecurrentCell } from './recurrentCell.ts'
import { matrixProduct } from './recurrentProduct.ts'

export const gruCell = {
  gates: 3,
  states: ['h'],
  stores: ['inner'],
  reads: { hidden: 'h' },
  overwrites: 'inner',
  biasRows: 2,
  functions: ['activation', 'recurrentActivation'],
  forward: {
    registers: gruRegisters,
    columns: gruColumns,
    streamed: gruStreamed,
    tiled: gruTiled,
    subgroups: gruSubgroups,
    fused: gruFused,
    timestep: gruTimestep,
  },
  backward: {
    registers: gruRegistersGradient,
    columns: gruStreamedGradient,
    streamed: gruStreamedGradient,
    tiled: gruTiledGradient,
    subgroups: gruSubgroupsGradient,
    fused: gruFusedGradient,
    timestep: gruTimestepGradient,
  },
} as const satisfies RecurrentCell

export const [gru, gruGradient] = defineRecurrence('gru', gruCell, matrixProduct)
