/** Sums of tensors: two to seven, odd sizes, a factor. */
import { expect, test } from 'vitest'
import { addAll } from '../../src/ops/addAll.ts'
import { checkOp } from '../support/checkOp.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const
type Name = (typeof NAMES)[number]

const cases: readonly [count: number, shape: readonly number[], attrs: Parameters<typeof addAll>[2]][] = [
  [2, [1], {}],
  [2, [3, 5], {}],
  [3, [7], { scale: 1 / 3 }],
  [4, [2, 4], { scale: 0.25 }],
  [5, [67], {}],
  [6, [2, 3, 3], {}],
  [7, [129], { scale: -2 }],
]

test.each(cases)('%i tensors %j, %j', async (count, shape, attrs) => {
  const names = NAMES.slice(0, count)
  const { outputs, memory } = await checkOp(addAll, {
    inputs: Object.fromEntries(names.map((name) => [name, shape])) as Record<Name, readonly number[]>,
    attrs,
    by: names,
    roundings: 16,
  })
  const sums = outputs.y.map((_, i) => names.reduce((sum, name) => sum + (memory[name]?.[i] ?? 0), 0))
  sums.forEach((sum, i) => {
    expect(outputs.y[i]).toBeCloseTo((attrs.scale ?? 1) * sum, 5)
  })
})
