// Times a plan by timestamp queries: each launch, in a pass of its own because queries are written at the ends of passes; or the
// whole plan, over so many runs that a coarse clock is precise enough.

import { type Plan, submitsOf } from '../../compiler/plan.ts'
import { median } from '../../util/median.ts'
import type { OperationTimes } from '../backend.ts'
import type { GpuContext } from './context.ts'
import { Stamps } from './stamps.ts'

/** Launches that a query set has room for: WebGPU allows 4096 queries, and each takes two. */
const MAX_LAUNCHES = 2048

/** The time of each operation of a plan, as the sum of its launches; null if the device has no timestamps. */
export async function profileLaunches(
  backend: GpuContext,
  plan: Plan,
  repeats: number,
  launch: (pass: GPUComputePassEncoder, index: number) => void,
): Promise<OperationTimes | null> {
  const { operations } = plan
  const owners = operations.flatMap(({ launches }, index) => launches.map(() => index))
  const size = Math.min(owners.length, MAX_LAUNCHES)
  const stamps = await Stamps.open(backend, size)
  if (stamps === null) return null
  try {
    const runs: number[][] = []
    for (let run = 0; run < repeats; run++) {
      const times = operations.map(() => 0)
      for (const { start, until } of submitsOf(plan, size)) {
        const part = await stamps.time(until - start, (pass, i) => launch(pass, start + i))
        for (const [i, elapsed] of part.entries()) {
          const owner = owners[start + i] ?? 0
          times[owner] = (times[owner] ?? 0) + elapsed
        }
      }
      runs.push(times)
    }
    const { coarseness } = stamps
    // A coarse clock measures mostly 0 for a short operation, and now and then one tick: the mean is right, the median is 0.
    const typical = coarseness === null ? median : mean
    return {
      milliseconds: operations.map((_, index) => typical(runs.map((times) => times[index] ?? 0))),
      coarseness,
    }
  } finally {
    stamps.destroy()
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The most runs in one submit, so that no submit is long. */
const MAX_RUNS = 1024
/** Number of measurements. The least counts, because other work on the device only adds time. */
const MEASUREMENTS = 3

/** Milliseconds of a run, see {@link Executable.time}. */
export async function timeRuns(
  backend: GpuContext,
  least: number,
  encodeRun: (pass: GPUComputePassEncoder) => void,
): Promise<number | null> {
  const stamps = await Stamps.open(backend, 1)
  if (stamps === null) return null
  const measure = async (runs: number): Promise<number> => {
    const [elapsed = 0] = await stamps.time(1, (pass) => {
      for (let run = 0; run < runs; run++) encodeRun(pass)
    })
    return elapsed
  }
  try {
    // The first run compiles and allocates what is left to.
    await measure(1)
    let runs = 1
    let elapsed = await measure(runs)
    while (elapsed < least && runs < MAX_RUNS) {
      runs = Math.min(MAX_RUNS, Math.ceil(runs * Math.min(8, Math.max(2, (1.5 * least) / elapsed))))
      elapsed = await measure(runs)
    }
    // With a resolution above a twentieth of the measured time, strategies could not be compared.
    if (elapsed < least || (stamps.coarseness ?? 0) > least / 20) return null
    for (let i = 1; i < MEASUREMENTS; i++) elapsed = Math.min(elapsed, await measure(runs))
    return elapsed / runs
  } finally {
    stamps.destroy()
  }
}
