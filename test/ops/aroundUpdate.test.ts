// What stands around an update, between the backends and by hand: weights of one, of many and of no whole chunk.
import { expect, test } from 'vitest'
import {
  averageWeights,
  chunkTable,
  clipCodes,
  gradientSquares,
  prepareUpdate,
} from '../../src/ops/aroundUpdate.ts'
import { Tensor, tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { uniform } from '../support/values.ts'

const SIZE = 3200
const table = chunkTable([
  { offset: 0, size: 3, decay: 0.5 },
  { offset: 64, size: 2500, decay: 0 },
  { offset: 2624, size: 545, decay: 0.5 },
])
const chunks = new Tensor(table.values, table.shape)
const steps = [1, 2, 3, 4].map((iteration) => ({ iteration, decay: 0.1 }))
const scaling = tensor([8, 0, 2, 1 / 8, 0, 0.1], [6])
const flat = [SIZE]

test('a chunk is of one weight', () => {
  expect(table.shape).toEqual([5, 5])
  expect([...table.values].slice(5, 10)).toEqual([1, 1024, 1, 3, 0])
})

test.each([0, 2])('squares and clipping, averages of %i steps', async (each) => {
  const given = { chunks, gradients: flat, accumulated: flat, scaling }
  const attrs = { steps: each, factor: 0.5 }
  const { outputs } = await checkOp(gradientSquares, {
    inputs: given,
    attrs,
    maxWorkgroups: 2,
    roundings: 64,
  })
  const squares = new Tensor(outputs.squares, [5])
  for (const clip of Object.keys(clipCodes) as (keyof typeof clipCodes)[]) {
    await checkOp(prepareUpdate, {
      inputs: { ...given, squares, parameters: flat },
      attrs: { ...attrs, clip, limit: 0.01 },
      steps,
      maxWorkgroups: 2,
      roundings: 64,
    })
  }
  const { scaling: _, ...plain } = given
  const { memory, outputs: last } = await checkOp(prepareUpdate, {
    inputs: { ...plain, squares, parameters: flat },
    attrs: { ...attrs, clip: 'value', limit: 0.01 },
    steps: [{ iteration: 2, decay: 0.1 }],
    roundings: 64,
  })
  expect([...last.gate].slice(2, 4)).toEqual(each ? [1, 1] : [2, 1])
  expect(Math.max(...Array.from(memory.gradients ?? []).slice(64, 2564))).toBeCloseTo(0.01, 6)
})

test.each([0, 3])('averages of weights that overwrite them every %i updates', async (frequency) => {
  const inputs = { parameters: [67], averages: uniform([67], -1, 1, 7) }
  const attrs = { momentum: 0.75, frequency }
  const { memory } = await checkOp(averageWeights, { inputs, attrs, steps, roundings: 16 })
  if (frequency === 0) expect(memory.averages).toEqual(memory.parameters)
  // Of a scaled loss, of gradients that are added up, and of ones that overflowed.
  for (const [factor, alone] of [[1 / 8], [0, 1], [0]]) {
    const state = tensor([8, 0, 2, factor ?? 0, alone ?? 0, 0.1], [6])
    const { memory: after } = await checkOp(averageWeights, {
      inputs: { ...inputs, scaling: state },
      attrs,
      steps,
      roundings: 16,
    })
    const moves = factor !== 0 || alone === 1
    expect(after.averages?.every((a, i) => a === inputs.averages.data[i])).toBe(!moves)
  }
})
