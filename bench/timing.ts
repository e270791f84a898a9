// Medians of blocks of steps, with one wait at the end of a block; the blocks of all contenders take turns, so that a
// machine that slows down slows all of them down.

import type { Contender, Job } from './contender.ts'

export interface Entrant {
  readonly contender: Contender
  readonly job: Job
}

export interface Timing {
  /** Milliseconds a step: the median of the blocks, the fastest and the slowest. */
  readonly median: number
  readonly min: number
  readonly max: number
  /** How much longer it took than the first contender: the median of the rounds, in each of which both had a block. */
  readonly ratio: number
  readonly blocks: number
  /** Steps of a block. */
  readonly steps: number
}

export interface TimingOptions {
  /** Blocks of each contender; fewer where the time is up, but at least three. */
  readonly blocks: number
  /** Milliseconds that a block should last. */
  readonly block: number
  /** Milliseconds for all blocks of a case. */
  readonly budget: number
}

const MAX_STEPS = 1000
const LEAST_BLOCKS = 3

async function time({ contender, job }: Entrant, steps: number): Promise<number> {
  await contender.select()
  const start = performance.now()
  await job.run(steps)
  return performance.now() - start
}

/** How many steps make a block; what they need is made on the way. */
async function stepsOfBlock(entrant: Entrant, block: number): Promise<number> {
  for (let steps = 1; ; ) {
    const ms = await time(entrant, steps)
    if (ms >= block || steps === MAX_STEPS) return steps
    const wanted = Math.ceil((steps * block) / Math.max(ms, 0.01))
    steps = Math.min(wanted, 8 * steps, MAX_STEPS)
    // the first block of a size is slower: it is made ready
    if (8 * ms >= block) {
      await time(entrant, steps)
      return steps
    }
  }
}

export async function timeInTurns(
  entrants: readonly Entrant[],
  { blocks, block, budget }: TimingOptions,
): Promise<Timing[]> {
  const steps: number[] = []
  for (const entrant of entrants) steps.push(await stepsOfBlock(entrant, block))
  const times: number[][] = entrants.map(() => [])
  const end = performance.now() + budget
  for (let round = 0; round < blocks && (round < LEAST_BLOCKS || performance.now() < end); round++) {
    for (const [i, entrant] of entrants.entries())
      times[i]!.push((await time(entrant, steps[i]!)) / steps[i]!)
  }
  const first = times[0] ?? []
  return times.map((own, i) => ({
    median: median(own),
    min: Math.min(...own),
    max: Math.max(...own),
    ratio: median(own.map((ms, round) => ms / first[round]!)),
    blocks: own.length,
    steps: steps[i]!,
  }))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
