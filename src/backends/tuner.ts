// Chooses strategies by measurement: each strategy that fits is run alone on tensors of the operation's shapes, once for an
// adapter, and the fastest is stored. A strategy that the device refuses, or cannot compile or time, is never chosen.

import { compile } from '../compiler/compile.ts'
import { Graph } from '../graph/graph.ts'
import type { DeviceTraits, StrategyChoice } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import type { Backend, DeviceBuffer, Executable } from './backend.ts'
import { STEPS, StepRing } from './steps.ts'
import { tuningStorage } from './tuningStorage.ts'

/** The least duration of a measurement in milliseconds, because timestamps in browsers have a resolution of 0.1 ms. */
const LEAST = 5
/** The least duration by the host's clock, which includes the time to submit. */
const LEAST_BY_CLOCK = 20
const MAX_RUNS = 4096

export class Tuner {
  readonly #adapter: string
  readonly #choices: Map<string, string>

  private constructor(adapter: string, choices: Map<string, string>) {
    this.#adapter = adapter
    this.#choices = choices
  }

  /** A tuner with the stored measurements of this adapter. */
  static async open(adapter: string): Promise<Tuner> {
    const stored = await tuningStorage().read(adapter)
    return new Tuner(adapter, new Map(stored === null ? [] : readChoices(stored)))
  }

  readonly choose: NonNullable<DeviceTraits['choose']> = (choice) => this.#choices.get(keyOf(choice))

  /** Measures the choices in a graph that have not been measured yet. */
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

/** Reads stored choices. Anything but pairs of texts is ignored, because the choices can be measured again. */
function readChoices(text: string): [string, string][] {
  try {
    const stored: unknown = JSON.parse(text)
    if (!Array.isArray(stored)) return []
    return stored.flatMap((pair: unknown): [string, string][] =>
      Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string'
        ? [[pair[0], pair[1]]]
        : [],
    )
  } catch {
    return []
  }
}

/** The fastest strategy; null if none could be measured. */
async function fastest(backend: Backend, choice: StrategyChoice): Promise<string | null> {
  let best: { strategy: string | null; time: number } = { strategy: null, time: Number.POSITIVE_INFINITY }
  for (const strategy of choice.strategies) {
    const time = await timeOf(backend, choice, strategy).catch(() => Number.POSITIVE_INFINITY)
    // A lost device makes every measurement fail, which says nothing about strategies.
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
    warnOfClock(backend)
    const [result = ''] = plan.results.keys()
    return await timeByClock(executable, result)
  } finally {
    executable?.dispose()
    for (const buffer of arenas.values()) buffer.destroy()
  }
}

const warned = new Set<string>()

/** Warns, once for a device, that it has no usable timestamps. */
function warnOfClock({ info: { description } }: Backend): void {
  if (warned.has(description)) return
  warned.add(description)
  console.warn(
    `autotune: ${description} has no timestamps, or too coarse ones; the host's clock measures, less exactly.`,
  )
}

/** Milliseconds of a run by the host's clock, measured over enough runs. */
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
