// Generator: reproducible, independent by stream, and of the right distribution.
import { expect, test } from 'vitest'
import { Generator } from '../../src/util/generator.ts'

const draws = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
const moment = (values: readonly number[], order: number): number =>
  mean(values.map((value) => value ** order))
const COUNT = 100_000
// A mean of n draws strays from the true one by more than 5 σ/√n less than once in a million seeds.
const within = (sigma: number): number => (5 * sigma) / Math.sqrt(COUNT)

test('the first block of seed 0 is the known answer for counter 0 and key 0', () => {
  const generator = new Generator(0)
  expect(draws(4, () => generator.bits())).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8])
})

test('a seed and a stream fix the numbers, and other seeds and streams give others', () => {
  const first = (seed: number, stream?: number): number[] => {
    const generator = new Generator(seed, stream)
    return draws(9, () => generator.normal())
  }
  expect(first(7)).toEqual(first(7, 0))
  for (const other of [first(8), first(7, 1), first(7 + 2 ** 32)]) expect(other).not.toEqual(first(7))
})

test('uniform has the moments of [0, 1)', () => {
  const generator = new Generator(1)
  const values = draws(COUNT, () => generator.uniform())
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...values)).toBeLessThan(1)
  expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(within(Math.sqrt(1 / 12)))
  expect(Math.abs(moment(values, 2) - 1 / 3)).toBeLessThan(within(Math.sqrt(1 / 5 - 1 / 9)))
})

test('normal has mean 0, variance 1, skewness 0 and kurtosis 3', () => {
  const generator = new Generator(2)
  const values = draws(COUNT, () => generator.normal())
  expect(Math.abs(mean(values))).toBeLessThan(within(1))
  expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(within(Math.sqrt(2)))
  expect(Math.abs(moment(values, 3))).toBeLessThan(within(Math.sqrt(15)))
  expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(within(Math.sqrt(96)))
})

test('truncatedNormal stays within two deviations, with the variance of that', () => {
  const generator = new Generator(3)
  const values = draws(COUNT, () => generator.truncatedNormal())
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(2)
  expect(Math.abs(mean(values))).toBeLessThan(within(1))
  expect(Math.abs(moment(values, 2) - 0.87962566103423978 ** 2)).toBeLessThan(within(1))
})

test('below is even over its range', () => {
  const generator = new Generator(4)
  const counts = [0, 0, 0]
  for (let i = 0; i < COUNT; i++) counts[generator.below(3)]!++
  for (const count of counts) expect(Math.abs(count / COUNT - 1 / 3)).toBeLessThan(within(Math.sqrt(2 / 9)))
  expect(new Generator(4).below(1)).toBe(0)
})

test('a permutation holds every index once, and every order is as likely', () => {
  expect([...new Generator(5).permutation(100)].sort((a, b) => a - b)).toEqual(
    draws(100, Number).map((_, i) => i),
  )
  expect(new Generator(5).permutation(0)).toEqual(new Uint32Array())
  const generator = new Generator(6)
  const seen = new Map<string, number>()
  for (let i = 0; i < COUNT; i++) {
    const order = generator.permutation(3).join('')
    seen.set(order, (seen.get(order) ?? 0) + 1)
  }
  expect(seen.size).toBe(6)
  for (const count of seen.values())
    expect(Math.abs(count / COUNT - 1 / 6)).toBeLessThan(within(Math.sqrt(5 / 36)))
})

test('a seed must be a safe integer of at least 0', () => {
  expect(() => new Generator(-1)).toThrow('Generator: expected seed to be an integer of at least 0, got -1.')
  expect(() => new Generator(1, 0.5)).toThrow(
    'Generator: expected stream to be an integer from 0 to 4294967295, got 0.5.',
  )
})
