// Errors for plans that a device refuses. Loaded only then.

import { largestTensors } from '../../compiler/largestTensors.ts'
import type { Plan } from '../../compiler/plan.ts'
import { fail, RecurraError } from '../../errors.ts'
import { showShape } from '../../util/shape.ts'
import type { GpuContext } from './context.ts'
import { hear, type Report } from './hear.ts'

/** Throws for a plan with a tensor that is too large for one buffer. */
export const refuseSize = (plan: Plan, most: number, largest: number): never =>
  failForMemory(plan, `tensors of at most ${most} bytes on this device`, `one of ${largest}`)

/** Throws for a plan for which the device has not enough memory, or whose bindings it refuses. */
export function refusePlan({ connection }: GpuContext, plan: Plan, report: Report | null): never {
  connection.check()
  if (report?.kind !== 'out-of-memory')
    return connection.refuse('plan', 'memory and bindings', report ?? { kind: 'failed', cause: 'none' })
  return refuseMemory(plan)
}

function refuseMemory(plan: Plan): never {
  const bytes = plan.slots.reduce((sum, slot) => sum + slot, 0)
  return failForMemory(plan, `memory for ${bytes} bytes of activations`, 'an out-of-memory error')
}

/** Whether an error says that the device has not enough memory. */
const isOutOfMemory = (error: unknown): boolean =>
  error instanceof RecurraError && (error.cause as Partial<Report> | undefined)?.kind === 'out-of-memory'

/** Throws for a plan whose slots could not be allocated: with the largest tensors if memory is missing. */
export function refuseSlots(plan: Plan, error: unknown): never {
  if (!isOutOfMemory(error)) throw error
  return refuseMemory(plan)
}

/** Throws for a run that the device refuses, and names the operation. */
export async function refuseRun(
  { device, connection }: GpuContext,
  plan: Plan,
  report: Report,
  launch: (pass: GPUComputePassEncoder, index: number) => void,
): Promise<never> {
  connection.check()
  const where = await findRefused(device, plan, launch)
  return connection.refuse(where, 'commands that the device takes', report)
}

/** Encodes each launch by itself, without a submit, and names the operation of the first launch that the device refuses. */
async function findRefused(
  device: GPUDevice,
  { operations }: Plan,
  launch: (pass: GPUComputePassEncoder, index: number) => void,
): Promise<string> {
  const owners = operations.flatMap(({ op, strategy, launches }) =>
    launches.map(({ kernel }) => ({ op, strategy, kernel })),
  )
  for (const [index, { op, strategy, kernel }] of owners.entries()) {
    const report = await hear(device, () => {
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass()
      launch(pass, index)
      pass.end()
      encoder.finish()
    })
    const how = strategy === 'default' ? '' : ` as '${strategy}'`
    if (report) return `operation ${op.name}${how} (kernel ${kernel.name})`
  }
  return 'step'
}

/** Throws for missing memory, and lists the largest tensors. */
function failForMemory(plan: Plan, expected: string, got: string): never {
  const lines = largestTensors(plan, 5).map(
    ({ name, shape, bytes }) => `  ${name} ${showShape(shape)}: ${bytes} bytes`,
  )
  fail('plan', {
    expected,
    got,
    remedy: `Use a smaller batchSize, fewer units or shorter sequences. What needs the most:\n${lines.join('\n')}`,
  })
}
