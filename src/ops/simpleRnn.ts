// The recurrence of a simple recurrent cell (Elman 1990) over a whole sequence: one gate, whose value is the state.
//
//   z += h·R    h' = act(z)
//
// Backward, from the last processed time step to the first: dz = (dh_above + R·dz')·act'(z)     (' of the one processed after)
//
// The backward pass needs 2·B·U floats a time timestep: the gate and h.

import { defineRecurrence } from './defineRecurrence.ts'
import {
  simpleRnnColumns,
  simpleRnnFused,
  simpleRnnFusedGradient,
  simpleRnnRegisters,
  simpleRnnRegistersGradient,
  simpleRnnStreamed,
  simpleRnnStreamedGradient,
  simpleRnnSubgroups,
  simpleRnnSubgroupsGradient,
  simpleRnnTiled,
  simpleRnnTiledGradient,
  simpleRnnTimestep,
  simpleRnnTimestepGradient,
} from './kernels.gen.ts'
import type { RecurrentCell } from './recurrentCell.ts'
import { matrixProduct } from './recurrentProduct.ts'

export const simpleRnnCell = {
  gates: 1,
  states: ['h'],
  stores: [],
  reads: {},
  functions: ['activation'],
  forward: {
    registers: simpleRnnRegisters,
    columns: simpleRnnColumns,
    streamed: simpleRnnStreamed,
    tiled: simpleRnnTiled,
    subgroups: simpleRnnSubgroups,
    fused: simpleRnnFused,
    timestep: simpleRnnTimestep,
  },
  backward: {
    registers: simpleRnnRegistersGradient,
    columns: simpleRnnStreamedGradient,
    streamed: simpleRnnStreamedGradient,
    tiled: simpleRnnTiledGradient,
    subgroups: simpleRnnSubgroupsGradient,
    fused: simpleRnnFusedGradient,
    timestep: simpleRnnTimestepGradient,
  },
} as const satisfies RecurrentCell

export const [simpleRnn, simpleRnnGradient] = defineRecurrence('simpleRnn', simpleRnnCell, matrixProduct)
