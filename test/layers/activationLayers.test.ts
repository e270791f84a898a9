/** Activations as layers, against their definitions, and in the place of an activation's name. */
import { expect, test } from 'vitest'
import {
  Conv1D,
  Dense,
  ELU,
  Input,
  LeakyReLU,
  LSTM,
  PReLU,
  ReLU,
  Sequential,
  Softmax,
  type Tensor,
} from '../../src/index.ts'
import { checkLayer, type Definition } from '../support/checkLayer.ts'
import { expectClose } from '../support/compare.ts'
import { uniform } from '../support/values.ts'

const each =
  (fn: (x: number) => number): Definition =>
  ({ data, shape }) => ({ data: data.map(fn), shape })

test('ReLU with all options', () =>
  checkLayer(
    () => ReLU({ maxValue: 0.6, negativeSlope: 0.1, threshold: 0.2 }),
    [5],
    each((x) => (x > 0.2 ? Math.min(x, 0.6) : 0.1 * (x - 0.2))),
  ))

test('LeakyReLU has the slope 0.3 by default', () =>
  checkLayer(
    () => LeakyReLU(),
    [5],
    each((x) => (x > 0 ? x : 0.3 * x)),
  ))

test('ELU', () =>
  checkLayer(
    () => ELU(0.7),
    [5],
    each((x) => (x > 0 ? x : 0.7 * Math.expm1(x))),
  ))

test.each([
  ['each element', undefined, (i: number) => i % 6],
  ['each feature', 1, (i: number) => i % 3],
  ['all elements', [2, 1], () => 0],
] as const)('PReLU with a slope for %s', (_name, sharedAxes, slopeAt) =>
  checkLayer(
    () => PReLU(sharedAxes === undefined ? {} : { sharedAxes }),
    [2, 3],
    ({ data, shape }, alpha) => ({
      data: data.map((x, i) => (x > 0 ? x : (alpha?.data[slopeAt(i)] ?? Number.NaN) * x)),
      shape,
    }),
  ),
)

test.each([
  ['the last axis', -1, (i: number) => Math.floor(i / 4)],
  ['time', 1, (i: number) => Math.floor(i / 12) * 4 + (i % 4)],
  ['all of a sample', [1, 2], (i: number) => Math.floor(i / 12)],
] as const)('Softmax over %s', (_name, axis, groupOf) =>
  checkLayer(
    () => Softmax({ axis }),
    [3, 4],
    ({ data, shape }) => {
      const sums = new Map<number, number>()
      for (const [i, x] of data.entries()) sums.set(groupOf(i), (sums.get(groupOf(i)) ?? 0) + Math.exp(x))
      return { data: data.map((x, i) => Math.exp(x) / (sums.get(groupOf(i)) ?? 0)), shape }
    },
  ),
)

test('a layer in the place of an activation does what it does behind the layer', async () => {
  const x = uniform([2, 5, 3], -1, 1, 1)
  const pairs = [
    [Dense(4, { activation: LeakyReLU(0.1) }), [Dense(4), LeakyReLU(0.1)]],
    [Conv1D(4, 2, { activation: ELU({ alpha: 2 }) }), [Conv1D(4, 2), ELU(2)]],
  ] as const
  for (const [inside, behind] of pairs) {
    const [one, two] = [Sequential([Input([5, 3]), inside]), Sequential([Input([5, 3]), ...behind])]
    two.setWeights(await one.getWeights())
    const expected = await two.predict<Tensor>(x)
    expectClose('output', (await one.predict<Tensor>(x)).data, expected.data, 1e-6)
    one.dispose()
    two.dispose()
  }
})

test('what is wrong is said', () => {
  expect(() => PReLU({ sharedAxes: 3 })(Input([2, 3]))).toThrow(
    'expected sharedAxes from 1 to 2, the axes of [batch, 2, 3], got [3]',
  )
  expect(() => ReLU({ maxValue: -1 })).toThrow(
    'ReLU: expected maxValue to be a finite number of at least 0, got -1',
  )
  expect(() => Softmax(0)(Input([3]))).toThrow('beside the batch')
  // These are no functions of each element alone: one depends on a row, one has weights.
  for (const layer of [Softmax(1), PReLU()])
    expect(() => Dense(2, { activation: layer as never })).toThrow('Dense: expected activation to be one of')
  expect(() => LSTM(2, { activation: PReLU() as never })).toThrow('LSTM: expected activation to be one of')
})
