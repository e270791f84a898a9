// Running means of losses: a mean by one workgroup of 256, an exact sum of means over any number of steps, begun anew with an epoch.
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../src/backends/backend.ts'
import { STEPS, StepRing } from '../../src/backends/steps.ts'
import { compile } from '../../src/compiler/compile.ts'
import { Graph } from '../../src/graph/graph.ts'
import { accumulate } from '../../src/ops/accumulate.ts'
import { addExactly } from '../../src/ops/addExactly.ts'
import { EXACT_SUM_WORDS, exactMean } from '../../src/ops/exactSum.ts'
import { backends } from '../support/compareBackends.ts'
import { sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const ROWS = 32

/** What steps with a batch leave of a running mean that begins as `words`. */
async function runSteps(
  backend: Backend,
  batch: Float32Array<ArrayBuffer>,
  resets: readonly number[],
  words = wordsOf(0, 0),
): Promise<number> {
  const graph = new Graph()
  const values = graph.resident('values', 0, [batch.length])
  const totals = graph.resident('totals', 0, [EXACT_SUM_WORDS], 'u32')
  accumulate(graph, { values, totals }, { rows: ROWS, isMean: true })
  const arenas = { values: batch, totals: words }
  const buffers = new Map(
    Object.entries(arenas).map(([name, data]) => [name, backend.createBuffer(name, data.byteLength)]),
  )
  const bufferOf = (name: string) => buffers.get(name) ?? expect.fail(`no arena ${name}`)
  for (const [name, data] of Object.entries(arenas)) backend.write(bufferOf(name), 0, data)
  const plan = compile(graph, backend.traits)
  const steps = new StepRing(backend, resets.length)
  steps.write(
    plan.scalars,
    resets.map((reset) => ({ reset })),
  )
  buffers.set(STEPS, steps.buffer)
  const executable = await backend.load(plan, bufferOf)
  for (const step of resets.keys()) executable.run(step)
  const after = new Uint32Array(await backend.read(bufferOf('totals'), words.byteLength))
  executable.dispose()
  for (const buffer of buffers.values()) buffer.destroy()
  return exactMean(after)
}

/** A sum of so many batches of a mean. */
function wordsOf(batches: number, mean: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(EXACT_SUM_WORDS)
  for (let i = 0; i < batches; i++) addExactly(words, Math.fround(mean * ROWS), ROWS)
  return words
}

describe.each(Object.entries(backends))('%s', (_name, backend) => {
  test.each([1, 255, 257, 1031])('the mean of %i values', async (size) => {
    const data = Float32Array.from(uniform([size], -1, 2).data)
    const mean = data.reduce((sum, value) => sum + value / size, 0)
    const got = await runSteps(backend, data, [0, 0, 0], wordsOf(3, -0.5))
    expect(got).toBeCloseTo((mean - 0.5) / 2, 6)
  })

  test('begins anew', async () => {
    const batch = Float32Array.of(1, 2, 6)
    expect(await runSteps(backend, batch, [0], wordsOf(1, 5))).toBe(4)
    expect(await runSteps(backend, batch, [1, 0], wordsOf(9, 1e20))).toBe(3)
  })

  test.each([Number.NaN, Infinity, -Infinity])('%d stays', async (value) => {
    expect(await runSteps(backend, Float32Array.of(1), [0], wordsOf(1, value))).toBe(value)
    expect(await runSteps(backend, Float32Array.of(1), [1], wordsOf(1, value))).toBe(1)
    expect(await runSteps(backend, Float32Array.of(-value), [0], wordsOf(1, value))).toBe(Number.NaN)
  })
})

test.each(sampled([-0.7, 1.1e-30, 0.7, 1e35], 2))(
  'a sum that holds however large it is: %d',
  async (mean) => {
    // 16 million samples of 1.5 times that, and as few steps as there is time for.
    const [batches, steps] = [2 ** 19, 100]
    const before = wordsOf(batches, 1.5 * mean)
    const [value, pretended] = [Math.fround(mean), Math.fround(1.5 * mean * ROWS) / ROWS]
    const expected = (batches * pretended + steps * value) / (batches + steps)
    for (const [name, backend] of Object.entries(backends)) {
      const got = await runSteps(backend, Float32Array.of(value), Array<number>(steps).fill(0), before)
      expect(Math.abs(got / expected - 1), name).toBeLessThan(1e-9)
    }
  },
)

test('a mean of 16 million samples is that of float64', () => {
  const { data } = uniform([2 ** 19], 0, 2)
  const words = new Uint32Array(EXACT_SUM_WORDS)
  for (const value of data) addExactly(words, value * ROWS, ROWS)
  const expected = data.reduce((sum, value) => sum + value, 0) / data.length
  expect(Math.abs(exactMean(words) / expected - 1)).toBeLessThan(1e-7)
})
