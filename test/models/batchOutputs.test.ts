/** Outputs that are no rows of samples: predict puts what the batches give one behind the other, as Keras does. */
import { expect, test } from 'vitest'
import { eject } from '../../src/formats.ts'
import { Input, Model, ops, type SymbolicTensor, type Tensor, tensor } from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'

const x = tensor(
  Float32Array.from({ length: 12 }, (_, i) => i + 1),
  [4, 3],
)

function modelOf(output: (x: SymbolicTensor) => SymbolicTensor) {
  const input = Input([3])
  return Model(input, output(input))
}

const gram = (rows: SymbolicTensor): SymbolicTensor => ops.matmul(rows, ops.transpose(rows))
const total = (rows: SymbolicTensor): SymbolicTensor => ops.sum(rows)
const columns = (rows: SymbolicTensor): SymbolicTensor => ops.sum(rows, 0)
const twice = (rows: SymbolicTensor): SymbolicTensor => ops.concatenate([rows, rows], 0)
const inOne = (rows: SymbolicTensor): SymbolicTensor => ops.expandDims(rows, 0)

/** What predict gives, with nested rows. */
async function predicted(output: (x: SymbolicTensor) => SymbolicTensor, batchSize: number): Promise<unknown> {
  return (await modelOf(output).predict<Tensor>(x, { batchSize })).toArray()
}

onEachBackend(() => {
  test('one batch gives its outputs as they are', async () => {
    expect(await predicted(gram, 4)).toEqual([
      [14, 32, 50, 68],
      [32, 77, 122, 167],
      [50, 122, 194, 266],
      [68, 167, 266, 365],
    ])
    expect(await predicted(total, 4)).toEqual([78])
    expect(await predicted(columns, 4)).toEqual([22, 26, 30])
    expect(await predicted(inOne, 4)).toEqual([x.toArray()])
  })

  test('several follow each other along the first axis', async () => {
    expect(await predicted(gram, 2)).toEqual([
      [14, 32],
      [32, 77],
      [194, 266],
      [266, 365],
    ])
    expect(await predicted(total, 3)).toEqual([45, 33])
    expect(await predicted(columns, 3)).toEqual([12, 15, 18, 10, 11, 12])
    const [a, b, c, d] = x.toArray<number[][]>()
    expect(await predicted(twice, 2)).toEqual([a, b, a, b, c, d, c, d])
  })

  test('beside rows they are whole, and rows are rows', async () => {
    const input = Input([3])
    const model = Model(input, [ops.multiply(input, 2), total(input)])
    const [doubled, sums] = await model.predict<Tensor[]>(x, { batchSize: 3 })
    expect(doubled?.toArray()).toEqual(x.toArray<number[][]>().map((row) => row.map((value) => 2 * value)))
    expect(sums?.toArray()).toEqual([45, 33])
  })

  test('streams and profiles have them, too', async () => {
    const halves = [tensor(x.data.slice(0, 6), [2, 3]), tensor(x.data.slice(6), [2, 3])]
    const model = modelOf(gram)
    expect((await model.predict<Tensor>(new Set(halves))).toArray()).toEqual(await predicted(gram, 2))
    expect((await model.profile(x)).operations.length).toBeGreaterThan(0)
  })
})

test('what cannot be put together is refused', async () => {
  await expect(predicted(gram, 3)).rejects.toThrow(
    /predict: expected batches whose outputs differ in their first axis alone, got \[3, 3\] and \[1, 1\]\. Give a batchSize/,
  )
  await expect(eject(modelOf(gram))).rejects.toThrow(
    'expected outputs with a row for each sample, got [batch, null]',
  )
  const input = Input([null, 2])
  const model = Model(input, ops.sum(input, [0, 1]))
  const ragged = [
    [[1, 2]],
    [
      [1, 2],
      [3, 4],
    ],
  ]
  await expect(model.predict(ragged)).rejects.toThrow(
    /expected samples of one shape, for outputs that are not a row for each sample/,
  )
})
