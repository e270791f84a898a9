// Times of a plan by timestamp queries: of each launch, a pass for each so that a pass's begin and end are the launch's; or
// of the whole plan, over as many runs as a clock that counts coarsely needs.

import { type Plan, submitsOf } from '../../compiler/plan.ts'
import { median } from '../../util/median.ts'
import type { OperationTimes } from '../backend.ts'
import type { GpuContext } from './context.ts'
import { Stamps } from './stamps.ts'

/** Launches that a query set has room for: WebGPU allows 4096 queries, and each takes two. */
const MAX_LAUNCHES = 2048

/** Times of each of the plan's operations, the launches of one added up; null without timestamps. */
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
    // A short operation is 0 most times for a coarse clock, and one tick in the right share of them.
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

/** Most runs in one submit, so that none is long. */
const MAX_RUNS = 1024
/** Measurements of which the least counts: other work only adds. */
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
    // A clock that tells less than a twentieth of what is to be measured compares nothing.
    if (elapsed < least || (stamps.coarseness ?? 0) > least / 20) return null
    for (let i = 1; i < MEASUREMENTS; i++) elapsed = Math.min(elapsed, await measure(runs))
    return elapsed / runs
  } finally {
    stamps.destroy()
  }
}
