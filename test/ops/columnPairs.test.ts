// Pairs of tensors side by side and apart again, up to three in a launch.
import { expect, test } from 'vitest'
import { joinColumns, splitColumns } from '../../src/ops/columnPairs.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const sizes = [
  { shape: [1], p: 1, q: 1 },
  { shape: [7], p: 3, q: 5 },
  { shape: [2, 3], p: 64, q: 1 },
  { shape: [2, 3, 2], p: 2, q: 65 },
]

test.each(sizes)('join of $shape × $p and $q', async ({ shape, p, q }) => {
  const inputs = { a: [...shape, p], b: [...shape, q] }
  for (const by of [['a', 'b'], ['b']] as const)
    await checkOp(joinColumns, { inputs, attrs: {}, read: ['y'], by, roundings: 1 })
})

test.each([{ by: ['a', 'b', 'c', 'd'] }, { by: ['c'] }, { by: ['b', 'c'] }] as const)(
  'two pairs joined in one launch, by $by',
  async ({ by }) => {
    const given = { a: [2, 3, 2], b: [2, 3, 11], c: [70], d: [1] }
    for (const inputs of [given, { a: given.c, b: given.d, c: given.a, d: given.b }])
      await checkOp(joinColumns, { inputs, attrs: {}, read: ['y', 'z'], by, roundings: 1 })
    await checkOp(joinColumns, { inputs: given, attrs: {}, read: ['z'], by: ['c'], roundings: 1 })
  },
)

test.each([{ by: ['a', 'b', 'c', 'd', 'e', 'f'] }, { by: ['f'] }, { by: ['b', 'e'] }] as const)(
  'three pairs joined in one launch, by $by',
  async ({ by }) => {
    const given = { a: [2, 3, 2], b: [2, 3, 11], c: [70], d: [1], e: [3, 64], f: [3, 2] }
    await checkOp(joinColumns, { inputs: given, attrs: {}, read: ['y', 'z', 'w'], by, roundings: 1 })
    await checkOp(joinColumns, { inputs: given, attrs: {}, read: ['y', 'w'], by: ['e'], roundings: 1 })
  },
)

test.each(sizes)('split of $shape × $p and $q', async ({ shape, p, q }) => {
  const inputs = { x: [...shape, p + q] }
  for (const read of [['a', 'b'], ['a'], ['b']] as const)
    await checkOp(splitColumns, { inputs, attrs: { first: p }, read, by: ['x'], roundings: 1 })
})

test('two split in one launch', async () => {
  const given = { inputs: { x: [5, 7], z: [2, 3, 9] }, attrs: { first: 3, zFirst: 8 }, roundings: 1 }
  await checkOp(splitColumns, { ...given, by: ['x', 'z'] })
  await checkOp(splitColumns, { ...given, read: ['a', 'b', 'd'], by: ['x', 'z'] })
  await checkOp(splitColumns, { ...given, read: ['b', 'c'], by: ['x', 'z'] })
})

test('by hand', async () => {
  const a = tensor([1, 2, 3, 4], [2, 2])
  const b = tensor([5, 6], [2, 1])
  const joined = await checkOp(joinColumns, { inputs: { a, b, c: b, d: b }, attrs: {} })
  expect([...joined.outputs.y, ...joined.outputs.z]).toEqual([1, 2, 5, 3, 4, 6, 5, 5, 6, 6])
  const { outputs } = await checkOp(splitColumns, { inputs: { x: a, z: a }, attrs: { first: 1, zFirst: 1 } })
  expect([outputs.a, outputs.b, outputs.c, outputs.d].map((part) => [...part])).toEqual([
    [1, 3],
    [2, 4],
    [1, 3],
    [2, 4],
  ])
})
