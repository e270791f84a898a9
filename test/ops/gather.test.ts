// The ends of a step: batches by the permutation, predictions filed beside each other, states carried over.
import { expect, test } from 'vitest'
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
  const sources = Uint32Array.of(0, 64, 1408)
  const permutation = Uint32Array.of(9, 2, 7, 0, 4, 1, 3, 8, 6, 5)
  const data = Uint32Array.from({ length: 1472 }, (_, i) => 3 * i)
  const { outputs } = await checkOp(gather, {
    inputs: { data, sources, permutation },
    attrs: { rows: 4, fields, size: 704 },
    steps: [{ start: 1 }, { start: 5 }],
    roundings: 0,
  })
  const rows = [...permutation.subarray(5, 9)]
  fields.forEach(({ length, offset }, f) => {
    const expected = rows.flatMap((row) => {
      const first = (sources[f] ?? 0) + row * length
      return Array.from(data.subarray(first, first + length))
    })
    expect([...outputs.batch.subarray(offset, offset + 4 * length)]).toEqual(expected)
  })
})

test('gather takes up to 16 fields', async () => {
  const fields = Array.from({ length: MAX_FIELDS }, (_, i) => ({ length: 2, offset: 64 * i }))
  const inputs = {
    data: Uint32Array.from({ length: 128 }, (_, i) => 3 * i),
    sources: Uint32Array.from(fields, (_, i) => 4 * i),
    permutation: Uint32Array.of(1, 0),
  }
  const { outputs } = await checkOp(gather, {
    inputs,
    attrs: { rows: 2, fields, size: 1024 },
    roundings: 0,
  })
  expect([...outputs.batch.subarray(960, 964)]).toEqual([62, 63, 60, 61].map((i) => 3 * i))
  const tooMany = { rows: 2, fields: [...fields, { length: 2, offset: 1024 }], size: 1088 }
  await expect(checkOp(gather, { inputs, attrs: tooMany })).rejects.toThrow(
    'model: expected at most 16 inputs, targets and weights, got 17.',
  )
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
  const attrs = { rows: 2, fields: [{ length: 2, offset: 0 }], size: 4 }
  const inputs = { data, sources: new Uint32Array(64), permutation: Uint32Array.of(1, 0) }
  const { outputs } = await checkOp(gather, { inputs, attrs, roundings: 0 })
  expect([...outputs.batch]).toEqual([5, 0x80000000, Math.fround(0xffffffff), Math.fround(0x7fc12345)])
})
