// The twin of an operation, which reads some of its inputs as f16: shapes, scalars and strategies are the same, the kernels are
// twins (f16Kernel.ts). Sums are f32.

import type { Operation } from '../graph/operation.ts'
import { f16Kernel } from './f16Kernel.ts'

const made = new Map<Operation, Operation>()

/** The twin that reads these inputs as f16. An operation has one twin: its inputs must be the same in every call. */
export function f16Twin(original: Operation, operands: readonly string[]): Operation {
  const found = made.get(original)
  if (found) return found
  const twin: Operation = {
    ...original,
    name: `${original.name}F16`,
    twinOf: { operation: original, operands },
    differentiable: false,
    launches: (params, device, strategy) =>
      original.launches(params, device, strategy).map((launch) => ({
        ...launch,
        kernel: f16Kernel(launch.kernel, operands, device.hasF16),
      })),
  }
  made.set(original, twin)
  return twin
}
