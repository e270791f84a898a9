// Choices between strategies by measurement: each that fits is run alone on tensors of the operation's shapes, once for an
// adapter, and the fastest is remembered.

import { compile } from '../compiler/compile.ts'
import { Graph } from '../graph/graph.ts'
import type { DeviceTraits, StrategyChoice } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import type { Backend, DeviceBuffer, Executable } from './backend.ts'
import { tuningStorage } from './tuningStorage.ts'

/** Runs of which the median counts, and runs between two looks at the clock where a device has no timestamps. */
const REPEATS = 5

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
    for (const [key, choice] of unknown) this.#choices.set(key, await fastest(backend, choice))
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

async function fastest(backend: Backend, choice: StrategyChoice): Promise<string> {
  const [first = ''] = choice.strategies
  let best = { strategy: first, time: Number.POSITIVE_INFINITY }
  for (const strategy of choice.strategies) {
    const time = await timeOf(backend, choice, strategy)
    if (time < best.time) best = { strategy, time }
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
  const plan = compile(graph, { ...backend.traits, choose: () => strategy })
  const executable = await backend.load(plan, (name) => arenas.get(name) as DeviceBuffer)
  try {
    executable.writeSteps([{ start: 0, iteration: 1, rate: 0, reset: 0 }])
    const times = await executable.profile(REPEATS)
    const [result] = plan.results.keys()
    return times ? (times[0] ?? 0) : await timeByClock(executable, result ?? '')
  } finally {
    executable.dispose()
    for (const buffer of arenas.values()) buffer.destroy()
  }
}

async function timeByClock(executable: Executable, result: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  // The first round compiles and allocates what is left to.
  for (let round = 0; round < 3; round++) {
    const start = performance.now()
    for (let i = 0; i < REPEATS; i++) executable.run(0)
    await executable.read(result)
    best = Math.min(best, (performance.now() - start) / REPEATS)
  }
  return best
}
