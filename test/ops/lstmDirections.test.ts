// Two directions of the LSTM recurrence in the same launches, and that each is what it is by itself. At all sizes and in chunks
// by every strategy: lstm.long.test.ts.
import { expect, test } from 'vitest'
import { addLastTimestep, recurrentKernelGradient } from '../../src/ops/recurrence.ts'
import { type Tensor, tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { webgpu } from '../support/compareBackends.ts'
import {
  checkLstmChunks,
  checkLstmSize,
  lstmAttributes,
  lstmOp,
  lstmRoundings,
} from '../support/lstmCases.ts'
import { baseSize, oneSizeEach } from '../support/recurrenceSizes.ts'
import { chosen } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

/**
 * Sizes of another number of units than the chunks below have, where those are whole vectors. Elsewhere they are none, which is
 * where the columns of two directions meet inside a vector.
 */
const sizes = oneSizeEach(webgpu.traits).filter(({ strategy }) => baseSize(strategy).units % 4 === 0)

// Those of subgroups compile longest.
test.each(chosen(sizes, ({ strategy }) => strategy !== 'subgroups'))(
  '$strategy [$batch, $time, $units]',
  (size) => checkLstmSize(size, 2),
)

// One that keeps its weights, and one of several launches, dropped; maskedRecurrence.test.ts has two directions by all.
test.each(['registers', 'timestep'] as const)(
  '%s: in chunks that go on in y, dropped by draws of their own',
  checkLstmChunks,
)

test.each([0, 0.4])('each direction is what it is by itself, recurrent dropout %s', async (rate) => {
  const [batch, time, units] = [3, 4, 8]
  const given = {
    z: uniform([batch, time, 8 * units], -1, 1, 1),
    recurrentKernel: uniform([units, 8 * units], -0.4, 0.4, 2),
    h0: uniform([batch, 2 * units], -1, 1, 3),
    c0: uniform([batch, 2 * units], -1, 1, 4),
  }
  const together = await checkOp(lstmOp, {
    inputs: given,
    attrs: { ...lstmAttributes(false, 2), recurrentDropout: { rate, seed: 5, otherSeed: 6 } },
    roundings: lstmRoundings({ time, units }),
  })
  for (const direction of [0, 1]) {
    const own = (whole: Tensor): Tensor => half(whole, direction)
    const alone = await checkOp(lstmOp, {
      inputs: {
        z: own(given.z),
        recurrentKernel: own(given.recurrentKernel),
        h0: own(given.h0),
        c0: own(given.c0),
      },
      attrs: {
        ...lstmAttributes(direction === 1),
        recurrentDropout: { rate, seed: 5 + direction },
      },
      roundings: lstmRoundings({ time, units }),
    })
    for (const name of ['gates', 'h', 'c', 'hLast', 'cLast'] as const) {
      const values = together.outputs[name]
      const width = name === 'gates' ? 8 * units : 2 * units
      expect(half(tensor(values, [values.length / width, width]), direction).data).toEqual(
        alone.outputs[name],
      )
    }
  }
})

/** The columns of one direction. */
function half({ data, shape }: Tensor, direction: number): Tensor {
  const width = shape.at(-1) ?? 1
  const kept = data.filter((_, i) => Math.floor((i % width) / (width / 2)) === direction)
  return tensor(kept, [...shape.slice(0, -1), width / 2])
}

test.each(
  [
    ...chosen(['registers', 'tile64', 'tile32', 'reduced', 'split'], (_, i) => i % 4 === 0),
    ...(webgpu.traits.subgroups ? ['subgroups'] : []),
  ].flatMap((strategy, i) =>
    chosen([false, true], (reverse) => reverse === (i % 2 === 1)).map((reverse) => ({ strategy, reverse })),
  ),
)('dR: $strategy, reverse $reverse', async ({ strategy, reverse }) => {
  const attrs = { reverse, directions: 2 } as const
  // Subgroups read vectors of four.
  const sizes =
    strategy === 'subgroups'
      ? [[20, 36]]
      : [
          [9, 5],
          [9, 36],
        ]
  for (const [units = 1, columns = 1] of sizes) {
    const given = { h: [7, 90, 2 * units], dz: [7, 90, 2 * columns] }
    expect(recurrentKernelGradient.operation.strategies(given, attrs, webgpu.traits)).toContain(strategy)
    for (const inputs of [given, { ...given, h0: [7, 2 * units] }])
      await checkOp(recurrentKernelGradient, {
        strategy,
        inputs,
        attrs,
        read: ['dR'],
        products: true,
        roundings: 64,
      })
  }
})

test('addLastTimestep, from either end', async () => {
  const { outputs } = await checkOp(addLastTimestep, {
    inputs: { x: tensor([1, 2, 3, 4, 5, 6], [1, 3, 2]), z: tensor([10, 20], [1, 2]) },
    attrs: { at: 2, directions: 2 },
    roundings: 1,
  })
  expect([...outputs.y]).toEqual([1, 22, 3, 4, 15, 6])
  const given = { x: [2, 3, 10], z: [2, 10] }
  for (const at of [0, 2])
    await checkOp(addLastTimestep, { inputs: given, attrs: { at, directions: 2 }, roundings: 1 })
})
