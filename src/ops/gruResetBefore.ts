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
  gruResetBeforeStreamed,
  gruResetBeforeStreamedGradient,
  gruResetBeforeSubgroups,
  gruResetBeforeSubgroupsGradient,
  gruResetBeforeTimestep,
  gruResetBeforeTimestepGradient,
} from './kernels.gen.ts'
import type { RecurrentCell } from './recurrentCell.ts'
import {
  inQuads,
  inSubgroups,
  inSubgroupsBackward,
  inTimesteps,
  kernelOf,
  launchSpans,
  type RecurrentLauncher,
  spansOf,
  type Way,
  wholeWarps,
} from './recurrentLaunches.ts'
import { matrixProduct } from './recurrentProduct.ts'
import { backwards, runsByTimestep } from './recurrentSchedule.ts'

/** Launches of time steps are two each, one for each product. */
const launch: RecurrentLauncher = (call, device, strategy) => {
  const { params, isBackward } = call
  const byTimestep = runsByTimestep(strategy)
  const way = wayOf(call, strategy)
  const spans = spansOf(way, params, device, strategy)
  const leavesState = byTimestep && params.storeDInitial === 1
  const ordered = isBackward ? backwards(spans, params.time, leavesState) : spans
  if (!byTimestep) return launchSpans(way, params, ordered, device)
  return ordered.flatMap((span) =>
    // Gradients of the initial state need no second product.
    (span.start === params.time ? [0] : [0, 1]).flatMap((PHASE) =>
      launchSpans({ ...way, overrides: { PHASE } }, params, [span], device),
    ),
  )
}

function wayOf(
  { kernels, gates, params, isBackward }: Parameters<RecurrentLauncher>[0],
  strategy: string,
): Way {
  switch (strategy) {
    case 'subgroups': {
      const kernel = kernelOf(kernels, 'subgroups')
      return isBackward ? inSubgroupsBackward(kernel, gates, params) : inSubgroups(kernel, gates, params)
    }
    case 'timestep':
      return inTimesteps(kernelOf(kernels, 'timestep'), gates, params)
    default: {
      const overrides = { THREADS: wholeWarps(params.units) }
      return { kernel: kernelOf(kernels, 'streamed'), work: inQuads(1, gates, params), overrides }
    }
  }
}

export const gruResetBeforeCell = {
  gates: 3,
  states: ['h'],
  stores: ['inner'],
  reads: { hidden: 'h' },
  functions: ['activation', 'recurrentActivation'],
  forward: {
    streamed: gruResetBeforeStreamed,
    subgroups: gruResetBeforeSubgroups,
    timestep: gruResetBeforeTimestep,
  },
  backward: {
    streamed: gruResetBeforeStreamedGradient,
    subgroups: gruResetBeforeSubgroupsGradient,
    timestep: gruResetBeforeTimestepGradient,
  },
  launch,
} as const satisfies RecurrentCell

export const [gruResetBefore, gruResetBeforeGradient] = defineRecurrence(
  'gruResetBefore',
  gruResetBeforeCell,
  matrixProduct,
)
