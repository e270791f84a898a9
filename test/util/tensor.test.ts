/** Tensors as plain data: what a structured clone or JSON makes of one can be given wherever a tensor can. */
import { expect, test } from 'vitest'
import { tensor } from '../../src/index.ts'
import { Tensor } from '../../src/util/tensor.ts'

const matrix = tensor([1, -2.5, 3, 4, 5, 6], [2, 3])

test.each<[string, unknown]>([
  ['a structured clone', structuredClone(matrix)],
  ['JSON', JSON.parse(JSON.stringify(matrix))],
  ['JSON of a typed array', JSON.parse(JSON.stringify({ data: matrix.data, shape: matrix.shape }))],
  ['integers', { data: Int32Array.of(1, 2), shape: [2, 1] }],
  ['a scalar', { data: [7], shape: [] }],
  ['nested arrays', { data: [[1], [2]], shape: [2, 1] }],
])('%s', (_, given) => {
  const { data, shape } = given as Tensor
  const read = tensor(given as Tensor)
  expect(read).toBeInstanceOf(Tensor)
  expect(read.shape).toEqual(shape)
  expect([...read.data]).toEqual(Object.values(data).flat())
  expect(read.shape).not.toBe(shape)
})

test.each<[string, object, string]>([
  ['another shape', { data: [1, 2], shape: [3] }, 'tensor: expected a shape of 2 values, got [3].'],
  [
    'no shape',
    { data: [1], shape: 'x' },
    'tensor: expected nested arrays or tensor(data, shape), got { data, shape }.',
  ],
  [
    'no data',
    { data: null, shape: [1] },
    'tensor: expected nested arrays or tensor(data, shape), got Object [1].',
  ],
  ['texts', { data: ['1'], shape: [1] }, 'tensor, data[0]: expected a number, got "1". Write Number("1").'],
  [
    'what JSON makes of NaN',
    JSON.parse('{ "data": [null], "shape": [1] }'),
    'tensor, data[0]: expected a number, got null. Fill or drop missing values first.',
  ],
])('%s', (_, given, message) => {
  expect(() => tensor(given as Tensor)).toThrow(message)
})
