// The error for a plan that a device has not the memory for.

import { largestTensors } from '../../compiler/largestTensors.ts'
import type { Plan } from '../../compiler/plan.ts'
import { fail } from '../../errors.ts'
import { showShape } from '../../util/shape.ts'

/** Refuses a plan, with what needs the most. */
export function refuse(plan: Plan, expected: string, got: string): never {
  const lines = largestTensors(plan, 5).map(
    ({ name, shape, bytes }) => `  ${name} ${showShape(shape)}: ${bytes} bytes`,
  )
  fail('plan', {
    expected,
    got,
    remedy: `Use a smaller batchSize, fewer units or shorter sequences. What needs the most:\n${lines.join('\n')}`,
  })
}
