// Loops and branches: what is known while a step is compiled, and what they refuse.
import { expect, test } from 'vitest'
import { Input, ops, type SymbolicTensor, tensor } from '../../src/index.ts'
import { functionAlone } from '../../src/operations/alone.ts'
import { onEachBackend } from '../support/backends.ts'

test('a condition that JavaScript knows is no operation', () => {
  const x = Input([2])
  expect(
    ops.cond(
      true,
      () => x,
      () => expect.fail('the other branch is not called'),
    ),
  ).toBe(x)
  expect(ops.switch(7, [() => 'first', () => 'last'])).toBe('last')
  const [count, power] = ops.whileLoop(
    (i: number) => i < 3,
    (i: number, p: SymbolicTensor) => [i + 1, ops.multiply(p, p)],
    [0, x] as const,
  )
  expect(count).toBe(3)
  expect(ops.shape(power)).toEqual([null, 2])
})

test('what is carried may be lists and objects', () => {
  const x = Input([3, 2], { batchSize: 4 })
  const [carry, ys] = ops.scan(
    (state: { sum: SymbolicTensor; count: number }, row: SymbolicTensor) => [
      { sum: ops.add(state.sum, row), count: state.count + 1 },
      [row, ops.negative(row)],
    ],
    { sum: ops.zerosLike(ops.at(x, 0, 0)), count: 0 },
    x,
  )
  expect(carry.count).toBe(4)
  expect(carry.sum.shape).toEqual([3, 2])
  expect(ys.map((y) => ops.shape(y as SymbolicTensor))).toEqual([
    [4, 3, 2],
    [4, 3, 2],
  ])
})

test('they say what a step cannot be compiled for', () => {
  const x = Input([3])
  const says = (call: () => unknown, text: string): void => expect(call).toThrow(text)
  says(
    () => ops.map(ops.sum, x),
    'ops.map: expected tensors whose first axes have the same known extent, got [batch, 3].',
  )
  says(
    () =>
      ops.cond(
        x,
        () => x,
        () => x,
      ),
    'ops.cond: expected a condition of one entry, got [batch, 3].',
  )
  says(
    () =>
      ops.whileLoop(
        (y: SymbolicTensor) => ops.less(ops.sum(y), 3),
        (y: SymbolicTensor) => y,
        x,
      ),
    'ops.whileLoop: expected maximumIterations where the condition is a tensor, got none.',
  )
  says(
    () => ops.scan((c: SymbolicTensor) => c as never, x, null, { length: 2 }),
    'ops.scan: expected f to return [carry, y], got SymbolicTensor',
  )
  says(
    () =>
      ops.cond<unknown>(
        ops.greater(ops.sum(x), 0),
        () => [x, x],
        () => [x],
      ),
    'ops.cond: expected results of one form, tensors or lists and objects of as many',
  )
  says(
    () => ops.associativeScan(ops.add, x),
    'ops.associativeScan: expected tensors of the same known extent along axis 0',
  )
  says(() => ops.unique(x), 'ops.unique: expected size, the number of distinct numbers at most, got none.')
})

onEachBackend(() => {
  test('rounds behind the last count for nothing, in gradients of what they would divide by neither', async () => {
    const halved = (x: SymbolicTensor) =>
      ops.whileLoop(
        (y: SymbolicTensor) => ops.greater(ops.max(y), 1),
        (y: SymbolicTensor) => ops.divide(y, 2),
        x,
        8,
      )
    expect([...(await functionAlone('the test', halved, [tensor([5, 3], [2])])).data]).toEqual([0.625, 0.375])
  })
})
