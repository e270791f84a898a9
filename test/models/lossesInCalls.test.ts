/** Losses and metrics in fields, which methods `call` call: what they train is what Keras trains. */
import { expect, test } from 'vitest'
import {
  Dense,
  Input,
  Layer,
  Loss,
  LSTM,
  losses,
  Masking,
  Metric,
  Model,
  metrics,
  ops,
  Sequential,
  SGD,
  type SymbolicTensor,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import keras from '../support/lossesInCallsOfKeras.json' with { type: 'json' }
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

const fitting = { ...quiet, batchSize: 3, shuffle: false } as const
const x = waves(5, 3)
const labels = tensor(
  Float32Array.from(waves(5, 4).data, Math.sign).map((v) => Math.max(v, 0)),
  [5, 4],
)
const weights = tensor(
  Float32Array.from({ length: 5 }, (_, i) => i / 2 + 0.5),
  [5, 1],
)

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length)
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5)
}

function expectHistory(
  history: Readonly<Record<string, readonly number[] | undefined>>,
  expected: Readonly<Record<string, readonly number[]>>,
): void {
  expect(Object.keys(history).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, values] of Object.entries(expected)) expectClose(history[name] ?? [], values)
}

/** The layer of Keras's guide. */
class LogisticEndpoint extends Layer {
  readonly lossFn = losses.BinaryCrossentropy({ fromLogits: true })
  readonly accuracyMetric = metrics.BinaryAccuracy({ name: 'accuracy' })
  override call(targets: SymbolicTensor, logits: SymbolicTensor, sampleWeight: SymbolicTensor) {
    this.addLoss(this.lossFn(targets, logits, sampleWeight))
    this.accuracyMetric.updateState(targets, logits, { sampleWeight })
    return ops.softmax(logits)
  }
}

/** Two networks that learn of each other. */
class Mutual extends Model {
  readonly a = Sequential([Input([3]), Dense(4, { activation: 'softmax' })])
  readonly b = Sequential([Input([3]), Dense(4, { activation: 'softmax' })])
  readonly tracker = metrics.Mean({ name: 'tracked' })
  constructor(readonly lossFn: Loss) {
    super()
  }
  override call(x: SymbolicTensor) {
    const a = this.a(x)
    const loss = this.lossFn(a, this.b(x))
    this.addLoss(loss)
    this.tracker.updateState(loss)
    return a
  }
}

function mutual(loss: Loss): Mutual {
  const model = new Mutual(loss)
  model.build([null, 3])
  fill(model.a, 1)
  fill(model.b, 40)
  model.compile({ optimizer: SGD(0.5) })
  return model
}

onCpuFirst(() => {
  test("a layer adds a loss and counts a metric, as Keras's guide has it", async () => {
    const inputs = [Input([3]), Input([4]), Input([1])] as const
    const logits = Dense(4)(inputs[0])
    const output = new LogisticEndpoint({ name: 'p' }).called([
      inputs[1],
      logits,
      inputs[2],
    ]) as SymbolicTensor
    const model = Model([...inputs], output)
    fill(model, 1)
    model.compile({ optimizer: SGD(0.5) })
    const data = [x, labels, weights]
    const { history } = await model.fit(data, null, { ...fitting, epochs: 3, validationData: [data, null] })
    const { val_loss: valLoss, val_accuracy: valAccuracy, ...trained } = history
    expectHistory(trained, keras.endpoint.history)
    expectClose(await weightsOf(model), keras.endpoint.weights)
    const { loss, accuracy } = keras.endpoint_eval
    expectClose([valLoss?.[2] ?? 0, valAccuracy?.[2] ?? 0], [loss, accuracy])
    expect(model.metricsNames).toEqual(['loss', 'accuracy'])
    model.dispose()
  })

  test('options may stand right behind the data of a model that needs no targets', async () => {
    const [behind, last] = [mutual(losses.KLDivergence()), mutual(losses.KLDivergence())]
    const options = { ...fitting, epochs: 2 }
    const { history } = await behind.fit(x, options)
    expect(history).toEqual((await last.fit(x, null, options)).history)
    expect(await behind.evaluate(x, { verbose: 0, returnDict: true })).toEqual(
      await last.evaluate(x, null, { verbose: 0, returnDict: true }),
    )
  })

  test.each(['KLDivergence', 'BinaryCrossentropy', 'Huber'] as const)(
    'gradients of %s reach both of its arguments',
    async (name) => {
      const model = mutual(losses[name]())
      const { history } = await model.fit(x, null, { ...fitting, epochs: 2 })
      expectHistory(history, keras[name].history)
      expectClose(await weightsOf(model.a), keras[name].a)
      expectClose(await weightsOf(model.b), keras[name].b)
      model.dispose()
    },
  )
})

class Squares extends Loss {
  override call(yTrue: SymbolicTensor, yPred: SymbolicTensor) {
    return ops.mean(ops.square(ops.subtract(yPred, yTrue)), -1)
  }
}

test('a loss of a class of its own is called alike', async () => {
  const [own, known] = [mutual(new Squares()), mutual(losses.MeanSquaredError())]
  for (const model of [own, known]) await model.fit(x, null, { ...fitting, epochs: 2 })
  expectClose(await weightsOf(own), await weightsOf(known))
})

test.each(['sum_over_batch_size', 'sum', 'mean_with_sample_weight'] as const)(
  'masks and weights count in calls as in compile, with the reduction %s',
  async (reduction) => {
    const steps = tensor(
      waves(5, 12).data.map((v, i) => (Math.floor(i / 3) % 3 === 1 ? 0 : v)),
      [5, 4, 3],
    )
    const target = tensor(waves(5, 8).data.map(Math.abs), [5, 4, 2])
    const net = () => Sequential([Input([4, 3]), Masking(), LSTM(2, { returnSequences: true })])
    class Called extends Model {
      readonly net = net()
      readonly lossFn = losses.MeanSquaredError({ reduction })
      override call([x, y, w]: readonly [SymbolicTensor, SymbolicTensor, SymbolicTensor]) {
        const predicted = this.net(x)
        this.addLoss(this.lossFn(y, predicted, w))
        return predicted
      }
    }
    const [called, compiled] = [new Called(), net()]
    fill(called.net, 1)
    fill(compiled, 1)
    called.compile({ optimizer: SGD(0.5) })
    compiled.compile({ optimizer: SGD(0.5), loss: losses.MeanSquaredError({ reduction }) })
    const { data } = weights
    const options = { ...quiet, batchSize: 5, shuffle: false } as const
    const first = await called.fit([steps, target, weights], null, options)
    const second = await compiled.fit(steps, target, { ...options, sampleWeight: tensor(data, [5]) })
    expectClose(first.history.loss ?? [], second.history.loss ?? [])
    expectClose(await weightsOf(called.net), await weightsOf(compiled))
  },
)

/** The largest of what it was given. */
class Largest extends Metric {
  readonly value = this.addVariable({ name: 'value' })
  override updateState(_yTrue: SymbolicTensor, yPred: SymbolicTensor) {
    this.value.assign(ops.maximum(this.value, ops.max(yPred)))
  }
  override result() {
    return this.value
  }
}

class Counting extends Model {
  readonly net = Sequential([Input([3]), Dense(1)])
  readonly largest = Largest.of()
  readonly elsewhere = { mean: metrics.Mean() }
  how: (model: Counting, y: SymbolicTensor) => void = () => undefined
  override call(x: SymbolicTensor) {
    const y = this.net(x)
    this.how(this, y)
    return y
  }
}

test('metrics of classes of their own are told, those that compile names are not told twice', async () => {
  const model = new Counting()
  model.how = ({ largest }, y) => void largest.updateState(y, y)
  model.build([null, 3])
  fill(model, 1)
  const [most] = [...(await model.predict(x)).data].sort((a, b) => b - a)
  model.compile({ loss: 'mse' })
  const result = await model.evaluate(x, [1, 2, 3, 4, 5], { ...quiet, returnDict: true })
  expect(result).toEqual({ loss: expect.any(Number), largest: expect.closeTo(Math.max(most ?? 0, 0), 5) })
  model.how = () => undefined
  model.compile({ loss: 'mse', metrics: [model.largest] })
  expect(model.metricsNames).toEqual(['loss', 'largest'])
})

test.each<[what: string, how: Counting['how'], message: string]>([
  [
    'a second update in a step',
    ({ largest }, y) => {
      largest.updateState(y, y)
      largest.updateState(y, y)
    },
    'expected one update of a metric in a step, got a second one',
  ],
  [
    'a metric outside of fields',
    ({ elsewhere }, y) => void elsewhere.mean.updateState(y),
    'expected a metric in a field of the model or a layer of it',
  ],
  [
    'a result that nothing returns',
    ({ largest }) => void largest.result(),
    'result of a metric: expected to be called in the method trainStep',
  ],
])('%s is refused', async (_what, how, message) => {
  const model = new Counting()
  model.how = how
  model.compile({ loss: 'mse' })
  await expect(model.fit(x, [1, 2, 3, 4, 5], quiet)).rejects.toThrow(message)
})
