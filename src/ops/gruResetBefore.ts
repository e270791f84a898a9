// The recurrence of a gated recurrent unit (Cho et al. 2014) over a whole sequence, with the reset gate before the product,
// Keras's resetAfter: false; gates z r c, Keras's order.
//
//   z, r = act(x·W + b + h·R)    c = act(x·W_c + b + (r·h)·R_c)    h' = z·h + (1 − z)·c
//
// Backward, from the last processed time step to the first:
//
//   dh = dh_above + R·(dz, dr)' + (z·dh + r·dp)'     (' of the one processed after)
//   dc = dh·(1 − z)·slope   dz = dh·(h_before − c)·slope   dp = R_c·dc   dr = dp·h_before·slope
//
// A time step has two products, one after the other: up to 256 units both are in the one launch of all time steps, above each is a
// launch. The backward pass needs 5·B·U floats a time step: three gates, r·h, and h.

import { defineRecurrence } from './defineRecurrence.ts'
import {
  gruResetBeforeColumns,
  gruResetBeforeFused,
  gruResetBeforeFusedGradient,
  gruResetBeforeRegisters,
  gruResetBeforeRegistersGradient,
  gruResetBeforeStreamed,
  gruResetBeforeStreamedGradient,
  gruResetBeforeSubgroups,
  gruResetBeforeSubgroupsGradient,
  gruResetBeforeTiled,
  gruResetBeforeTiledGradient,
  gruResetBeforeTimestep,
  gruResetBeforeTimestepGradient,
} from './kernels.gen.ts'
import type { RecurrentCell } from './recurrentCell.ts'
import {
  inQuads,
  kernelOf,
  launchSpans,
  type RecurrentLauncher,
  spansOf,
  type Way,
  wayOf,
  wholeWarps,
} from './recurrentLaunches.ts'
import { matrixProduct } from './recurrentProduct.ts'
import { backwards, runsByTimestep } from './recurrentSchedule.ts'

/** Launches of time steps are two each, one for each product. */
const launch: RecurrentLauncher = (call, device, strategy) => {
  const { params, isBackward } = call
  const byTimestep = runsByTimestep(strategy)
  const way = ownWayOf(call, strategy)
  const spans = spansOf(way, params, device, strategy)
  const leavesState = byTimestep && params.storeDInitial === 1
  const ordered = isBackward ? backwards(spans, params.time, leavesState) : spans
  if (!byTimestep) return launchSpans(way, params, ordered, device)
  return ordered.flatMap((span) =>
    // Gradients of the initial state need no second product.
    (span.start === params.time ? [0] : [0, 1]).flatMap((PHASE) =>
      launchSpans({ ...way, overrides: { ...way.overrides, PHASE } }, params, [span], device),
    ),
  )
}

function ownWayOf(call: Parameters<RecurrentLauncher>[0], strategy: string): Way {
  const { kernels, gates, params, isBackward } = call
  const { units } = params
  if (strategy === 'columns' && !isBackward) {
    const VECTORS = units / 4
    // Sums of more parts would not fit in the 16 KiB of workgroup memory that every device has.
    const PARTS = Math.min(4, Math.floor(256 / (2 * VECTORS)))
    const overrides = { VECTORS, PARTS, THREADS: wholeWarps(Math.max(units, 2 * PARTS * VECTORS)) }
    return { kernel: kernelOf(kernels, 'columns'), work: inQuads(1, gates, params), overrides }
  }
  // Backward the two are one kernel, with a unit a thread.
  if (strategy === 'columns' || strategy === 'streamed') {
    const overrides = { THREADS: wholeWarps(units) }
    return { kernel: kernelOf(kernels, 'streamed'), work: inQuads(1, gates, params), overrides }
  }
  return wayOf(call, strategy)
}

export const gruResetBeforeCell = {
  gates: 3,
  states: ['h'],
  stores: ['inner'],
  reads: { hidden: 'h' },
  functions: ['activation', 'recurrentActivation'],
  forward: {
    registers: gruResetBeforeRegisters,
    columns: gruResetBeforeColumns,
    streamed: gruResetBeforeStreamed,
    tiled: gruResetBeforeTiled,
    subgroups: gruResetBeforeSubgroups,
    fused: gruResetBeforeFused,
    timestep: gruResetBeforeTimestep,
  },
  backward: {
    registers: gruResetBeforeRegistersGradient,
    columns: gruResetBeforeStreamedGradient,
    streamed: gruResetBeforeStreamedGradient,
    tiled: gruResetBeforeTiledGradient,
    subgroups: gruResetBeforeSubgroupsGradient,
    fused: gruResetBeforeFusedGradient,
    timestep: gruResetBeforeTimestepGradient,
  },
  launch,
} as const satisfies RecurrentCell

export const [gruResetBefore, gruResetBeforeGradient] = defineRecurrence(
  'gruResetBefore',
  gruResetBeforeCell,
  matrixProduct,
)
