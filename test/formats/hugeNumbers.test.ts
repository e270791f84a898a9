/** Sizes in a config are words: a model is read without memory or time for what they claim, until data come. */
import { memoryUsage } from 'node:process'
import { expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import { modelFromConfig, RecurraError } from '../../src/index.ts'
import { layerModels } from '../support/everyLayer.ts'
import { processorTime } from '../support/processorTime.ts'
import { sampled } from '../support/sampled.ts'

type Path = readonly (string | number)[]

/** Where integers stand in a config. */
function integersIn(node: unknown, path: Path = []): Path[] {
  if (Number.isInteger(node)) return [path]
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) => integersIn(value, [...path, key]))
}

function withNumber(config: unknown, path: Path, value: number): Readonly<Record<string, unknown>> {
  const changed = structuredClone(config)
  const holder = path.slice(0, -1).reduce<unknown>((at, key) => Reflect.get(at as object, key), changed)
  Reflect.set(holder as object, path.at(-1) ?? '', value)
  return changed as Record<string, unknown>
}

/** Bytes that are held, wherever. */
const held = (): number => {
  const { arrayBuffers, heapUsed } = memoryUsage()
  return arrayBuffers + heapUsed
}

/** Bytes, and milliseconds of the processor, that a small model may take at most; a claim that is believed takes ten times as much. */
const MOST_BYTES = 32e6
const MOST_TIME = 3000
/** Enough to be seen, and not too much to be lost where it is believed. */
const HUGE = 100_000_000

test.each(sampled([...layerModels(recurra)], 3))('%s', async (_name, { make }) => {
  const config: unknown = JSON.parse(await make().toJSON())
  for (const path of integersIn(config)) {
    const where = path.join('.')
    const before = held()
    const milliseconds = processorTime()
    const result = await modelFromConfig(withNumber(config, path, HUGE)).catch((error: unknown) => error)
    expect(held() - before, where).toBeLessThan(MOST_BYTES)
    expect(milliseconds(), where).toBeLessThan(MOST_TIME)
    if (result instanceof Error) expect(result, where).toBeInstanceOf(RecurraError)
  }
})
