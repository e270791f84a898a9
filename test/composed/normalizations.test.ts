/** Normalizations that are written in `ops`, against their equations in doubles; their weights, files and refusals. */
import { expect, test } from 'vitest'
import {
  GroupNormalization,
  type GroupNormalizationOptions,
  Input,
  RMSNormalization,
  Sequential,
  UnitNormalization,
} from '../../src/index.ts'
import { sizeOf } from '../../src/util/shape.ts'
import { checkLayer, type Definition } from '../support/checkLayer.ts'

/** What entries of a tensor are alike in: their places along axes. */
function placesOf(shape: readonly number[], axes: readonly number[]): readonly number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    axes.reduce(
      (place, axis) =>
        place * (shape[axis] ?? 1) + (Math.floor(i / sizeOf(shape.slice(axis + 1))) % (shape[axis] ?? 1)),
      0,
    ),
  )
}

/** For each entry the mean of a function over all entries with the same key. */
function meansBy(keys: readonly unknown[], values: readonly number[]): readonly number[] {
  return keys.map((key) => {
    const alike = values.filter((_, k) => keys[k] === key)
    return alike.reduce((sum, value) => sum + value, 0) / alike.length
  })
}

const groupNormalization =
  (
    axis: number,
    groups: number,
    { scale = true, epsilon = 1e-3 }: GroupNormalizationOptions = {},
  ): Definition =>
  ({ data, shape }, ...given) => {
    const [gamma, beta] = scale ? given : [undefined, ...given]
    const channels = placesOf(shape, [axis])
    const samples = placesOf(shape, [0])
    const each = (shape[axis] ?? 1) / groups
    const keys = channels.map((channel, i) => `${samples[i]} ${Math.floor(channel / each)}`)
    const means = meansBy(keys, data)
    const centered = data.map((value, i) => value - (means[i] ?? 0))
    const variances = meansBy(
      keys,
      centered.map((value) => value ** 2),
    )
    const normalized = centered.map((value, i) => {
      const channel = channels[i] ?? 0
      const normal = value / Math.sqrt((variances[i] ?? 0) + epsilon)
      return normal * (gamma?.data[channel] ?? 1) + (beta?.data[channel] ?? 0)
    })
    return { data: normalized, shape }
  }

test.each<[string, GroupNormalizationOptions, number[], Definition]>([
  ['groups of two', { groups: 3 }, [3, 6], groupNormalization(2, 3)],
  ['of a vector', { groups: 2, epsilon: 0.1 }, [6], groupNormalization(1, 2, { epsilon: 0.1 })],
  ['one group', { groups: 1, center: false }, [3, 4], groupNormalization(2, 1)],
  ['of each channel', { groups: -1, scale: false }, [5, 3], groupNormalization(2, 3, { scale: false })],
  ['channels first', { groups: 2, axis: 1 }, [4, 2, 3], groupNormalization(1, 2)],
  ['an axis between', { groups: 2, axis: -2 }, [2, 4, 3], groupNormalization(2, 2)],
])('GroupNormalization: %s', async (_, options, inputShape, definition) => {
  await checkLayer(() => GroupNormalization(options), inputShape, definition)
})

/** x times a factor that follows from the mean of squares of all entries that are alike but for some axes. */
const bySquares =
  (axes: readonly number[], factor: (meanOfSquares: number, count: number) => number): Definition =>
  ({ data, shape }, scale) => {
    const others = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
    const squares = meansBy(
      placesOf(shape, others),
      data.map((value) => value ** 2),
    )
    const count = sizeOf(axes.map((axis) => shape[axis] ?? 1))
    const places = placesOf(shape, axes)
    const scaled = data.map(
      (value, i) => value * factor(squares[i] ?? 0, count) * (scale?.data[places[i] ?? 0] ?? 1),
    )
    return { data: scaled, shape }
  }

test.each<[string, number | number[], number[], number[]]>([
  ['the last axis', -1, [3, 5], [2]],
  ['steps', 1, [5, 3], [1]],
  ['axes apart', [3, 1], [3, 2, 4], [1, 3]],
])('RMSNormalization and UnitNormalization: %s', async (_, axis, inputShape, axes) => {
  await checkLayer(
    () => RMSNormalization(axis, 0.01),
    inputShape,
    bySquares(axes, (mean) => 1 / Math.sqrt(mean + 0.01)),
  )
  await checkLayer(
    () => UnitNormalization(axis),
    inputShape,
    bySquares(axes, (mean, count) => 1 / Math.sqrt(mean * count)),
  )
})

test('weights have the names of Keras and the extents of their axes', () => {
  const model = Sequential([
    Input([3, 4]),
    GroupNormalization(2, { betaInitializer: 'ones' }),
    RMSNormalization([2, 1]),
    UnitNormalization(),
  ])
  expect(model.weights.map(({ path, shape }) => [path.split('/').at(-1), shape])).toEqual([
    ['gamma', [4]],
    ['beta', [4]],
    ['scale', [3, 4]],
  ])
})

test('open steps', () => {
  const model = Sequential([Input([null, 4]), GroupNormalization(2), RMSNormalization(), UnitNormalization()])
  expect(model.outputs[0]?.shape).toEqual([null, null, 4])
})

test.each<[string, () => unknown, string]>([
  [
    'groups that do not divide',
    () => GroupNormalization({ name: 'norm' })(Input([7, 6])),
    'GroupNormalization "norm": expected a number of channels (axis 2) that 32 groups divide, got [batch, 7, 6]. Give it groups that divide the channels; -1 is one of each.',
  ],
  [
    'no group',
    () => GroupNormalization(0, { name: 'norm' }),
    'GroupNormalization "norm": expected groups, unless -1, to be a positive integer, got 0.',
  ],
  [
    'the batch',
    () => GroupNormalization(1, { name: 'norm', axis: 0 })(Input([7])),
    'GroupNormalization "norm": expected axis to name axes of [batch, 7] beside the batch, each once, got 0.',
  ],
  [
    'open channels',
    () => GroupNormalization(1, { name: 'norm', axis: 1 })(Input([null, 3])),
    'GroupNormalization "norm": expected a known number of channels (axis 1), got [batch, null, 3]. Give it in inputShape.',
  ],
  [
    'other channels than before',
    () => {
      const layer = GroupNormalization(1, { name: 'norm' })
      layer(Input([3]))
      return layer(Input([4]))
    },
    'GroupNormalization "norm": expected extents [3] along its axes, for which it has its weights, got [batch, 4]. Make another layer for other extents.',
  ],
  [
    'other features than before',
    () => {
      const layer = RMSNormalization({ name: 'norm' })
      layer(Input([3]))
      return layer(Input([4]))
    },
    'RMSNormalization "norm": expected extents [3] along its axes, for which it has its weights, got [batch, 4]. Make another layer for other extents.',
  ],
  [
    'an axis twice',
    () => UnitNormalization({ name: 'norm', axis: [1, -1] })(Input([3])),
    'UnitNormalization "norm": expected axis to name axes of [batch, 3] beside the batch, each once, got [1, -1].',
  ],
  [
    'two inputs',
    () => UnitNormalization({ name: 'norm' })([Input([3]), Input([3])]),
    'UnitNormalization "norm": expected input [batch, ...], got [batch, 3] and [batch, 3].',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
