/** Functions of `ops` as layers, activations, losses and metrics: equal to what Recurra has by name. */
import { expect, test } from 'vitest'
import {
  Activation,
  Dense,
  Input,
  Lambda,
  type LayersModel,
  type LossFunction,
  LSTM,
  Masking,
  Model,
  ops,
  Sequential,
  setSeed,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { type ErrorCase, expectError, untyped } from '../support/expectError.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const [rows, time, features] = [6, 4, 3]
const x = uniform([rows, time, features], -1, 1, 1)
const y = uniform([rows, time, 2], -1, 1, 2)
const classes = tensor(
  Array.from({ length: rows * time }, (_, i) => i % 3),
  [rows, time],
)
const sampleWeight = uniform([rows], 0, 2, 3)

const mae: LossFunction = (yTrue, yPred) => ops.mean(ops.abs(ops.subtract(yTrue, yPred)), -1)
const sparse: LossFunction = (yTrue, yPred) =>
  ops.negative(ops.sum(ops.multiply(ops.oneHot(yTrue, 3), ops.log(yPred)), -1))

type Compiled = Parameters<LayersModel['compile']>[0]

/** Trains two models alike, and expects the same numbers. */
async function expectSame(
  make: (own: boolean) => LayersModel,
  compiled: (own: boolean) => Compiled,
  targets = y,
): Promise<void> {
  const [own, built] = [true, false].map((isOwn) => {
    setSeed(4)
    const model = make(isOwn)
    model.compile(compiled(isOwn))
    return model
  }) as [LayersModel, LayersModel]
  const numbers = async (model: LayersModel): Promise<number[]> => {
    const { history } = await model.fit(x, targets, {
      ...quiet,
      epochs: 2,
      batchSize: 4,
      shuffle: false,
      sampleWeight,
    })
    const evaluated = await model.evaluate(x, targets, quiet)
    return [
      ...Object.values(history).flatMap((values) => values ?? []),
      ...[evaluated].flat(),
      ...(await weightsOf(model)),
    ]
  }
  expectClose('numbers', await numbers(own), await numbers(built), 2e-6)
}

const plain = () => Sequential([Input([time, features]), LSTM(4, { returnSequences: true }), Dense(2)])

onCpuFirst(() => {
  test('a loss and a metric', () =>
    expectSame(plain, (own) => ({
      optimizer: 'adam',
      loss: own ? mae : 'mae',
      metrics: [own ? mae : 'mae'],
      weightedMetrics: [own ? mae : 'mae'],
    })))

  test('a loss of masked rows', () =>
    expectSame(
      () => Sequential([Input([time, features]), Masking({ maskValue: 0 }), Dense(2)]),
      (own) => ({ optimizer: 'sgd', loss: own ? mae : 'mae' }),
    ))

  test('a loss of targets of another shape than the predictions', () =>
    expectSame(
      () => Sequential([Input([time, features]), Dense(3, { activation: 'softmax' })]),
      (own) => ({ optimizer: 'sgd', loss: own ? sparse : 'sparse_categorical_crossentropy' }),
      classes,
    ))

  test('an activation', () =>
    expectSame(
      (own) => {
        const wave = (z: Parameters<typeof ops.tanh>[0]) => ops.multiply(ops.tanh(z), 1)
        return Sequential([
          Input([time, features]),
          Dense(4, { activation: own ? wave : 'tanh' }),
          Activation(own ? wave : 'tanh'),
          Dense(2),
        ])
      },
      () => ({ optimizer: 'sgd', loss: 'mse' }),
    ))

  test('a Lambda, with arguments, of one tensor and of several', async () => {
    const [a, b] = [Input([3]), Input([3])]
    const scaled = Lambda((z, { factor }) => ops.multiply(z, factor as number), { arguments: { factor: 3 } })
    const sum = Lambda(([p, q]: readonly (typeof a)[]) => ops.add(p ?? 0, q ?? 0), { outputShape: [3] })
    const model = Model([a, b], sum([scaled(a), b]))
    const [p, q] = [uniform([2, 3], -1, 1, 1), uniform([2, 3], -1, 1, 2)]
    const expected = [...p.data].map((n, i) => 3 * n + (q.data[i] ?? 0))
    expectClose('sum', (await model.predict([p, q], quiet)).data, expected, 1e-6)
    expect(String(scaled)).toMatch(/^Lambda "lambda/)
  })
})

test('names of functions are names of metrics', () => {
  const model = plain()
  model.compile({ optimizer: 'sgd', loss: 'mse', metrics: [mae] })
  expect(model.metricsNames).toEqual(['loss', 'mae'])
})

const named = (loss: unknown) => async () => {
  const model = Sequential([Input([time, features], { name: 'x' }), Dense(2)])
  model.compile({ optimizer: 'sgd', loss: untyped(loss) })
  await model.fit(x, y, quiet)
}
function number(): number {
  return 1
}
test.each<ErrorCase>([
  [
    'a function that returns a number',
    named(number),
    'Model "sequential".compile, loss: expected a function that returns a symbolic tensor, which ops made of its arguments, got 1. Call a layer on Input(...) or on what another layer returned.',
  ],
  [
    'a Lambda of another shape',
    () => Lambda((z) => z, { outputShape: [4] })(Input([3])),
    'Lambda "lambda": expected outputShape to be that of the output, [batch, 3] without the batch, got [4].',
  ],
  [
    'a Lambda without a function',
    () => Lambda(untyped(3)),
    'Lambda: expected function to be a function of tensors, got 3.',
  ],
])('%s', (_what, attempt, message) => expectError(attempt, message))
