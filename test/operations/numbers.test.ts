// Functions of ops on numbers: tensors of numbers at once, of the values that they have in a step.
import { expect, test } from 'vitest'
import {
  Input,
  Layer,
  Model,
  ops,
  RecurraError,
  random,
  type SymbolicTensor,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { functionAlone } from '../../src/operations/alone.ts'
import { Tensor } from '../../src/util/tensor.ts'
import { chooseBackend } from '../support/backends.ts'
import { callOf, declared } from '../support/everyOperation.ts'

const filled = (shape: readonly number[], step: number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.05 + ((i * step) % 0.9)),
    shape,
  )

type Call = (x: SymbolicTensor, y: SymbolicTensor) => unknown
const onNumbers = (call: Call, x: Tensor, y: Tensor): readonly Tensor[] =>
  ([call(x as unknown as SymbolicTensor, y as unknown as SymbolicTensor)] as Tensor[]).flat()

/** Functions of which Keras has a class, by name. */
const names = declared.filter(([, fn]) => fn.declaration.module !== null).map(([name]) => name)

test('every function that files name has the numbers of a step', async () => {
  await chooseBackend('cpu')
  const [x, y] = [filled([2, 3, 4], 0.31), filled([2, 3, 4], 0.17)]
  for (const name of names) {
    const call = callOf(name)
    for (const [i, each] of onNumbers(call, x, y).entries()) {
      expect(each, name).toBeInstanceOf(Tensor)
      const traced = await functionAlone(
        name,
        (a, b) => ([call(a as never, b as never)] as SymbolicTensor[]).flat()[i] as SymbolicTensor,
        [x, y],
      )
      expect(each.shape, name).toEqual(traced.shape)
      // One expression of a step may round less often than several.
      const far = each.data.findIndex((value, k) => {
        const other = traced.data[k] ?? Number.NaN
        return !Object.is(value, other) && !(Math.abs(value - other) <= 2 ** -18 * (1 + Math.abs(other)))
      })
      expect(far < 0 ? null : `${name}: ${each.data[far]} for ${traced.data[far]}`).toBeNull()
    }
  }
})

const shapes: readonly (readonly number[])[] = [[0, 3, 4], [2, 0, 4], [2, 3, 0], [0]]
test.each(shapes.map((shape) => [shape]))(
  'tensors %j without entries give such, or an error that says so',
  (shape) => {
    const wrong: string[] = []
    const given = tensor(new Float32Array(0), shape)
    for (const name of names) {
      try {
        for (const { data, shape: found } of onNumbers(callOf(name), given, given))
          if (data.length !== found.reduce((a, b) => a * b, 1))
            wrong.push(`${name}: ${data.length} for [${found}]`)
      } catch (error) {
        if (!(error instanceof RecurraError)) wrong.push(`${name}: ${String(error)}`)
      }
    }
    expect(wrong).toEqual([])
  },
)

test('numbers are known: of nested arrays, of tensors, of numbers alone, and of what draws give', () => {
  expect(ops.mean([1, 2, 3]).toArray()).toBe(2)
  expect([...ops.argmax(tensor([1, 5, 2, 9, 3, 4], [2, 3]), -1).data]).toEqual([1, 0])
  expect(ops.add(1, 2).toArray()).toBe(3)
  expect(ops.split([1, 2, 3, 4], 2).map(({ shape }) => shape)).toEqual([[2], [2]])
  setSeed(3)
  const first = random.normal([2, 3])
  expect(first.shape).toEqual([2, 3])
  expect([...random.normal([2, 3]).data]).not.toEqual([...first.data])
  setSeed(3)
  expect([...random.normal([2, 3]).data]).toEqual([...first.data])
})

test('loops and branches go by what is known', () => {
  const last = ops.whileLoop(
    (i: Tensor) => ops.less(i, 5),
    (i: Tensor) => ops.add(i, 2),
    tensor(0),
  )
  expect(last.toArray()).toBe(6)
  expect(
    ops.cond(
      ops.greater(2, 1),
      () => 'yes',
      () => 'no',
    ),
  ).toBe('yes')
})

test('of inputs, weights and draws of a step the results are symbolic, and numbers are what a step computes with', async () => {
  const x = Input([3])
  const mean = ops.mean(
    [
      [1, 2, 3],
      [3, 4, 5],
    ],
    0,
  )
  expect((await Model(x, ops.add(x, mean)).predict([[0, 1, 0]])).toArray()).toEqual([[2, 4, 4]])
  const found: unknown[] = []
  class Noisy extends Layer {
    readonly by = this.addWeight({ name: 'by', shape: [2], initializer: 'ones' })
    override call(x: SymbolicTensor) {
      found.push(
        ops.multiply(this.by, 2),
        random.uniform([2]),
        ops.add(random.uniform([2]), 1),
        ops.add(1, 2),
      )
      return x
    }
  }
  new Noisy()(x)
  expect(found.slice(0, 4).map((each) => each instanceof Tensor)).toEqual([false, false, false, true])
})

test('an error says which function was called', () => {
  expect(() => ops.add([1, 2], [1, 2, 3])).toThrow('ops.add: expected shapes that broadcast, got [2] and [3]')
})

test('data without axes are the number that they have', () => {
  const at = tensor([1], [])
  expect(
    ops
      .take(
        [
          [1, 2],
          [3, 4],
        ],
        at,
        0,
      )
      .toArray(),
  ).toEqual([3, 4])
  expect(
    ops
      .take(
        [
          [1, 2],
          [3, 4],
        ],
        at,
      )
      .toArray(),
  ).toBe(2)
  const x = Input([2, 3])
  expect(ops.take(x, at, 1).shape).toEqual([null, 3])
})

test('shares of quantiles are a number, a list, or a row of data', () => {
  const x = [4, 1, 3, 2]
  const q = tensor([0, 1], [2])
  expect(ops.quantile(x, q).toArray()).toEqual([1, 4])
  expect(ops.nanquantile(x, q.data).toArray()).toEqual([1, 4])
  expect(ops.percentile(x, tensor([0, 100], [2])).toArray()).toEqual([1, 4])
  expect(ops.quantile(x, tensor([0.5], [])).toArray()).toBe(2.5)
  expect(() => ops.quantile(x, tensor([0.5], [1, 1]))).toThrow(
    'ops.quantile: expected q to be a finite number from 0 to 1, got Tensor [1, 1].',
  )
})

test('grids have their axes in the order of the rows where that is asked for', () => {
  const nested = (grids: readonly Tensor[]): unknown[] => grids.map((grid) => grid.toArray())
  expect(nested(ops.meshgrid([1, 2, 3], [4, 5]))).toEqual([
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
    [
      [4, 4, 4],
      [5, 5, 5],
    ],
  ])
  expect(nested(ops.meshgrid([1, 2], [4, 5], { indexing: 'ij' }))).toEqual([
    [
      [1, 1],
      [2, 2],
    ],
    [
      [4, 5],
      [4, 5],
    ],
  ])
  expect(() => ops.meshgrid([1], [2], { indexing: 'ji' as 'ij' })).toThrow(
    "ops.meshgrid: expected indexing to be one of 'xy', 'ij', got \"ji\".",
  )
})

test('counts have weights as their second argument, as in Keras', () => {
  expect(ops.bincount([1, 0, 1], null, 3).toArray()).toEqual([1, 2, 0])
  expect(ops.bincount([1, 0, 1], [0.5, 2, 3], 3).toArray()).toEqual([2, 3.5, 0])
  expect(() => ops.bincount([1, 0, 1], [1, 2], 3)).toThrow(
    'ops.bincount: expected weights [3], one for each entry, got [2].',
  )
})
