/** The ConvLSTM recurrence: both directions, states, even and odd windows, against differences and the GPU. */
import { expect, test } from 'vitest'
import { activations } from '../../src/ops/activations.ts'
import { convLstm } from '../../src/ops/convLstm.ts'
import { lstm } from '../../src/ops/lstm.ts'
import type { RecurrenceAttributes } from '../../src/ops/recurrentCell.ts'
import { lastOf } from '../../src/util/shape.ts'
import { checkOp } from '../support/checkOp.ts'
import { fromStates } from '../support/fromStates.ts'
import { chosen } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const [convLstmOp, lstmOp] = [fromStates(convLstm), fromStates(lstm)]

const attributes = (reverse = false): RecurrenceAttributes => ({
  activation: activations.tanh.code,
  recurrentActivation: activations.sigmoid.code,
  reverse,
})

/** Extents of space and windows are constants of a pipeline: tests of anything but sizes have those of 'an odd window'. */
type Space = readonly [batch: number, time: number, ...space: number[], filters: number]

const inputs = (space: Space, ...window: readonly number[]) => {
  const filters = lastOf(space)
  return {
    z: uniform([...space.slice(0, -1), 4 * filters], -1, 1, 1),
    recurrentKernel: uniform([...window, filters, 4 * filters], -0.4, 0.4, 2),
  }
}
const states = ([batch, , ...state]: Space) => ({
  h0: uniform([batch, ...state], -1, 1, 3),
  c0: uniform([batch, ...state], -1, 1, 4),
})

const by = ['z', 'recurrentKernel', 'h0', 'c0'] as const

const cases: readonly (readonly [string, Space, number[], boolean])[] = [
  ['one of everything', [1, 1, 1, 1, 1], [1, 1], false],
  ['an odd window', [2, 3, 4, 5, 3], [3, 3], false],
  ['an even window, backwards', [3, 2, 3, 4, 2], [2, 4], true],
  ['one axis', [2, 3, 7, 3], [3], false],
  ['a window larger than the state', [1, 3, 2, 2, 2], [5, 3], true],
  ['a volume', [2, 2, 3, 2, 4, 3], [3, 2, 3], false],
  ['a volume of one slice', [1, 2, 1, 3, 2, 2], [3, 1, 2], false],
  ['slices by themselves', [2, 2, 3, 2, 3, 2], [1, 3, 2], true],
]

test.each(chosen(cases, ([name]) => /odd|volume$/.test(name)))('%s', async (_, space, window, reverse) => {
  await checkOp(convLstmOp, {
    inputs: { ...inputs(space, ...window), ...states(space) },
    attrs: attributes(reverse),
    read: ['h', 'hLast', 'cLast'],
    by,
    roundings: 200,
  })
})

test.each<[string, readonly ('h' | 'hLast' | 'cLast')[]]>([
  ['the sequence', ['h']],
  ['the last state', ['hLast']],
])('without states, reading %s', async (_, read) => {
  const space: Space = [3, 2, 4, 5, 3]
  await checkOp(convLstmOp, {
    inputs: inputs(space, 3, 3),
    attrs: attributes(),
    read,
    by: ['z', 'recurrentKernel'],
    roundings: 200,
  })
})

test('more rows and steps than a chunk', async () => {
  const space: Space = [3, 4, 9, 7, 1]
  await checkOp(convLstmOp, {
    inputs: inputs(space, 2, 3),
    attrs: attributes(),
    read: ['h'],
    by: ['recurrentKernel'],
    roundings: 400,
  })
})

test('recurrent dropout, the same masks on both backends', async () => {
  const space: Space = [2, 3, 4, 5, 2]
  await checkOp(convLstmOp, {
    inputs: { ...inputs(space, 3, 3), ...states(space) },
    attrs: { ...attributes(), recurrentDropout: { rate: 0.4, seed: 5 } },
    read: ['h', 'cLast'],
    by,
    roundings: 200,
  })
})

test('on one position with a window of one it is the LSTM', async () => {
  const space: Space = [3, 4, 1, 1, 5]
  const given = inputs(space, 1, 1)
  const conv = await checkOp(convLstmOp, { inputs: given, attrs: attributes(), read: ['h'], roundings: 200 })
  const plain = await checkOp(lstmOp, {
    inputs: {
      z: uniform([3, 4, 20], -1, 1, 1),
      recurrentKernel: uniform([5, 20], -0.4, 0.4, 2),
    },
    attrs: attributes(),
    strategy: 'timestep',
    read: ['h'],
    roundings: 200,
  })
  conv.outputs.h.forEach((value, i) => {
    expect(value).toBeCloseTo(plain.outputs.h[i] ?? Number.NaN, 6)
  })
})
