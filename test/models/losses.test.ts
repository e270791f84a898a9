/** Losses of some outputs alone, and weights of classes: what Keras 3 makes of both. */
import { expect, test } from 'vitest'
import {
  type CompileOptions,
  Dense,
  Input,
  type LayersModel,
  Model,
  Sequential,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { classes, uniform } from '../support/values.ts'

const [x, ya, yb] = [uniform([6, 3], -1, 1, 1), uniform([6, 2], -1, 1, 2), uniform([6, 3], 0, 1, 3)]

/** A hidden layer under the outputs `a` [2], `b` [3]. */
function twoHeads(options: Omit<CompileOptions, 'optimizer'>): LayersModel {
  setSeed(3)
  const input = Input([3])
  const hidden = Dense(4)(input)
  const model = Model(input, [
    Dense(2, { name: 'a' })(hidden),
    Dense(3, { name: 'b', activation: 'softmax' })(hidden),
  ])
  model.compile({ optimizer: 'sgd', ...options })
  return model
}

onEachBackend(() => {
  test('an output whose loss is null is not trained, and its metrics count', async () => {
    const model = twoHeads({ loss: ['mse', null], metrics: { a: ['mae'], b: ['mae', 'accuracy'] } })
    const both = twoHeads({ loss: ['mse', 'mse'], metrics: { a: ['mae'], b: ['mae', 'accuracy'] } })
    const [got, expected] = [
      await model.evaluate(x, [ya, yb], quiet),
      await both.evaluate(x, [ya, yb], quiet),
    ]
    expect(model.metricsNames).toEqual(['loss', 'a_mae', 'b_accuracy', 'b_mae'])
    const [, loss, , ...metrics] = [expected].flat()
    expectClose('loss and metrics', [got].flat(), [loss ?? Number.NaN, ...metrics], 1e-6)
    const weighted = await model.evaluate(x, [ya, yb], {
      ...quiet,
      sampleWeight: tensor([1, 1, 1, 0, 0, 0], [6]),
    })
    expect([weighted].flat().slice(1)).toEqual([got].flat().slice(1))

    const gradients = await model.gradients(x, [ya, yb])
    const names = Object.entries(gradients).map(([path, { data }]) => [
      path,
      data.some((value) => value !== 0),
    ])
    expect(names.filter(([, moves]) => moves).map(([path]) => path)).toEqual(
      model.weights.map(({ path }) => path).filter((path) => !path.startsWith('b/')),
    )
    await model.fit(x, [ya, yb], { ...quiet, validationSplit: 0.5 })
  })

  test('an output of which nothing is asked needs no target', async () => {
    const model = twoHeads({ loss: { a: 'mse', b: null } })
    expect(model.metricsNames).toEqual(['loss'])
    const loss = await model.evaluate(x, [ya, yb], quiet)
    for (const y of [[ya, null], { a: ya }, { a: ya, b: yb }, ya, [ya, 'anything']])
      expect(await model.evaluate(x, y as Tensor[], quiet)).toBe(loss)
    const { history } = await model.fit(x, [ya, null as unknown as Tensor], quiet)
    expect(Object.keys(history)).toEqual(['loss'])
    await expect(model.evaluate(x, { b: yb }, quiet)).rejects.toThrow('expected the names a')
  })

  test('metrics alone say what targets an output has', async () => {
    const model = twoHeads({ loss: ['mse', null], metrics: [[], ['sparse_categorical_accuracy']] })
    const labels = classes([6], 3, 4)
    const [, b] = await model.predict<Tensor[]>(x)
    const hits = [...labels.data].filter((label, row) => {
      const scores = [...(b?.data.slice(3 * row, 3 * row + 3) ?? [])]
      return scores.indexOf(Math.max(...scores)) === label
    })
    const [, accuracy] = [await model.evaluate(x, [ya, labels], quiet)].flat()
    expect(accuracy).toBeCloseTo(hits.length / 6, 6)
  })
})

// As in Keras an extent of 1 at the end of targets may be missing or too many, whatever extents stand before it.
test.each([1, 2])('targets of %i steps with and without an extent of 1 at the end', async (steps) => {
  const series = uniform([3, steps, 2], -1, 1)
  for (const [units, loss] of [
    [1, 'mse'],
    [4, 'sparse_categorical_crossentropy'],
  ] as const) {
    const model = Sequential([Input([steps, 2]), Dense(units, { activation: 'softmax' })])
    model.compile({ loss })
    const { data } = classes([3, steps], units, 5)
    const [short, long] = [tensor(data, [3, steps]), tensor(data, [3, steps, 1])]
    expect(await model.evaluate(series, short, quiet)).toBe(await model.evaluate(series, long, quiet))
  }
})

test('compile refuses losses that leave nothing to train, or metrics that ask for two targets', () => {
  expect(() => twoHeads({ loss: [null, null] })).toThrow('expected a loss for at least one output')
  expect(() => twoHeads({ loss: { a: 'mse' } })).toThrow('Give null for an output without a loss.')
  const metrics = [[], ['mse', 'sparse_categorical_accuracy']] as const
  expect(() => twoHeads({ loss: ['mse', null], metrics })).toThrow(
    'metrics: expected metrics for targets [batch, 3], got sparse_categorical_accuracy for [batch].',
  )
})

const classWeight = { 0: 1, 1: 10, 2: 0.5 }

/** The loss under classWeight, and under the sample weights that it should mean. */
async function bothWays(model: LayersModel, inputs: Tensor, y: Tensor, sampleWeight: Tensor): Promise<void> {
  const got = await model.testOnBatch(inputs, y, { classWeight })
  expect(got).toBe(await model.testOnBatch(inputs, y, { sampleWeight }))
  expect(got).not.toBe(await model.testOnBatch(inputs, y))
}

test.each([
  [
    'soft labels are rounded',
    [1],
    'binary_crossentropy',
    [0.9, 0.4, 0.5, 0.6, 0, 1],
    [6, 1],
    [10, 1, 1, 10, 1, 10],
    [6],
  ],
  [
    'a number, half way to the even',
    [1],
    'mse',
    [0.5, 1.5, 2.5, 7, -0.4, 1],
    [6],
    [1, 0.5, 0.5, 1, 1, 10],
    [6],
  ],
  ['the largest of a row', [3], 'mse', [0.1, 0.9, 0, 1, 0, 0, 0, 0, 1], [3, 3], [10, 1, 0.5], [3]],
  ['indices', [3], 'sparse_categorical_crossentropy', [0, 1, 2], [3], [1, 10, 0.5], [3]],
  ['indices in a column', [3], 'sparse_categorical_crossentropy', [0, 1, 2], [3, 1], [1, 10, 0.5], [3]],
  [
    'indices of steps',
    [2, 3],
    'sparse_categorical_crossentropy',
    [0, 1, 2, 1],
    [2, 2],
    [1, 10, 0.5, 10],
    [2, 2],
  ],
  [
    'indices of steps in a column',
    [2, 3],
    'sparse_categorical_crossentropy',
    [0, 1, 2, 1],
    [2, 2, 1],
    [1, 10, 0.5, 10],
    [2, 2],
  ],
  ['numbers of steps', [2, 1], 'binary_crossentropy', [0, 0.8, 1, 0], [2, 2, 1], [1, 10, 10, 1], [2, 2]],
  ['rows of steps', [2, 2], 'mse', [0, 1, 1, 0, 0.7, 0.3, 0.2, 0.8], [2, 2, 2], [10, 1, 1, 10], [2, 2]],
] as const)('classWeight, %s', async (_what, sample, loss, labels, shape, weights, weightShape) => {
  setSeed(3)
  const activation = loss === 'mse' ? 'linear' : 'sigmoid'
  const model = Sequential([Dense(sample.at(-1) ?? 1, { inputShape: [...sample], activation })])
  model.compile({ loss, optimizer: 'sgd' })
  const inputs = uniform([shape[0], ...sample], -1, 1, 1)
  await bothWays(model, inputs, tensor(labels, shape), tensor(weights, weightShape))
})

test('Sequential.build keeps to the shape of its Input', () => {
  const model = Sequential([Input([2], { batchSize: 3 }), Dense(2)])
  model.build([3, 2])
  for (const shape of [[3, 4], [null, 2], [3, 2, 1], 5])
    expect(() => model.build(shape as number[])).toThrow('expected [3, 2], the shape of the model')
})
