// The plans and the numbers of an ejected model, as backends take them.

import type { Plan, PlannedOperation, Slice } from '../compiler/plan.ts'
import type { Launch } from '../graph/launch.ts'
import { numbersOfF16 } from '../util/f16.ts'
import { mapValues } from '../util/mapValues.ts'
import { bytesOfBase64 } from './base64.ts'
import type {
  EjectedLaunch,
  EjectedModel,
  EjectedPlan,
  EjectedPlannedOperation,
  EjectedSlice,
} from './ejectedModel.ts'

const sliceOf = ([buffer, offset, length, dtype]: EjectedSlice): Slice => ({ buffer, offset, length, dtype })

/** One of numbered things of the file. */
function numbered<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new RangeError(`the file has no number ${index}`)
  return found
}

export function planOf(model: EjectedModel, { operations, scalars, slots }: EjectedPlan): Plan {
  const launchOf = (
    { kernel, params, ...launch }: EjectedLaunch,
    ofAll: PlannedOperation['params'],
  ): Launch => ({
    ...launch,
    kernel: numbered(model.kernels, kernel),
    params: params ?? ofAll,
  })
  return {
    operations: operations.map(
      ({ op, tensors, params, strategy, launches, flops }: EjectedPlannedOperation): PlannedOperation => ({
        op: numbered(model.operations, op),
        tensors: mapValues(tensors, sliceOf),
        // Errors about memory print them; the file has no others.
        shapes: mapValues(tensors, ([, , length]) => [length]),
        params,
        strategy,
        launches: launches.map((launch) => launchOf(launch, params)),
        flops,
      }),
    ),
    scalars,
    slots,
    results: new Map(),
  }
}

/** The numbers of the file. */
export function weightsOf({ weights: { dtype, base64 } }: EjectedModel): Float32Array {
  const bytes = bytesOfBase64(base64)
  return dtype === 'float16' ? numbersOfF16(new Uint16Array(bytes.buffer)) : new Float32Array(bytes.buffer)
}
