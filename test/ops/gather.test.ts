// The ends of a step: batches by the permutation, predictions filed beside each other, states carried over.
import { expect, test } from 'vitest'
import { inRows } from '../../src/models/data/dataset.ts'
import { assign, emit, gather, MAX_FIELDS } from '../../src/ops/gather.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

test('gather takes the rows that the permutation names, of every field', async () => {
  // Ten samples of a field of 3, of a field of 130 and of one of 1.
  const fields = [
    { length: 3, offset: 0 },
    { length: 130, offset: 64 },
    { length: 1, offset: 640 },
  ]
  const starts = [0, 64, 1408]
  const sources = Uint32Array.from(starts.flatMap(inRows))
  const permutation = Uint32Array.of(9, 2, 7, 0, 4, 1, 3, 8, 6, 5)
  const data = Uint32Array.from({ length: 1472 }, (_, i) => 3 * i)
  const { outputs } = await checkOp(gather, {
    inputs: { data, sources, permutation },
    attrs: { rows: 4, first: 0, fields, size: 704 },
    steps: [{ start: 1 }, { start: 5 }],
    roundings: 0,
  })
  const rows = [...permutation.subarray(5, 9)]
  fields.forEach(({ length, offset }, f) => {
    const expected = rows.flatMap((row) => {
      const first = (starts[f] ?? 0) + row * length
      return Array.from(data.subarray(first, first + length))
    })
    expect([...outputs.batch.subarray(offset, offset + 4 * length)]).toEqual(expected)
  })
})

test('gather takes rows that overlap, and every other time step of them', async () => {
  // A series of two features; windows of three time steps, of every second one, which start three time steps apart, and of one.
  const series = Uint32Array.from({ length: 128 }, (_, i) => 3 * i)
  const fields = [
    { length: 6, offset: 0 },
    { length: 2, offset: 64 },
    { length: 8, offset: 128 },
  ]
  const sources = Uint32Array.of(8, 0, 2, 2, 10, 4, 0, 0, 0, -6, 0, 0)
  const { outputs } = await checkOp(gather, {
    inputs: { data: series, sources, permutation: Uint32Array.of(4, 0, 11) },
    attrs: { rows: 3, first: 0, fields, size: 192 },
    roundings: 0,
  })
  const at = (...steps: readonly number[]) => steps.flatMap((step) => [6 * step, 6 * step + 3])
  const starts = [4, 0, 11].map((window) => 4 + 3 * window)
  expect([...outputs.batch.subarray(0, 18)]).toEqual(starts.flatMap((t) => at(t, t + 2, t + 4)))
  expect([...outputs.batch.subarray(64, 70)]).toEqual(starts.flatMap((t) => at(t + 1)))
  expect([...outputs.batch.subarray(128, 152)]).toEqual([4, 0, 11].flatMap((t) => at(t, t + 1, t + 2, t + 3)))
})

test('gather takes up to 16 fields, from any one of the data set on', async () => {
  const fields = Array.from({ length: MAX_FIELDS }, (_, i) => ({ length: 2, offset: 64 * i }))
  const others = [400, 300, 200].flatMap(inRows)
  const inputs = {
    data: Uint32Array.from({ length: 128 }, (_, i) => 3 * i),
    sources: Uint32Array.from([...others, ...fields.flatMap((_, i) => inRows(4 * i))]),
    permutation: Uint32Array.of(1, 0),
  }
  const { outputs } = await checkOp(gather, {
    inputs,
    attrs: { rows: 2, first: 3, fields, size: 1024 },
    roundings: 0,
  })
  fields.forEach(({ offset }, i) => {
    const expected = [2, 3, 0, 1].map((j) => 3 * (4 * i + j))
    expect([...outputs.batch.subarray(offset, offset + 4)]).toEqual(expected)
  })
  const tooMany = { rows: 2, first: 0, fields: [...fields, { length: 2, offset: 1024 }], size: 1088 }
  await expect(checkOp(gather, { inputs, attrs: tooMany })).rejects.toThrow(RangeError)
})

test('emit files batches one after another', async () => {
  const x = tensor([1, 2, 3, 4, 5, 6], [2, 3])
  const results = tensor(new Float32Array(15), [5, 3])
  const { memory } = await checkOp(emit, {
    inputs: { x, results },
    attrs: {},
    steps: [{ start: 3 }, { start: 0 }],
  })
  expect([...(memory.results ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0, 1, 2, 3, 4, 5, 6])
})

test.each([1, 64, 131])('assign of %i elements', async (size) => {
  const { memory } = await checkOp(assign, {
    inputs: { x: [size], destination: [size] },
    attrs: {},
    roundings: 0,
  })
  expect(memory.destination).toEqual(memory.x)
})

test('words are copied bit by bit, whatever number they are as a float', async () => {
  // As floats: NaN with a payload, a number too small to be normal, and minus zero.
  const data = new Uint32Array(64)
  data.set([0xffffffff, 0x7fc12345, 5, 0x80000000])
  const attrs = { rows: 2, first: 0, fields: [{ length: 2, offset: 0 }], size: 4 }
  const inputs = { data, sources: new Uint32Array(64), permutation: Uint32Array.of(1, 0) }
  const { outputs } = await checkOp(gather, { inputs, attrs, roundings: 0 })
  expect([...outputs.batch]).toEqual([5, 0x80000000, Math.fround(0xffffffff), Math.fround(0x7fc12345)])
})
