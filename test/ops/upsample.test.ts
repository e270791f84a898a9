/** Entries repeated along rows and columns: by hand, against differences and the GPU. */
import { expect, test } from 'vitest'
import { upsample } from '../../src/ops/upsample.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test.each<[string, number[], [number, number]]>([
  ['one entry', [1, 1, 1, 1], [3, 2]],
  ['columns', [2, 1, 5, 3], [1, 4]],
  ['rows', [2, 5, 3, 1], [3, 1]],
  ['both', [3, 2, 5, 3], [2, 3]],
])('%s', async (_, shape, factors) => {
  await checkOp(upsample, { inputs: { x: shape }, attrs: { factors }, by: ['x'] })
})

test('by hand', async () => {
  const x = tensor([1, 10, 2, 20], [1, 1, 2, 2])
  const { outputs } = await checkOp(upsample, { inputs: { x }, attrs: { factors: [2, 2] } })
  const row = [1, 10, 1, 10, 2, 20, 2, 20]
  expect([...outputs.y]).toEqual([...row, ...row])
})
