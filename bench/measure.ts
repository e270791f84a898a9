// Runs cases on contenders: makes them ready, sees that they agree, times them in turns, counts what they ask of WebGPU.

import type { Case } from './cases.ts'
import type { Contender } from './contender.ts'
import { type Counts, countStep } from './counts.ts'
import { type Entrant, type Timing, type TimingOptions, timeInTurns } from './timing.ts'

export interface Measured {
  readonly contender: string
  readonly timing: Timing
  /** On WebGPU. */
  readonly counts: Counts | null
  /** The loss of the third training step (alone: of the first), or the first prediction. */
  readonly result: number
  /** How far that is from the first contender's, as a share of it. */
  readonly difference: number
}

/** A contender that lacks an operation which the case takes. */
export interface Unable {
  readonly contender: string
  readonly reason: string
}

export interface CaseResult {
  readonly item: Case
  readonly device: Contender['device']
  /** The first contender is the one that others are compared with. */
  readonly measured: readonly Measured[]
  readonly unable: readonly Unable[]
}

const CHECKED_STEPS = 3
/** Runtimes sum in different orders; more than this is another model. */
const TOLERANCE = 1e-4

interface Checked extends Entrant {
  readonly result: number
}

async function enter(contender: Contender, item: Case, steps: number): Promise<Checked> {
  await contender.select()
  const job = await contender.prepare(item)
  for (let i = 0; i < steps; i++) await job.run(1)
  return { contender, job, result: await job.result() }
}

async function tryToEnter(contender: Contender, item: Case, unable: Unable[]): Promise<Checked | null> {
  try {
    return await enter(contender, item, CHECKED_STEPS)
  } catch (error) {
    const reason = contender.lacks?.(error) ?? null
    if (reason === null) throw error
    unable.push({ contender: contender.name, reason })
    return null
  }
}

async function leave(entrants: readonly Entrant[]): Promise<void> {
  for (const { contender, job } of entrants) {
    await contender.select()
    job.dispose()
  }
}

async function countOf({ contender, job }: Entrant): Promise<Counts | null> {
  if (contender.device === 'cpu') return null
  await contender.select()
  const counts = await countStep((steps) => job.run(steps))
  if (counts.dispatches > 0) return counts
  throw new Error(`${contender.name}: expected each step to run, got none: it may compute only what is read.`)
}

/** One case on all contenders that can run it. */
export async function measureCase(
  item: Case,
  contenders: readonly Contender[],
  options: TimingOptions,
): Promise<CaseResult> {
  const entrants: Checked[] = []
  const unable: Unable[] = []
  try {
    for (const contender of contenders) {
      const entrant = contender.runs(item) ? await tryToEnter(contender, item, unable) : null
      if (entrant) entrants.push(entrant)
    }
    const differences = differencesOf(item, entrants)
    const timings = await timeInTurns(entrants, options)
    const measured: Measured[] = []
    for (const [i, entrant] of entrants.entries()) {
      measured.push({
        contender: entrant.contender.name,
        timing: timings[i]!,
        counts: await countOf(entrant),
        result: entrant.result,
        difference: differences[i]!,
      })
    }
    return { item, device: contenders[0]!.device, measured, unable }
  } finally {
    await leave(entrants)
  }
}

/** How far the results are from the first one, as a share of it; throws where that is not rounding. */
function differencesOf({ mode, name }: Case, entrants: readonly Checked[]): number[] {
  const expected = entrants[0]?.result ?? Number.NaN
  return entrants.map(({ contender, result }) => {
    const difference = Math.abs(result - expected) / Math.abs(expected)
    if (difference <= TOLERANCE) return difference
    throw new Error(
      `${mode} ${name}: expected all to agree within ${TOLERANCE}, ` +
        `got ${expected} from ${entrants[0]?.contender.name} and ${result} from ${contender.name}.`,
    )
  })
}

/** Several cases on one contender. They take turns, because they are compared with each other. */
export async function measureSeries(
  items: readonly Case[],
  contender: Contender,
  { budget, ...options }: TimingOptions,
): Promise<CaseResult[]> {
  const entrants: Checked[] = []
  try {
    for (const item of items) entrants.push(await enter(contender, item, 1))
    const timings = await timeInTurns(entrants, { ...options, budget: budget * items.length })
    const results: CaseResult[] = []
    for (const [i, entrant] of entrants.entries()) {
      const { device, name } = contender
      const { result } = entrant
      const counts = await countOf(entrant)
      const timing = { ...timings[i]!, ratio: 1 }
      results.push({
        item: items[i]!,
        device,
        measured: [{ contender: name, timing, counts, result, difference: 0 }],
        unable: [],
      })
    }
    return results
  } finally {
    await leave(entrants)
  }
}
