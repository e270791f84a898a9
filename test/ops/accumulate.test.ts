// Running means: a sum by one workgroup of 256, over several steps, begun anew with an epoch.
import { expect, test } from 'vitest'
import { accumulate } from '../../src/ops/accumulate.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test.each([1, 3, 255, 256, 257, 1031])('%i values', async (size) => {
  await checkOp(accumulate, {
    inputs: { values: [size], totals: [2] },
    attrs: { rows: 7 },
    steps: [{ reset: 1 }, {}, {}],
    products: true,
    // Additions of a thread, of the tree, of the steps, and a mean.
    roundings: Math.ceil(size / 256) + 8 + 6,
  })
})

test('by hand', async () => {
  const values = tensor([1, 2, 6], [3])
  const totals = (): ReturnType<typeof tensor> => tensor([100, 200], [2])
  const kept = await checkOp(accumulate, { inputs: { values, totals: totals() }, attrs: { rows: 4 } })
  expect([...(kept.memory.totals ?? [])]).toEqual([112, 204])
  const steps = [{ reset: 1 }, { reset: 0 }]
  const anew = await checkOp(accumulate, { inputs: { values, totals: totals() }, attrs: { rows: 4 }, steps })
  expect([...(anew.memory.totals ?? [])]).toEqual([24, 8])
})
