// Choices between strategies by measurement: each that fits is run alone on tensors of the operation's shapes, once for an
// adapter, and the fastest is remembered. What a device refuses, cannot compile or cannot time is never the fastest.

import { compile } from '../compiler/compile.ts'
import { Graph } from '../graph/graph.ts'
import type { DeviceTraits, StrategyChoice } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import type { Backend, DeviceBuffer, Executable } from './backend.ts'
import { STEPS, StepRing } from './steps.ts'
import { tuningStorage } from './tuningStorage.ts'

/** Milliseconds that a measurement takes at least: browsers' timestamps count in tenths of one. */
const LEAST = 5
/** The same where the clock of the host measures, which counts the handing over, too. */
const LEAST_BY_CLOCK = 20
const MAX_RUNS = 4096

export class Tuner {
  readonly #adapter: string
  readonly #choices: Map<string, string>

  private constructor(adapter: string, choices: Map<string, string>) {
    this.#adapter = adapter
    this.#choices = choices
  }

  /** With what was measured on this adapter before. */
  static async open(adapter: string): Promise<Tuner> {
    const kept = await tuningStorage().read(adapter)
    return new Tuner(adapter, new Map(kept === null ? [] : readChoices(kept)))
  }

  readonly choose: NonNullable<DeviceTraits['choose']> = (choice) => this.#choices.get(keyOf(choice))

  /** Measures what a graph needs and nobody has measured yet. */
  async tune(backend: Backend, build: () => Graph): Promise<void> {
    const unknown = new Map<string, StrategyChoice>()
    compile(build(), {
      ...backend.traits,
      choose(choice) {
        unknown.set(keyOf(choice), choice)
        return undefined
      },
    })
    for (const key of this.#choices.keys()) unknown.delete(key)
    if (unknown.size === 0) return
    for (const [key, choice] of unknown) {
      const found = await fastest(backend, choice)
      if (found !== null) this.#choices.set(key, found)
    }
    await tuningStorage().write(this.#adapter, JSON.stringify([...this.#choices]))
  }
}

const keyOf = ({ op, inputs, attrs }: StrategyChoice): string =>
  `${op.name} ${JSON.stringify(inputs)} ${JSON.stringify(attrs)}`

/** What is not a list of pairs is as good as nothing. */
function readChoices(text: string): [string, string][] {
  try {
    const kept: unknown = JSON.parse(text)
    if (!Array.isArray(kept)) return []
    return kept.flatMap((pair: unknown): [string, string][] =>
      Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string'
        ? [[pair[0], pair[1]]]
        : [],
    )
  } catch {
    return []
  }
}

/** The fastest strategy; null where not one could be measured. */
async function fastest(backend: Backend, choice: StrategyChoice): Promise<string | null> {
  let best: { strategy: string | null; time: number } = { strategy: null, time: Number.POSITIVE_INFINITY }
  for (const strategy of choice.strategies) {
    const time = await timeOf(backend, choice, strategy).catch(() => Number.POSITIVE_INFINITY)
    // With the device all is lost, and nothing is measured.
    backend.check()
    if (time > 0 && time < best.time) best = { strategy, time }
  }
  return best.strategy
}

/** Milliseconds of the operation alone. */
async function timeOf(
  backend: Backend,
  { op, inputs, attrs }: StrategyChoice,
  strategy: string,
): Promise<number> {
  const graph = new Graph()
  const arenas = new Map<string, DeviceBuffer>()
  const values = Object.entries(inputs).map(([name, shape]) => {
    arenas.set(name, backend.createBuffer(`tuning ${name}`, 4 * Math.max(sizeOf(shape), 4)))
    return [name, graph.resident(name, 0, shape)] as const
  })
  const outputs = graph.add(op, Object.fromEntries(values), attrs)
  for (const [name, value] of Object.entries(outputs)) graph.result(name, value)
  let executable: Executable | null = null
  try {
    const plan = compile(graph, { ...backend.traits, choose: () => strategy })
    executable = await backend.load(plan, (name) => arenas.get(name) as DeviceBuffer)
    const steps = new StepRing(backend, 1)
    arenas.set(STEPS, steps.buffer)
    const zeros = plan.scalars.map(({ name }) => [name, 0] as const)
    steps.write(plan.scalars, [Object.fromEntries(zeros)])
    await executable.accept()
    const time = await executable.time(LEAST)
    if (time !== null) return time
    sayClock(backend)
    const [result = ''] = plan.results.keys()
    return await timeByClock(executable, result)
  } finally {
    executable?.dispose()
    for (const buffer of arenas.values()) buffer.destroy()
  }
}

const told = new Set<string>()

/** Says once for a device that its timestamps do not serve. */
function sayClock({ info: { description } }: Backend): void {
  if (told.has(description)) return
  told.add(description)
  console.warn(
    `autotune: ${description} has no timestamps, or too coarse ones; the host's clock measures, less exactly.`,
  )
}

/** Milliseconds of a run by the host's clock, over as many runs as take long enough. */
async function timeByClock(executable: Executable, result: string): Promise<number> {
  const measure = async (runs: number): Promise<number> => {
    const start = performance.now()
    for (let run = 0; run < runs; run++) executable.run(0)
    await executable.read(result)
    return performance.now() - start
  }
  // The first run compiles and allocates what is left to.
  await measure(1)
  let runs = 1
  let elapsed = await measure(runs)
  while (elapsed < LEAST_BY_CLOCK && runs < MAX_RUNS) {
    runs *= 2
    elapsed = await measure(runs)
  }
  return Math.min(elapsed, await measure(runs), await measure(runs)) / runs
}
