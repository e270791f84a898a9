// Random numbers: the same on both backends, in the ranges and with the moments that they are asked for, other ones in other steps.
import { expect, test } from 'vitest'
import {
  Input,
  Model,
  ops,
  random,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { checkOp } from '../support/checkOp.ts'
import { tracedOp } from '../support/tracedOp.ts'

async function drawn(fn: (x: SymbolicTensor) => SymbolicTensor, iteration = 1): Promise<number[]> {
  setSeed(5)
  const { op, constants } = tracedOp(fn as (...x: readonly SymbolicTensor[]) => SymbolicTensor, [[300, 7]])
  const { outputs } = await checkOp(op, {
    inputs: { x0: [300, 7], ...constants },
    attrs: {},
    roundings: 256,
    steps: [{ iteration }],
  })
  return [...(outputs.y0 ?? [])]
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)))

test.each<[string, (x: SymbolicTensor) => SymbolicTensor, number, number, number, number]>([
  ['uniform', (x) => random.uniform(x, -1, 3), 1, 4 / Math.sqrt(12), -1, 3],
  ['normal', (x) => random.normal(x, 2, 0.5), 2, 0.5, -1, 5],
  ['truncatedNormal', (x) => random.truncatedNormal(x, 1, 2), 1, 2 * 0.8796, -3, 5],
  ['randint', (x) => random.randint(x, 2, 7), 4, Math.sqrt(2), 2, 6],
  ['gamma', (x) => random.gamma(x, 2.5), 2.5, Math.sqrt(2.5), 0, 20],
  ['gamma of less than 1', () => random.gamma([300, 7], [0.5]), 0.5, Math.sqrt(0.5), 0, 12],
  ['beta', (x) => random.beta(x, 2, 3, null, 4), 0.4, 0.2, 0, 1],
  ['binomial', () => random.binomial([300, 7], 10, 0.3), 3, Math.sqrt(2.1), 0, 10],
])('%s has its moments', async (_, fn, expected, spread, least, most) => {
  const values = await drawn(fn)
  expect(values).toHaveLength(2100)
  // Five standard deviations of the mean.
  expect(Math.abs(mean(values) - expected)).toBeLessThan((5 * spread) / Math.sqrt(2100))
  expect(Math.abs(deviation(values) / spread - 1)).toBeLessThan(0.08)
  expect(Math.min(...values)).toBeGreaterThanOrEqual(least)
  expect(Math.max(...values)).toBeLessThanOrEqual(most)
})

test('a step draws anew, and every step the same with a seed', async () => {
  const free = (x: SymbolicTensor) => random.uniform(x)
  expect(await drawn(free)).toEqual(await drawn(free))
  expect(await drawn(free, 2)).not.toEqual(await drawn(free))
  const fixed = (x: SymbolicTensor) => random.uniform(x, 0, 1, null, 3)
  expect(await drawn(fixed, 2)).toEqual(await drawn(fixed))
  const two = await drawn((x) => ops.subtract(random.uniform(x), random.uniform(x)))
  expect(two.some((difference) => difference !== 0)).toBe(true)
})

test('a stream of seeds draws anew in every step, by its own seed', async () => {
  const free = (seed: number) => (x: SymbolicTensor) =>
    random.uniform(x, 0, 1, null, random.SeedGenerator(seed))
  expect(await drawn(free(1))).toEqual(await drawn(free(1)))
  expect(await drawn(free(2))).not.toEqual(await drawn(free(1)))
  expect(await drawn(free(1), 2)).not.toEqual(await drawn(free(1)))
  const seeds = new random.SeedGenerator(3)
  expect([seeds.next(), seeds.next()]).not.toContain(random.SeedGenerator(4).next())
  expect(random.SeedGenerator(3).next()).not.toBe(seeds.next())
  setSeed(7)
  const { seed } = random.SeedGenerator()
  setSeed(7)
  expect(random.SeedGenerator(null).seed).toBe(seed)
  expect(() => random.SeedGenerator(-1)).toThrow('SeedGenerator: expected seed to be')
})

test('dropout scales what it keeps, categorical follows its logits, shuffle keeps all', async () => {
  const kept = await drawn((x) => random.dropout(ops.onesLike(x), 0.25))
  expect(new Set(kept)).toEqual(new Set([0, Math.fround(4 / 3)]))
  expect(Math.abs(mean(kept) - 1)).toBeLessThan(0.1)
  const classes = await drawn((x) =>
    random.categorical(ops.add(ops.multiply(x, 0), [0, Math.log(3), -9, -9, -9, -9, -9]), 5),
  )
  expect(classes).toHaveLength(1500)
  expect(Math.abs(classes.filter((c) => c === 1).length / 1500 - 0.75)).toBeLessThan(0.06)
  const places = ops.cumsum(ops.onesLike(Input([7])), 1)
  expect(places.shape).toEqual([null, 7])
  const rows = await drawn((x) => random.shuffle(ops.cumsum(ops.onesLike(x), 1), 1))
  expect(rows.slice(0, 7)).not.toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(rows.slice(0, 7).sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
})

onEachBackend(() => {
  test('each batch of each pass draws anew, by the seed', async () => {
    const made = () => {
      setSeed(5)
      const x = Input([3])
      const model = Model(x, ops.add(ops.multiply(x, 0), random.uniform(x)))
      model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' })
      return model
    }
    const x = tensor(Array(24).fill(1), [8, 3])
    const model = made()
    const draws: number[] = []
    for (let i = 0; i < 2; i++) draws.push(...(await model.predict<Tensor>(x, { batchSize: 3 })).data)
    // 24 bits a draw: none of so few is another.
    expect(new Set(draws).size).toBe(48)
    const losses: unknown[] = []
    for (let i = 0; i < 2; i++) {
      losses.push(await model.evaluate(x, x, { verbose: 0 }))
      losses.push(await model.testOnBatch(x, x))
    }
    expect(new Set(losses).size).toBe(4)
    const again = made()
    expect([...(await again.predict<Tensor>(x, { batchSize: 3 })).data]).toEqual(draws.slice(0, 24))
    // Draws of training begin where they do without a prediction before.
    expect(await again.trainOnBatch(x, x)).toBe(await made().trainOnBatch(x, x))
  })
})

test('Keras has no class of it: a config says so', () => {
  const x = Input([3])
  const model = Model(x, random.normal(x))
  expect(() => model.getConfig()).toThrow('Call it in the call of a Layer.')
})
