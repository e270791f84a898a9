// Ids: their order whatever their number, the gradient of a table against sums that are written here, masks, and reports.
import { expect, test } from 'vitest'
import type { Graph, Value } from '../../src/graph/graph.ts'
import { embedding } from '../../src/ops/embedding.ts'
import { type CheckAttributes, checkIds, idMask, orderOf } from '../../src/ops/ids.ts'
import { part } from '../../src/ops/view.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { classes } from '../support/values.ts'

const order = (graph: Graph, { ids }: { readonly ids: Value }, attrs: { readonly isFloat: boolean }) => ({
  order: orderOf(graph, ids, attrs),
})

test.each([1, 255, 256, 257, 1300])('%i ids in order, equal ones by position', async (count) => {
  const ids = classes([count], Math.ceil(count / 3))
  const expected = [...ids.data.keys()].sort((i, j) => (ids.data[i] ?? 0) - (ids.data[j] ?? 0) || i - j)
  const floats = await checkOp(order, { inputs: { ids }, attrs: { isFloat: true }, roundings: 0 })
  expect([...floats.outputs.order]).toEqual(expected)
  const inputs = { ids: Uint32Array.from(ids.data) }
  const integers = await checkOp(order, { inputs, attrs: { isFloat: false }, roundings: 0 })
  expect([...integers.outputs.order]).toEqual(expected)
})

test.each([
  { ids: [1], rows: 1, columns: 1 },
  { ids: [3, 5], rows: 7, columns: 3 },
  { ids: [2, 3, 100], rows: 40, columns: 5 },
])('embedding of $ids ids in $rows rows of $columns', async ({ ids, rows, columns }) => {
  await checkOp(embedding, {
    inputs: { ids: classes(ids, rows), table: [rows, columns] },
    attrs: { isFloat: true },
    by: ['table'],
    // Some thirty vectors are added to a row.
    roundings: 40,
  })
})

test('an id without a row takes zeros and gives none a gradient', async () => {
  const ids = tensor([0, 2, -1, 7e9, Number.NaN, 1.5, 2], [7])
  const table = tensor([1, 2, 3, 4, 5, 6], [3, 2])
  const attrs = { isFloat: true }
  const { outputs } = await checkOp(embedding, { inputs: { ids, table }, attrs, roundings: 0 })
  // A fraction is cut, as Keras casts it.
  expect([...outputs.y]).toEqual([1, 2, 5, 6, 0, 0, 0, 0, 0, 0, 3, 4, 5, 6])
})

test('the mask of ids is 0 where they are', async () => {
  const ids = tensor([0, 1, -0, 5], [2, 2])
  const { outputs } = await checkOp(idMask, { inputs: { ids }, attrs: { isFloat: true } })
  expect([...outputs.y]).toEqual([0, 1, 0, 1])
})

/** checkIds, with the record as an output. */
const reported = (
  graph: Graph,
  inputs: Readonly<Record<'ids' | 'permutation' | 'record', Value>>,
  attrs: CheckAttributes,
) => {
  checkIds(graph, inputs, attrs)
  return { record: part(graph, inputs.record, { shape: [5], offset: 0 }) }
}

test.each([
  [
    [0, 4, 2, 1, 5, 6],
    [9, 12, 5, 0],
  ],
  [
    [0, 4, 2, 1, 3, 0],
    [0, 0, 0, 0],
  ],
  [
    [5, 4, 2, 1, 3, 0],
    [9, 11, 5, 0],
  ],
])('the report on ids %j of five rows', async (ids, report) => {
  const inputs = {
    ids: Uint32Array.from(ids),
    permutation: Uint32Array.of(10, 11, 12),
    record: new Uint32Array(5),
  }
  const attrs = { batch: 2, rows: 5, layer: 9, isFloat: false }
  const { outputs } = await checkOp(reported, { inputs, attrs, steps: [{ start: 1 }], roundings: 0 })
  expect([...outputs.record]).toEqual([0, ...report])
})
