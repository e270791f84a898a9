// Weights of more axes than samples: of time steps, of single entries where a loss of one's own keeps the last axis or an output
// has metrics alone, and axes of 1 that serve all. Expected numbers are in float64, written out by Keras's rules.
import { expect, test } from 'vitest'
import {
  Activation,
  BinaryAccuracy,
  type CompileOptions,
  Dense,
  Input,
  type LayersModel,
  losses,
  Model,
  ops,
  Precision,
  type SymbolicTensor,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { classes, uniform } from '../support/values.ts'

const [BATCH, TIME, UNITS] = [4, 3, 5]
const x = uniform([BATCH, TIME, 2], -1, 1, 1)
const y = classes([BATCH, TIME, UNITS], 2, 2)
const squares = (yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor =>
  ops.square(ops.subtract(yTrue, yPred))

function sigmoids(options: Omit<CompileOptions, 'optimizer'>): LayersModel {
  const input = Input([TIME, 2])
  const model = Model(input, Dense(UNITS, { activation: 'sigmoid' })(input))
  model.compile({ optimizer: 'sgd', ...options })
  return model
}

/** Entry `i` of an output [batch, time, units] of a tensor that axes of 1 or missing ones at the end broadcast to it. */
function weightOf({ data, shape }: Tensor, i: number): number {
  const indices = [Math.floor(i / (TIME * UNITS)), Math.floor(i / UNITS) % TIME, i % UNITS]
  const place = shape.reduce(
    (sum, extent, axis) => sum * extent + (extent === 1 ? 0 : (indices[axis] ?? 0)),
    0,
  )
  return data[place] ?? Number.NaN
}

function expectedOf(p: Tensor, weights: Tensor): number[] {
  let [loss, right, counted, positives, hits] = [0, 0, 0, 0, 0]
  p.data.forEach((value, i) => {
    const [weight, target] = [weightOf(weights, i), y.data[i] ?? 0]
    loss += (weight * (target - value) ** 2) / p.data.length
    right += weight * Number(value > 0.5 === (target === 1))
    counted += weight
    if (value > 0.5) positives += weight
    if (value > 0.5 && target === 1) hits += weight
  })
  return [loss, right / counted, hits / positives]
}

const weightedMetrics = [BinaryAccuracy(), Precision()]
const shapes = [
  [BATCH],
  [BATCH, 1],
  [BATCH, TIME],
  [BATCH, TIME, 1],
  [BATCH, 1, UNITS],
  [BATCH, TIME, UNITS],
].map((shape) => ({ shape }))

onCpuFirst(() => {
  test.each(shapes)('weights $shape of entries', async ({ shape }) => {
    const sampleWeight = uniform(shape, 0.2, 3, 5)
    const model = sigmoids({ loss: squares, weightedMetrics })
    const predictions = await model.predict(x, quiet)
    const expected = expectedOf(predictions as Tensor, sampleWeight)
    const given = { ...quiet, sampleWeight }
    expectClose('evaluate', [await model.evaluate(x, y, given)].flat(), expected, 1e-5)
    const batch = await model.testOnBatch(x, y, { sampleWeight })
    expectClose('testOnBatch', [batch].flat(), expected, 1e-5)
    const kept = await model.getWeights()
    const { history } = await model.fit(x, y, { ...given, batchSize: BATCH })
    expectClose(
      'fit',
      ['loss', 'binary_accuracy', 'precision'].map((name) => Number(history[name]?.[0])),
      expected,
      1e-5,
    )
    const fitted = await weightsOf(model)
    model.setWeights(kept)
    await model.trainOnBatch(x, y, { sampleWeight })
    expectClose('weights', await weightsOf(model), fitted, 1e-6)
    model.dispose()
  })

  test('an output without a loss has metrics of weighted entries', async () => {
    const input = Input([TIME, 2])
    const outputs = ['a', 'b'].map((name) => Dense(UNITS, { activation: 'sigmoid', name })(input))
    const model = Model(input, outputs)
    model.compile({ optimizer: 'sgd', loss: ['mse', null], weightedMetrics: [[], [BinaryAccuracy()]] })
    const [ofRows, ofEntries] = [uniform([BATCH, TIME], 0.2, 3, 5), uniform([BATCH, TIME, UNITS], 0.2, 3, 6)]
    const [, p] = (await model.predict(x, quiet)) as readonly Tensor[]
    const got = await model.evaluate(x, [y, y], { ...quiet, sampleWeight: [ofRows, ofEntries] })
    expectClose('accuracy', [got].flat().slice(1), expectedOf(p as Tensor, ofEntries).slice(1, 2), 1e-5)
  })
})

test('a loss of one value a row takes no weights of entries', async () => {
  const sampleWeight = uniform([BATCH, TIME, UNITS], 0.2, 3, 6)
  const model = sigmoids({ loss: 'mse' })
  await expect(model.fit(x, y, { ...quiet, sampleWeight })).rejects.toThrow(
    'fit, sampleWeight: expected [samples] or [samples, 3], got [4, 3, 5]. This loss has one value for all entries of an axis.',
  )
  const got = await model.evaluate(x, y, { ...quiet, sampleWeight: tensor([1, 2, 3, 4], [BATCH, 1]) })
  expect(got).toBe(await model.evaluate(x, y, { ...quiet, sampleWeight: [1, 2, 3, 4] }))
})

/** Numbers in the shape, as a formula says them. */
function wavesOf(shape: readonly number[], f = 0.3): unknown {
  const [extent, ...inner] = shape
  if (extent === undefined) return 0.5 * Math.sin(7 * f + 0.2) + 0.6
  return Array.from({ length: extent }, (_, i) => wavesOf(inner, f + 0.37 * (i + 1) * shape.length))
}

onCpuFirst(() => {
  // Numbers of Keras 3.16.
  test.each([
    ['CosineSimilarity', [2, 1], -0.93469697],
    ['CosineSimilarity', [2, 3], -0.61501986],
    ['CosineSimilarity', [2, 1, 1], -0.3235198],
    ['CategoricalCrossentropy', [2, 1], 3.1242015],
    ['CategoricalCrossentropy', [2, 3], 2.1580002],
  ] as const)('%s over axis 1 takes weights %j, of what it has values of', async (name, shape, expected) => {
    const input = Input([4, 3])
    const model = Model(input, Activation('linear')(input))
    model.compile({ loss: losses[name]({ axis: 1 }), optimizer: 'sgd' })
    const [given, targets] = [wavesOf([2, 4, 3]), wavesOf([2, 4, 3], 1.1)] as readonly number[][][][]
    const weights = { ...quiet, batchSize: 2, sampleWeight: wavesOf(shape, 0.9) as number[][] }
    expect(await model.evaluate(given as number[][][], targets as number[][][], weights)).toBeCloseTo(
      expected,
      5,
    )
    const misfit = { ...weights, sampleWeight: wavesOf([2, 4], 0.9) as number[][] }
    await expect(model.evaluate(given as number[][][], targets as number[][][], misfit)).rejects.toThrow(
      'sampleWeight: expected [samples] or [samples, 3], got [2, 4]. This loss has one value',
    )
  })
})
