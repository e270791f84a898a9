/** Losses, metrics and their functions called on data: the numbers are those of Keras 3.15. */
import { beforeAll, expect, test } from 'vitest'
import {
  Dense,
  Input,
  Loss,
  loadModel,
  losses,
  metrics,
  ops,
  Sequential,
  type SymbolicTensor,
  setBackend,
  type Tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectError } from '../support/expectError.ts'
import { quiet } from '../support/models.ts'

const p = [
  [0.1, 0.2, 0.7],
  [0.5, 0.25, 0.25],
  [0.3, 0.6, 0.1],
  [0.2, 0.2, 0.6],
]
const oneHot = [
  [0, 0, 1],
  [1, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
]
const sparse = [2, -1, 1, 0]
const weights = [1, 2, 3, 4]

const close = (found: unknown, expected: unknown): void => {
  const flat = (value: unknown): number[] => [value].flat(3) as number[]
  const [a, b] = [flat(found), flat(expected)]
  expect(a).toHaveLength(b.length)
  a.forEach((value, i) => {
    expect(value).toBeCloseTo(b[i] as number, 5)
  })
}
const rowsOf = async (tensor: Promise<Tensor>) => (await tensor).toArray()

class Quantile extends Loss {
  override call(yTrue: SymbolicTensor, yPred: SymbolicTensor) {
    const error = ops.subtract(yTrue, yPred)
    return ops.mean(ops.maximum(ops.multiply(0.9, error), ops.multiply(-0.1, error)), -1)
  }
}

onCpuFirst(() => {
  test('a loss is called on targets, predictions and weights', async () => {
    for (const [reduction, plain, weighted] of [
      ['sum_over_batch_size', [0.20125, 0.8256462], [0.6358334, 2.7756348]],
      ['sum', [0.805, 2.4769385], [2.5433335, 8.3269033]],
      ['mean', [0.20125, 0.8256462], [0.6358334, 2.7756348]],
      ['mean_with_sample_weight', [0.20125, 0.8256462], [0.2543333, 1.0408629]],
    ] as const) {
      const mse = losses.MeanSquaredError({ reduction })
      const ignoring = losses.SparseCategoricalCrossentropy({ ignoreClass: -1, reduction })
      close([await mse(oneHot, p), await ignoring(sparse, p)], plain)
      close([await mse(oneHot, p, weights), await ignoring(sparse, p, weights)], weighted)
    }
    close(await losses.CategoricalCrossentropy({ labelSmoothing: 0.1 })(oneHot, p), 0.99824)
    close(await new losses.Huber({ delta: 0.2 })(oneHot, p), 0.0575)
    close(await losses.CosineSimilarity()(oneHot, p), -0.6282282)
    close(await new Quantile()([[2], [0]], [[0], [2]]), (1.8 + 0.2) / 2)
  })

  test('weights that are repeated count once in their sum', async () => {
    const yTrue = [
      [
        [1, 2],
        [3, 4],
        [0, 1],
      ],
      [
        [2, 2],
        [1, 0],
        [5, 3],
      ],
    ]
    const yPred = yTrue.map((rows) => rows.map((row) => row.map((value) => value * 0.5 + 0.25)))
    const mse = losses.MeanSquaredError({ reduction: 'mean_with_sample_weight' })
    // From Keras 3.16.
    for (const [weights, expected] of [
      [2, 6.625],
      [[[1], [3]], 3.625],
      [
        [
          [1, 2, 3],
          [0, 1, 2],
        ],
        1.3125,
      ],
      [[[1, 2, 3]], 2.625],
      [
        [
          [[1], [2], [3]],
          [[0], [1], [2]],
        ],
        1.3125,
      ],
      [[[[2]], [[2]]], 3.3125],
    ] as const)
      close([await mse(yTrue, yPred, weights)], [expected])
  })

  test("with reduction 'none' its values are those of rows", async () => {
    for (const reduction of ['none', null] as const) {
      const mse = losses.MeanSquaredError({ reduction })
      close(await rowsOf(mse(oneHot, p)), [0.0466667, 0.125, 0.2866667, 0.3466667])
      const ignoring = losses.SparseCategoricalCrossentropy({ ignoreClass: -1, reduction })
      close(await rowsOf(ignoring(sparse, p)), [0.356675, 0, 0.5108256, 1.609438])
      close(await rowsOf(ignoring(sparse, p, weights)), [0.356675, 0, 1.5324767, 6.4377518])
    }
  })

  test('functions of losses and metrics are called on data', async () => {
    const binary = [
      [
        [1, 0],
        [1, 1],
      ],
      [
        [0.6, 0.7],
        [0.2, 0.9],
      ],
    ] as const
    close(await rowsOf(losses.meanSquaredError(oneHot, p)), [0.0466667, 0.125, 0.2866667, 0.3466667])
    close(await rowsOf(losses.huber(oneHot, p, { delta: 0.2 })), [0.0216667, 0.0466667, 0.075, 0.0866667])
    close(await rowsOf(metrics.binaryAccuracy(...binary)), [1, 0, 0, 1])
    close(await rowsOf(metrics.binaryAccuracy(...binary, { threshold: 0.8 })), [0, 1, 0, 1])
    close(await rowsOf(metrics.categoricalAccuracy(oneHot, p)), [1, 1, 0, 0])
    close(await rowsOf(metrics.sparseCategoricalAccuracy([2, 0, 0, 1], p)), [1, 1, 0, 0])
    close(await rowsOf(metrics.sparseCategoricalAccuracy([[2], [0], [0], [1]], p)), [1, 1, 0, 0])
    close(await rowsOf(metrics.topKCategoricalAccuracy(oneHot, p, { k: 2 })), [1, 1, 1, 1])
    close(await rowsOf(metrics.sparseTopKCategoricalAccuracy([2, 0, 0, 1], p, { k: 1 })), [1, 1, 0, 0])
    const ids = [
      [2, 1, 0],
      [1, 0, 2],
      [1, 2, 0],
      [0, 2, 1],
    ]
    close(
      await rowsOf(metrics.sparseTopKCategoricalAccuracy([2, 0, 0, 1], ids, { k: 2, fromSortedIds: true })),
      [1, 1, 0, 0],
    )
    const [steps, targets] = [
      [p.slice(0, 2), p.slice(2)],
      [
        [2, 0],
        [0, 1],
      ],
    ]
    close(
      await rowsOf(metrics.sparseCategoricalAccuracy(targets as number[][], steps as number[][][])),
      [1, 1, 0, 0],
    )
  })

  test('rows of a class that is ignored count as 0, and with weights not at all', async () => {
    const metric = metrics.SparseCategoricalCrossentropy({ ignoreClass: -1 })
    await metric.updateState(sparse, p)
    close(await metric.result(), 0.6192346)
    metric.resetState()
    await metric.updateState(sparse, p, { sampleWeight: weights })
    close(await metric.result(), 1.0408629)
  })
})

beforeAll(async () => {
  await setBackend('cpu')
})

test('functions of metrics in compile, by their own names, wrapped with options, and in files', async () => {
  await setBackend('cpu')
  const model = Sequential([Input([2]), Dense(3, { activation: 'softmax' })])
  model.compile({
    loss: losses.sparseCategoricalCrossentropy,
    optimizer: 'sgd',
    metrics: [
      'accuracy',
      metrics.sparseCategoricalAccuracy,
      metrics.MeanMetricWrapper(metrics.sparseTopKCategoricalAccuracy, { name: 'top2', k: 2 }),
    ],
  })
  const [x, y] = [
    [
      [1, 2],
      [3, -1],
      [-2, 0.5],
      [0, 1],
    ],
    [0, 2, 1, 1],
  ]
  const logs = await model.evaluate(x, y, { ...quiet, returnDict: true })
  expect(Object.keys(logs).sort()).toEqual(['accuracy', 'loss', 'sparse_categorical_accuracy', 'top2'])
  const outputs = (await model.predict(x, quiet)).toArray() as number[][]
  const ranks = outputs.map((row, i) => row.filter((value) => value > (row[y[i] as number] as number)).length)
  const share = (most: number) => ranks.filter((rank) => rank < most).length / ranks.length
  expect(logs).toMatchObject({ sparse_categorical_accuracy: share(1), top2: share(2) })
  const loaded = await loadModel(await model.save())
  expect(await loaded.evaluate(x, y, { ...quiet, returnDict: true })).toEqual(logs)
})

test('what is called wrongly', async () => {
  const mse = losses.MeanSquaredError({ name: 'mse' })
  await expectError(() => mse([[1, 2]], [[1]]), 'MeanSquaredError: expected targets [1, 1], got [1, 2].')
  await expectError(
    () => (mse as (...args: unknown[]) => unknown)([[1]]),
    'MeanSquaredError: expected (yTrue, yPred, sampleWeight), got 1 arguments.',
  )
  await expectError(
    () =>
      Sequential([Input([1]), Dense(1)], { name: 'line' }).compile({
        loss: losses.MeanSquaredError({ reduction: 'none' }),
      }),
    'Model "line".compile, loss: expected a reduction to one number, got \'none\'.',
  )
})
