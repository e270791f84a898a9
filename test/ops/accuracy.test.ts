// The three kinds of accuracy.
import { expect, test } from 'vitest'
import { accuracy } from '../../src/ops/accuracy.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { classes, oneHot, uniform } from '../support/values.ts'

test.each([[[1]], [[67]], [[3, 5]]])('rows %j', async (rows) => {
  for (const columns of [2, 7]) {
    const predictions = uniform([...rows, columns], 0, 1)
    const indices = classes(rows, columns)
    const encoded = oneHot(indices, columns)
    await checkOp(accuracy, {
      inputs: { predictions, targets: indices },
      attrs: { kind: 'sparse' },
      roundings: 0,
    })
    await checkOp(accuracy, {
      inputs: { predictions, targets: encoded },
      attrs: { kind: 'categorical' },
      roundings: 0,
    })
    await checkOp(accuracy, {
      inputs: { predictions, targets: encoded },
      attrs: { kind: 'binary' },
      roundings: 3,
    })
  }
})

test('by hand', async () => {
  const predictions = tensor([0.2, 0.7, 0.1, 0.6, 0.3, 0.1], [2, 3])
  const hits = async (kind: 'binary' | 'categorical' | 'sparse', targets: number[], threshold?: number) => {
    const shape = kind === 'sparse' ? [2] : [2, 3]
    const attrs = threshold === undefined ? { kind } : { kind, threshold }
    const inputs = { predictions, targets: tensor(targets, shape) }
    return [...(await checkOp(accuracy, { inputs, attrs })).outputs.hits]
  }
  expect(await hits('sparse', [1, 2])).toEqual([1, 0])
  expect(await hits('categorical', [0, 1, 0, 0, 1, 0])).toEqual([1, 0])
  expect(await hits('binary', [0, 1, 0, 0, 1, 0])).toEqual([1, Math.fround(1 / 3)])
  expect(await hits('binary', [1, 1, 0, 1, 1, 0], 0.15)).toEqual([1, 1])
})
