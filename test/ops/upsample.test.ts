/** Entries repeated along axes of space, or joined by lines: by hand, against differences and the GPU. */
import { expect, test } from 'vitest'
import { upsample } from '../../src/ops/upsample.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test.each<[string, number[], number[]]>([
  ['one entry', [1, 1, 1, 1], [3, 2]],
  ['columns', [2, 1, 5, 3], [1, 4]],
  ['rows', [2, 5, 3, 1], [3, 1]],
  ['both', [3, 2, 5, 3], [2, 3]],
  ['a line', [2, 5, 3], [3]],
  ['a volume', [2, 3, 1, 2, 3], [2, 3, 2]],
])('%s', async (_, shape, factors) => {
  for (const linear of [false, true])
    await checkOp(upsample, { inputs: { x: shape }, attrs: { factors, linear }, by: ['x'], roundings: 16 })
})

test('by hand', async () => {
  const x = tensor([1, 10, 2, 20], [1, 1, 2, 2])
  const { outputs } = await checkOp(upsample, { inputs: { x }, attrs: { factors: [2, 2] } })
  const row = [1, 10, 1, 10, 2, 20, 2, 20]
  expect([...outputs.y]).toEqual([...row, ...row])
})

test('lines by hand: entries lie in the middle of theirs, and ends are constant', async () => {
  const x = tensor([1, 5, -7], [1, 3, 1])
  const { outputs } = await checkOp(upsample, { inputs: { x }, attrs: { factors: [2], linear: true } })
  expect([...outputs.y]).toEqual([1, 2, 4, 2, -4, -7])
})

test('what is not finite stays where it has a part', async () => {
  const x = tensor([1, Infinity, 3], [1, 3, 1])
  const { outputs } = await checkOp(upsample, { inputs: { x }, attrs: { factors: [3], linear: true } })
  const { POSITIVE_INFINITY: big } = Number
  expect([...outputs.y]).toEqual([1, 1, big, big, big, big, big, 3, 3])
})
