/** LayerNormalization: its values by hand, over any axes against its definition, weights and refusals. */
import { expect, test } from 'vitest'
import {
  Input,
  LayerNormalization,
  type LayerNormalizationOptions,
  Sequential,
  type SymbolicTensor,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { sizeOf } from '../../src/util/shape.ts'
import { onEachBackend } from '../support/backends.ts'
import { checkLayer, type Definition, type Grid } from '../support/checkLayer.ts'

onEachBackend(() => {
  test('by hand', async () => {
    // Means 3 and 1, variances 4 and 0.
    const x = tensor([1, 5, 1, 5, 1, 1, 1, 1], [1, 2, 4])
    const model = Sequential([Input([2, 4]), LayerNormalization({ epsilon: 2.25 })])
    model.setWeights([tensor([1, 2, 3, 4], [4]), tensor([0, 0, 1, 1], [4])])
    const y = await model.predict<Tensor>(x)
    expect([...y.data].map((value) => Number(value.toFixed(6)))).toEqual([-0.8, 1.6, -1.4, 4.2, 0, 0, 1, 1])
    model.dispose()
  })
})

test('rmsScaling leaves inputs where they are, and has no beta', async () => {
  await checkLayer(
    () => LayerNormalization({ rmsScaling: true, scale: false, axis: [3, 1] }),
    [3, 2, 4],
    definition([1, 3], { rmsScaling: true }),
  )
})

/** The equation, entry by entry: those that are alike but for `axes` share a mean and a variance. */
const definition =
  (
    axes: readonly number[],
    { scale = true, rmsScaling = false }: LayerNormalizationOptions = {},
  ): Definition =>
  ({ data, shape }, ...given) => {
    const [gamma, beta] = scale ? given : [undefined, ...given]
    const at = (i: number, axis: number): number =>
      Math.floor(i / sizeOf(shape.slice(axis + 1))) % (shape[axis] ?? 1)
    const samples = data.map((_, i) =>
      String(shape.map((_, axis) => (axes.includes(axis) ? 0 : at(i, axis)))),
    )
    const weightAt = (weight: Grid | undefined, i: number): number | undefined =>
      weight?.data[axes.reduce((index, axis) => index * (shape[axis] ?? 1) + at(i, axis), 0)]
    const normalized = data.map((value, i) => {
      const alike = data.filter((_, k) => samples[k] === samples[i])
      const mean = alike.reduce((sum, entry) => sum + entry, 0) / alike.length
      const variance = alike.reduce((sum, entry) => sum + (entry - mean) ** 2, 0) / alike.length
      const normal = (value - (rmsScaling ? 0 : mean)) / Math.sqrt(variance + 1e-3)
      return normal * (weightAt(gamma, i) ?? 1) + (weightAt(beta, i) ?? 0)
    })
    return { data: normalized, shape }
  }

test.each<[string, LayerNormalizationOptions, number[], number[]]>([
  ['the last axis', {}, [3, 5], [2]],
  ['without beta', { center: false }, [5], [1]],
  ['without gamma', { scale: false }, [5], [1]],
  ['without weights', { scale: false, center: false }, [3, 5], [2]],
  ['steps', { axis: 1 }, [5, 3], [1]],
  ['all of a sample', { axis: [-1, 1, 2] }, [3, 2, 4], [1, 2, 3]],
  ['axes apart', { axis: [3, 1] }, [3, 2, 4], [1, 3]],
])('%s', async (_, options, inputShape, axes) => {
  await checkLayer(() => LayerNormalization(options), inputShape, definition(axes, options))
})

test.each([
  [
    [2, 3],
    ['gather', 'layerNormalization', 'emit'],
  ],
  [
    [1, 3],
    ['gather', 'transpose', 'layerNormalization', 'transpose', 'emit'],
  ],
])('axes %j: %j', (axis, kernels) => {
  const model = Sequential([Input([3, 4, 5]), LayerNormalization({ axis })])
  expect(model.plan({ training: false }).kernels).toEqual(kernels)
})

test('weights have the extents of the axes, in their order', () => {
  const model = Sequential([
    Input([3, 4, 5]),
    LayerNormalization({ axis: [3, 1], name: 'norm', gammaInitializer: 'zeros', betaInitializer: 'ones' }),
  ])
  expect(model.weights.map(({ path, shape }) => [path.split('/').slice(1).join('/'), shape])).toEqual([
    ['norm/gamma', [3, 5]],
    ['norm/beta', [3, 5]],
  ])
})

const line = (features: number): SymbolicTensor => Input([7, features])

test.each<[string, () => unknown, string]>([
  [
    'the batch',
    () => LayerNormalization({ name: 'norm', axis: 0 })(line(3)),
    'LayerNormalization "norm": expected axis to name axes of [batch, 7, 3] beside the batch, each once, got 0.',
  ],
  [
    'an axis twice',
    () => LayerNormalization({ name: 'norm', axis: [2, -1] })(line(3)),
    'LayerNormalization "norm": expected axis to name axes of [batch, 7, 3] beside the batch, each once, got [2, -1].',
  ],
  [
    'no axis',
    () => LayerNormalization({ name: 'norm', axis: [] })(line(3)),
    'LayerNormalization "norm": expected axis to name axes of [batch, 7, 3] beside the batch, each once, got [].',
  ],
  [
    'a negative epsilon',
    () => LayerNormalization({ name: 'norm', epsilon: -1 }),
    'LayerNormalization "norm": expected epsilon to be a finite number of at least 0, got -1.',
  ],
  [
    'other features than before',
    () => {
      const layer = LayerNormalization({ name: 'norm' })
      layer(line(3))
      return layer(line(4))
    },
    'LayerNormalization "norm": expected extents [3] along its axes, for which it has its weights, got [batch, 7, 4]. Make another layer for other extents.',
  ],
  [
    'open steps',
    () => LayerNormalization({ name: 'norm', axis: 1 })(Input([null, 3])),
    'LayerNormalization "norm": expected a known number of features (axis 1), got [batch, null, 3]. Give it in inputShape.',
  ],
])('refused: %s', (_, make, message) => {
  expect(make).toThrow(message)
})
