// Operations of tensors whose extents only a step knows, the batch or a length: numbers are Keras's.
import { expect, test } from 'vitest'
import { Input, Model, ops, type SymbolicTensor } from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'

const rows = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
  [10, 11, 12],
]

async function predicted(
  shape: readonly (number | null)[],
  fn: (x: SymbolicTensor) => SymbolicTensor,
  x: number[] | number[][] | number[][][],
): Promise<unknown> {
  const input = Input(shape)
  // Data are finite: 99 stands for what is none.
  const model = Model(input, fn(ops.where(ops.equal(input, 99), Number.NaN, input)))
  const y = await model.predict(x)
  model.dispose()
  return y.toArray()
}

/** The upper and the lower triangle of `rows` for each k. */
const triangles = [
  [
    -1,
    [
      [1, 2, 3],
      [4, 5, 6],
      [0, 8, 9],
      [0, 0, 12],
    ],
    [
      [0, 0, 0],
      [4, 0, 0],
      [7, 8, 0],
      [10, 11, 12],
    ],
  ],
  [
    0,
    [
      [1, 2, 3],
      [0, 5, 6],
      [0, 0, 9],
      [0, 0, 0],
    ],
    [
      [1, 0, 0],
      [4, 5, 0],
      [7, 8, 9],
      [10, 11, 12],
    ],
  ],
  [
    2,
    [
      [0, 0, 3],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
    rows,
  ],
] as const

onCpuFirst(() => {
  test.each(triangles)('triu and tril with k=%i of a batch, and of a length', async (k, upper, lower) => {
    expect(await predicted([3], (x) => ops.triu(x, k), rows)).toEqual(upper)
    expect(await predicted([3], (x) => ops.tril(x, k), rows)).toEqual(lower)
    expect(await predicted([null, 3], (x) => ops.triu(x, k), [rows])).toEqual([upper])
    expect(await predicted([null, 3], (x) => ops.tril(x, k), [rows])).toEqual([lower])
  })

  test('triu of more axes is that of each matrix, and lets NaN be where it keeps it alone', async () => {
    const x = [
      [
        [
          [1, 99, 3],
          [99, 5, 6],
        ],
        [
          [7, 8, 9],
          [10, 11, 99],
        ],
      ],
    ]
    const y = [
      [
        [
          [1, Number.NaN, 3],
          [0, 5, 6],
        ],
        [
          [7, 8, 9],
          [0, 11, Number.NaN],
        ],
      ],
    ]
    expect(await predicted([2, null, 3], (t) => ops.triu(t), x as never)).toEqual(y)
  })

  test('trapezoid of one entry is 0, also where the extent is open; of more as ever', async () => {
    expect(await predicted([1], (x) => ops.trapezoid(x), [[3], [99]])).toEqual([0, 0])
    const along = (x: SymbolicTensor): SymbolicTensor => ops.trapezoid(x, null, 2, 1)
    expect(await predicted([null, 3], along, [[[1, 99, 3]]])).toEqual([[0, 0, 0]])
    expect(await predicted([null, 3], along, [rows])).toEqual([[33, 39, 45]])
    // Outputs of models have a row for each sample.
    const ofBatch = (x: SymbolicTensor): SymbolicTensor =>
      ops.add(ops.zerosLike(x), ops.trapezoid(x, null, 1, 0))
    expect(await predicted([3], ofBatch, rows)).toEqual(Array(4).fill([16.5, 19.5, 22.5]))
    const placed = (x: SymbolicTensor): SymbolicTensor => ops.trapezoid(x, [0, 1, 4, 8], 1, 1)
    expect(await predicted([null, 3], placed, [rows])).toEqual([[53, 61, 69]])
    expect(await (await ops.trapezoid([[3], [4]])).toArray()).toEqual([0, 0])
  })
})

test('rows alone have no triangle', () => {
  expect(() => ops.triu([1, 2, 3])).toThrow('ops.triu: expected a tensor of at least two axes, got [3].')
})
