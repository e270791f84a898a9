/** Pooling against the definition, differences and the GPU. */
import { expect, test } from 'vitest'
import { type PoolingAttributes, pooling } from '../../src/ops/pooling.ts'
import { Generator } from '../../src/util/generator.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'

const plain = { window: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const

/** Values that lie apart, so that no difference changes which is the largest. */
function distinct(shape: readonly number[]) {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return tensor(
    Float32Array.from(new Generator(5).permutation(size), (k) => k / 4),
    shape,
  )
}

test('a maximum and a mean by hand', async () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])
  const largest = await checkOp(pooling, {
    inputs: { x },
    attrs: { ...plain, strides: [1, 1], mean: false },
    roundings: 1,
  })
  expect([...largest.outputs.y]).toEqual([5, 6, 8, 9])
  // Padding counts for nothing.
  const mean = await checkOp(pooling, {
    inputs: { x },
    attrs: { window: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1], mean: true },
    roundings: 4,
  })
  expect([...mean.outputs.y]).toEqual([3, 4, 6, 7])
})

test.each<[string, Partial<PoolingAttributes>, number[]]>([
  ['one entry', { window: [1, 1], strides: [1, 1] }, [1, 1, 1, 1]],
  ['one axis', { window: [1, 3], strides: [1, 2], padding: [0, 0, 1, 1] }, [3, 1, 11, 5]],
  ['windows that overlap', { window: [3, 2], strides: [2, 1] }, [2, 7, 5, 3]],
  ['gaps and a rest', { window: [2, 2], strides: [3, 4] }, [2, 9, 11, 2]],
  ['padding', { window: [3, 3], strides: [2, 2], padding: [1, 1, 0, 1] }, [2, 5, 6, 7]],
  ['a line', { window: [3], strides: [2], padding: [1, 1] }, [3, 11, 5]],
  ['a volume', { window: [2, 3, 2], strides: [1, 2, 3], padding: [1, 0, 1, 1, 0, 0] }, [2, 4, 5, 6, 3]],
  [
    'a volume of one slice',
    { window: [1, 2, 2], strides: [1, 2, 1], padding: [0, 0, 0, 0, 1, 1] },
    [2, 1, 5, 3, 2],
  ],
])('%s', async (_, changes, shape) => {
  for (const mean of [false, true]) {
    const attrs = { ...plain, ...changes, mean }
    await checkOp(pooling, { inputs: { x: distinct(shape) }, attrs, by: ['x'], roundings: 16 })
  }
})
