// A whole run: the sets of cases that were asked for, on the GPU's contenders and then on the CPU's.

import { parseArgs } from 'node:util'
import { type Case, distinct, sets } from './cases.ts'
import type { Contender, Runtime } from './contender.ts'
import { type CaseResult, measureCase, measureSeries } from './measure.ts'
import { recurra, timeEcho } from './own.ts'
import { caseLines, growthLine, growthOf, machine, writeReport } from './report.ts'
import type { TimingOptions } from './timing.ts'

/** The others by the device that they run on and by name; they are started when it is their turn. */
export type Peers = Readonly<Record<'gpu' | 'cpu', Readonly<Record<string, () => Promise<Runtime>>>>>

const devices = ['gpu', 'cpu'] as const

const usage = `
  --set ${Object.keys(sets).join('|')}   which cases, several times for several sets (goals)
  --device gpu|cpu   only one of them
  --only NAME        of the others only those whose name contains it, several times for several
  --blocks N         blocks of steps whose median counts (7)
  --block MS         what a block should last (150)
  --budget MS        for all blocks of a case (8000); three are run in any case
  --write NAME       write the result to bench/results/NAME.json`

interface Arguments {
  readonly set: readonly string[]
  readonly device: string | undefined
  readonly only: readonly string[]
  readonly write: string | undefined
  readonly timing: TimingOptions
}

function readArguments(): Arguments | null {
  const { values } = parseArgs({
    options: {
      set: { type: 'string', multiple: true, default: ['goals'] },
      device: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      blocks: { type: 'string', default: '7' },
      block: { type: 'string', default: '150' },
      budget: { type: 'string', default: '8000' },
      write: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const { set, device, only, write } = values
  const unknown = set.find((name) => !(name in sets))
  if (unknown !== undefined)
    throw new RangeError(`--set: expected ${Object.keys(sets).join(', ')}, got ${unknown}`)
  if (device !== undefined && device !== 'gpu' && device !== 'cpu')
    throw new RangeError(`--device: expected gpu or cpu, got ${device}`)
  const number = (name: 'blocks' | 'block' | 'budget'): number => {
    const value = Number(values[name])
    if (!(value > 0)) throw new RangeError(`--${name}: expected a positive number, got ${values[name]}`)
    return value
  }
  const timing = { blocks: number('blocks'), block: number('block'), budget: number('budget') }
  return { set, device, only, write, timing }
}

function casesOf(names: readonly string[], device: 'gpu' | 'cpu'): Case[] {
  return distinct(names.flatMap((name) => sets[name] ?? []).filter(({ on }) => (on ?? device) === device))
}

/** Runs what the command line asks for and ends the process: Dawn's objects would keep it alive. */
export async function runBench(peers: Peers): Promise<never> {
  try {
    await run(peers)
    process.exit(0)
  } catch (error) {
    // uncaught, it would come after the whole line that threw, and that of a minified peer is long
    console.error(error)
    process.exit(1)
  }
}

/** Prints results as they come, and writes them where that is asked. */
async function run(peers: Peers): Promise<void> {
  const given = readArguments()
  if (given === null) {
    console.log(usage)
    return
  }
  const { set, device: only, timing } = given
  console.log(machine())
  const contenders: Contender[] = []
  const results: CaseResult[] = []
  const echo: Partial<Record<'gpu' | 'cpu', number>> = {}
  let adapter: string | null = null
  for (const device of devices) {
    if (only !== undefined && only !== device) continue
    const own = await recurra(device === 'gpu' ? 'webgpu' : 'cpu')
    if (device === 'gpu') adapter = own.description
    console.log(`\n# ${own.description}`)
    const ms = await timeEcho()
    echo[device] = ms
    console.log(`LSTM 5 learns to echo, 1000 epochs from a cold start: ${ms.toFixed(0)} ms`)
    const group: Contender[] = [{ name: `Recurra ${device === 'gpu' ? 'webgpu' : 'cpu'}`, ...own }]
    for (const [name, start] of Object.entries(peers[device])) {
      const isAsked = given.only.length === 0 || given.only.some((part) => name.includes(part))
      if (isAsked) group.push({ name, ...(await start()) })
    }
    contenders.push(...group)
    const show = (result: CaseResult): void => {
      results.push(result)
      console.log(caseLines(result))
    }
    const cases = casesOf(set, device)
    for (const item of cases.filter(({ alone }) => !alone)) show(await measureCase(item, group, timing))
    const alone = cases.filter((item) => item.alone)
    for (const result of await measureSeries(alone, group[0]!, timing)) show(result)
  }
  const growth = growthOf(results, contenders)
  if (growth.length > 0) console.log(['\n# ms ≈ a·size^p', ...growth.map(growthLine)].join('\n'))
  if (given.write) console.log(`\n${writeReport(given.write, { adapter, contenders, echo, results })}`)
}
