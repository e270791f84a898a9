// The twin of an operation, which reads some of its inputs as f16: shapes, scalars and strategies are the same, the kernels are
// twins (halfKernel.ts). Sums are f32.

import type { Operation } from '../graph/operation.ts'
import { halfKernel } from './halfKernel.ts'

const made = new Map<Operation, Operation>()

/** The twin that reads these inputs as f16. An operation has one twin: its inputs must be the same in every call. */
export function halfTwin(original: Operation, operands: readonly string[]): Operation {
  const found = made.get(original)
  if (found) return found
  const twin: Operation = {
    ...original,
    name: `${original.name}Half`,
    twinOf: { operation: original, operands },
    differentiable: false,
    launches: (params, device, strategy) =>
      original.launches(params, device, strategy).map((launch) => ({
        ...launch,
        kernel: halfKernel(launch.kernel, operands, device.hasF16),
      })),
  }
  made.set(original, twin)
  return twin
}
