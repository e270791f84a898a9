// What was measured, as a table for people and as a JSON file for each machine and adapter.

import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { type Extent, flopsOf, series } from './cases.ts'
import type { Contender } from './contender.ts'
import { exponentOf } from './fit.ts'
import type { CaseResult, Measured } from './measure.ts'

const milliseconds = (ms: number): string => ms.toFixed(ms < 1 ? 4 : ms < 100 ? 2 : 0)

/** With the unit's prefix behind it. */
function amount(value: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T']
  const step = Math.min(Math.floor(Math.log10(value) / 3), prefixes.length - 1)
  return `${(value / 1000 ** step).toPrecision(3)} ${prefixes[step]}`
}

/** A case: a line for each contender. */
export function caseLines({ item, measured, unable }: CaseResult): string {
  const flops = flopsOf(item)
  const title = `${item.mode === 'train' ? 'training step' : 'inference'}: ${item.name}, ${amount(flops)}FLOP`
  const lines = measured.map(({ contender, timing, counts }, i) => {
    const time = `${milliseconds(timing.median)} ms`.padStart(12)
    const range = `${milliseconds(timing.min)} … ${milliseconds(timing.max)}`
    const speed = `${amount((1000 * flops) / timing.median)}FLOP/s`
    const ratio = i === 0 ? '' : `${timing.ratio.toPrecision(3)}×`
    const asked = counts
      ? `${counts.dispatches} dispatches, ${counts.passes} passes, ${counts.submits} submits`
      : ''
    return `  ${contender.padEnd(20)}${time}  ${range.padEnd(20)}${speed.padStart(14)}${ratio.padStart(9)}  ${asked}`.trimEnd()
  })
  const others = unable.map(({ contender, reason }) => `  ${contender.padEnd(20)}cannot: ${reason}`)
  return [title, ...lines, ...others].join('\n')
}

export interface Growth {
  readonly contender: string
  readonly extent: Extent
  readonly sizes: readonly number[]
  readonly ms: readonly number[]
  /** Of ms ≈ a·size^p, the smallest size left out. */
  readonly exponent: number
}

/** How the cost of each contender grows, where a whole series was measured. */
export function growthOf(results: readonly CaseResult[], contenders: readonly Contender[]): Growth[] {
  const timeOf = (contender: string, mode: string, name: string): Measured | undefined =>
    results
      .filter(({ item }) => item.mode === mode && item.name === name)
      .flatMap(({ measured }) => measured)
      .find((one) => one.contender === contender)
  return contenders.flatMap(({ name: contender }) =>
    Object.entries(series).flatMap(([key, cases]) => {
      const extent = key as Extent
      const points = cases.flatMap((item) => {
        const found = timeOf(contender, item.mode, item.name)
        return found ? [[item[extent], found.timing.median] as const] : []
      })
      if (points.length < cases.length) return []
      const sizes = points.map(([size]) => size)
      const ms = points.map(([, time]) => time)
      return [{ contender, extent, sizes, ms, exponent: exponentOf(points.slice(1)) }]
    }),
  )
}

export const growthLine = ({ contender, extent, sizes, exponent }: Growth): string =>
  `  ${contender.padEnd(20)}${extent.padEnd(6)} ${sizes.slice(1).join(', ')}: exponent ${exponent.toFixed(2)}`

export interface Report {
  /** What the GPU contenders ran on. */
  readonly adapter: string | null
  readonly contenders: readonly Contender[]
  /** Milliseconds of the echo problem's 1000 epochs, on each device. */
  readonly echo: Readonly<Partial<Record<Contender['device'], number>>>
  readonly results: readonly CaseResult[]
}

export const machine = (): string =>
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`

/** Writes bench/results/<name>.json and returns its path. */
export function writeReport(name: string, { adapter, contenders, echo, results }: Report): string {
  const folder = new URL('results/', import.meta.url)
  const file = new URL(`${name}.json`, folder)
  mkdirSync(folder, { recursive: true })
  const content = {
    adapter,
    machine: machine(),
    versions: Object.fromEntries(contenders.map(({ name, version }) => [name, version])),
    echo,
    cases: results.map(({ item, device, measured, unable }) => {
      // the name says what a stack is
      const { layers, ...rest } = item
      const model = item.kind === 'model' ? { layers } : {}
      return { ...rest, ...model, flops: flopsOf(item), device, measured, unable }
    }),
    growth: growthOf(results, contenders),
  }
  writeFileSync(file, `${JSON.stringify(content, round, 2)}\n`)
  return file.pathname
}

const round = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value
