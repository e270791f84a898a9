// The time of each launch of a plan by timestamp queries: a pass for each, so that a pass's begin and end are the launch's.

import { type Plan, submitsOf } from '../../compiler/plan.ts'
import { median } from '../../util/median.ts'
import type { GpuContext } from './context.ts'
import { COPY_SRC, QUERY_RESOLVE } from './usage.ts'

/** Launches that a query set has room for: WebGPU allows 4096 queries, and each takes two. */
const MAX_LAUNCHES = 2048
const NANOSECONDS = 1e6

/** Median milliseconds of each of the plan's operations, the launches of one added up; null without timestamps. */
export async function profileLaunches(
  backend: GpuContext,
  plan: Plan,
  repeats: number,
  launch: (pass: GPUComputePassEncoder, index: number) => void,
): Promise<readonly number[] | null> {
  const { device } = backend
  if (!device.features.has('timestamp-query')) return null
  const { steps } = plan
  const owners = steps.flatMap((step, index) => step.launches.map(() => index))
  const size = Math.min(owners.length, MAX_LAUNCHES)
  const submits = submitsOf(plan, size)
  const querySet = device.createQuerySet({ label: 'recurra profile', type: 'timestamp', count: 2 * size })
  const resolved = device.createBuffer({
    label: 'recurra profile',
    size: 16 * size,
    usage: QUERY_RESOLVE | COPY_SRC,
  })
  try {
    const runs: number[][] = []
    for (let run = 0; run < repeats; run++) {
      const times = steps.map(() => 0)
      for (const { start, until } of submits) {
        const part = owners.slice(start, until)
        const encoder = device.createCommandEncoder()
        for (const i of part.keys()) {
          const pass = encoder.beginComputePass({
            timestampWrites: {
              querySet,
              beginningOfPassWriteIndex: 2 * i,
              endOfPassWriteIndex: 2 * i + 1,
            },
          })
          launch(pass, start + i)
          pass.end()
        }
        encoder.resolveQuerySet(querySet, 0, 2 * part.length, resolved, 0)
        device.queue.submit([encoder.finish()])
        const stamps = new BigUint64Array(await backend.connection.read(resolved, 0, 16 * part.length))
        for (const [i, owner] of part.entries()) {
          const elapsed = Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n)) / NANOSECONDS
          // Clocks of some drivers go back between passes.
          times[owner] = (times[owner] ?? 0) + Math.max(elapsed, 0)
        }
      }
      runs.push(times)
    }
    return steps.map((_, index) => median(runs.map((times) => times[index] ?? 0)))
  } finally {
    querySet.destroy()
    resolved.destroy()
  }
}
