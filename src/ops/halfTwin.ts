// The twin of an operation that reads some of its inputs as f16: the same shapes, scalars and strategies, kernels that read
// halves. Sums are f32.

import type { Operation } from '../graph/operation.ts'
import { halfKernel } from './halfKernel.ts'

const made = new Map<Operation, Operation>()

/** The twin that reads these inputs as halves; an operation is always asked for with the same ones. */
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
