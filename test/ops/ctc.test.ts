// CTC at sizes beyond a workgroup: both backends, gradients against differences (values: test/operations/networks.test.ts).
import { expect, test } from 'vitest'
import { ctc } from '../../src/ops/ctc.ts'
import { tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const labelsOf = (batch: number, most: number, classes: number) =>
  tensor(
    Array.from({ length: batch * most }, (_, i) => 1 + ((i * 7) % (classes - 1))),
    [batch, most],
  )

test.each([
  { batch: 1, time: 1, classes: 2, most: 1, lengths: [1], labels: [1] },
  { batch: 3, time: 7, classes: 5, most: 3, lengths: [7, 5, 1], labels: [3, 2, 0] },
  { batch: 2, time: 71, classes: 67, most: 34, lengths: [71, 69], labels: [34, 33] },
])(
  '$batch samples of $time steps and $classes classes',
  async ({ batch, time, classes, most, lengths, labels }) => {
    await checkOp(ctc, {
      inputs: {
        x: uniform([batch, time, classes], -3, -0.5),
        labels: labelsOf(batch, most, classes),
        labelLengths: tensor(labels, [batch]),
        lengths: tensor(lengths, [batch]),
      },
      attrs: { blank: 0 },
      by: classes < 10 ? ['x'] : [],
      read: ['loss'],
      roundings: 4096,
      differenceStep: 2 ** -8,
    })
  },
)

test('labels that do not fit have no way and no gradient', async () => {
  const { outputs } = await checkOp(ctc, {
    inputs: {
      x: uniform([1, 2, 3], -2, -1),
      labels: tensor([1, 1], [1, 2]),
      labelLengths: tensor([2], [1]),
      lengths: tensor([2], [1]),
    },
    attrs: { blank: 0 },
    roundings: 64,
  })
  expect(outputs.loss[0]).toBeGreaterThan(1e29)
})
