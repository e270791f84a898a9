/** How an operation's workgroups become launches that a device can take, and launches submits. */
import { describe, expect, test } from 'vitest'
import { type Plan, submitsOf } from '../../src/compiler/plan.ts'
import {
  inThreads,
  inTiles,
  inWorkgroups,
  type Launch,
  launchesOf,
  type Work,
} from '../../src/graph/launch.ts'
import { DEFAULT_TRAITS } from '../../src/graph/operation.ts'
import {
  Conv2D,
  ConvLSTM2D,
  Dense,
  Flatten,
  LSTM,
  Sequential,
  type SequentialModel,
} from '../../src/index.ts'
import { affine, matmul } from '../../src/ops/kernels.gen.ts'
import { trainingPlan } from '../support/trainingPlan.ts'

const MOST = DEFAULT_TRAITS.maxWorkgroupsPerDimension
const BUDGET = 2 ** 30

const launch = (work: Work, launchFlops = BUDGET): Launch[] =>
  launchesOf(affine, {}, work, { ...DEFAULT_TRAITS, launchFlops })
const sizeOf = ({ workgroups: [x, y, z] }: Launch): number => x * y * z

/** Expects the workgroups from 0 to `count`, each once, in launches that a device takes. */
function expectAll(launches: readonly Launch[], count: number): void {
  let next = 0
  for (const found of launches) {
    expect(found.first).toBe(next)
    expect(Math.max(...found.workgroups)).toBeLessThanOrEqual(MOST)
    next += sizeOf(found)
  }
  expect(next).toBe(count)
}

test.each([
  ['one', 1, 1],
  ['as many as x holds', MOST, 1],
  ['a sample of 5,000,000 numbers', Math.ceil(5_000_000 / 64), 1],
  ['a product of 3,000,000 rows', Math.ceil(3_000_000 / 32), 1],
  ['a prime number', 262_147, 2],
  ['as many as x and y hold, and one', MOST * MOST + 1, 2],
])('%s: %i workgroups in %i launches', (_, count, launches) => {
  const found = launch(inWorkgroups(count), Number.POSITIVE_INFINITY)
  expectAll(found, count)
  expect(found.length).toBe(launches)
})

test('no more workgroups than threads ask for', () => {
  expect(launch(inThreads(1)).map(sizeOf)).toEqual([1])
  expect(launch(inThreads(65)).map(sizeOf)).toEqual([2])
})

describe('long work', () => {
  test('of many workgroups is cut into ranges of them', () => {
    const work = { workgroups: 1000, flops: BUDGET / 300 }
    const found = launch(work)
    expectAll(found, 1000)
    expect(found.map(sizeOf)).toEqual([250, 250, 250, 250])
  })

  test('of few is cut along its sums, so that each launch fills a GPU', () => {
    const found = launchesOf(matmul, {}, inTiles(1024, 256, 1, 64_000, [64, 64]), DEFAULT_TRAITS)
    expect(found.map(sizeOf)).toEqual(found.map(() => 64))
    expect(found.map(({ params }) => params.start)).toEqual(
      found.map((_, i) => i * Number(found[0]?.params.until)),
    )
    expect(found.at(-1)?.params.until).toBe(64_000)
    expect(Number(found[0]?.params.until) % 64).toBe(0)
  })

  test('is cut at what the device says', () => {
    const work = inTiles(64, 64, 1, 1024, [64, 64])
    expect(launchesOf(matmul, {}, work, DEFAULT_TRAITS).length).toBe(1)
    expect(launchesOf(matmul, {}, work, { ...DEFAULT_TRAITS, launchFlops: work.flops / 4 }).length).toBe(4)
  })
})

const launchesIn = ({ operations }: Plan): readonly Launch[] => operations.flatMap(({ launches }) => launches)

const long: [string, () => SequentialModel, number][] = [
  ['LSTM(256) over 2000 steps', () => Sequential([LSTM(256, { inputShape: [2000, 64] }), Dense(1)]), 32],
  ['LSTM(128) of 65,536 samples', () => Sequential([LSTM(128, { inputShape: [10, 8] }), Dense(1)]), 65_536],
  [
    'ConvLSTM2D(64)',
    () => Sequential([ConvLSTM2D(64, 3, { inputShape: [4, 64, 64, 32] }), Flatten(), Dense(1)]),
    32,
  ],
  [
    'Conv2D(256)',
    () => Sequential([Conv2D(256, 3, { inputShape: [56, 56, 256], padding: 'same' }), Flatten(), Dense(1)]),
    32,
  ],
]

test.each(long)('%s: no launch holds a device for long, nor does a submit', (_, build, batch) => {
  const plan = trainingPlan(build(), batch, DEFAULT_TRAITS)
  const found = launchesIn(plan)
  expect(Math.max(...found.map(({ flops }) => flops))).toBeLessThanOrEqual(BUDGET)
  const submits = submitsOf(plan)
  const flopsOf = ({ start, until }: { start: number; until: number }) =>
    found.slice(start, until).reduce((sum, { flops }) => sum + flops, 0)
  expect(Math.max(...submits.map(flopsOf))).toBeLessThanOrEqual(2 ** 33)
  expect(submits.length).toBeGreaterThan(1)
  expect(submits.flatMap(({ start, until }) => found.slice(start, until))).toEqual(found)
})

test('a software adapter has fewer, larger launches', () => {
  const [, build, batch] = long[0] as (typeof long)[0]
  const count = (isSoftware: boolean) =>
    launchesIn(trainingPlan(build(), batch, { ...DEFAULT_TRAITS, isSoftware })).length
  expect(count(true)).toBeLessThan(count(false) / 4)
})

test('a step within the budget is one submit, however few launches one may have', () => {
  const plan = trainingPlan(Sequential([LSTM(64, { inputShape: [64, 16] }), Dense(1)]), 32, DEFAULT_TRAITS)
  expect(submitsOf(plan)).toEqual([{ start: 0, until: 12 }])
  expect(submitsOf(plan, 5).map(({ until }) => until)).toEqual([5, 10, 12])
})

test.each([64, 256, 512])(
  'gradients of 3×3×%i² weights are summed in parts of 16 MiB together',
  (channels) => {
    const convolve = { inputShape: [28, 28, channels], padding: 'same' } as const
    const model = Sequential([Conv2D(channels, 3, convolve), Flatten(), Dense(1)])
    const { operations } = trainingPlan(model, 32, DEFAULT_TRAITS)
    const parts = operations.find(({ shapes }) => shapes.kernelParts)?.shapes.kernelParts ?? []
    const [chunks = 0] = parts
    const bytes = 4 * parts.reduce((product, extent) => product * extent, 1)
    expect(chunks === 1 || bytes <= 2 ** 24).toBe(true)
    expect(chunks).toBe({ 64: 49, 256: 7, 512: 1 }[channels])
  },
)
