/** Metrics in steps that classes say: `this.metrics` and `computeMetrics`, as Keras's guides use them, tell what the step of `compile` tells. */
import { expect, test } from 'vitest'
import {
  Dense,
  type History,
  type LayersModel,
  Metric,
  Model,
  metrics,
  ops,
  SGD,
  type SymbolicTensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { quiet, weightsOf } from '../support/models.ts'
import { fill, waves } from '../support/steppedModels.ts'

type Given = readonly [x: SymbolicTensor, y: SymbolicTensor, sampleWeight: SymbolicTensor | null]

class Usual extends Model {
  readonly hidden = Dense(3, { activation: 'tanh' })
  readonly top = Dense(1)

  override call(x: SymbolicTensor) {
    return this.top(this.hidden(x))
  }
}

/** The step of Keras's guide, with its loop over metrics. */
class OfGuide extends Usual {
  override trainStep([x, y]: Given) {
    const yPred = this.predicted(x)
    const loss = this.computeLoss({ x, y, yPred })
    this.optimizer?.minimize(loss, this.trainableWeights)
    for (const metric of this.metrics)
      if (metric.name === 'loss') metric.updateState(loss)
      else metric.updateState(y, yPred)
    return Object.fromEntries(this.metrics.map((metric) => [metric.name, metric.result()]))
  }

  override testStep([x, y]: Given) {
    const yPred = this.predicted(x)
    for (const metric of this.metrics)
      if (metric.name === 'loss') metric.updateState(this.computeLoss({ x, y, yPred }))
      else metric.updateState(y, yPred)
    return Object.fromEntries(this.metrics.map((metric) => [metric.name, metric.result()]))
  }

  predicted(x: SymbolicTensor): SymbolicTensor {
    return this.call(x)
  }
}

/** The step with weights of samples, whose metrics are those of `computeMetrics`. */
class ByHook extends Usual {
  override trainStep([x, y, sampleWeight]: Given) {
    const yPred = this.call(x)
    const loss = this.computeLoss(x, y, yPred, sampleWeight)
    this.optimizer?.minimize(loss, this.trainableWeights)
    return { ...this.computeMetrics(x, y, yPred, sampleWeight), loss }
  }
}

/** A hook of its own, that tells a number more, in the usual step. */
class WithNumber extends Usual {
  readonly largest = metrics.Mean({ name: 'largest' })

  override computeMetrics(x: SymbolicTensor, y: SymbolicTensor, yPred: SymbolicTensor, weights: null) {
    this.largest.updateState(ops.max(yPred))
    return { ...super.computeMetrics(x, y, yPred, weights), smallest: ops.min(yPred) }
  }
}

const [x, y] = [waves(8, 2), waves(8, 1)]
const sampleWeight = [1, 0.5, 2, 1, 0.25, 1, 3, 1]

async function train<M extends LayersModel>(
  model: M,
  options: object = {},
): Promise<readonly [History['history'], number[], Record<string, number>]> {
  model.compile({
    optimizer: SGD({ learningRate: 0.1 }),
    loss: 'mse',
    metrics: ['mae', metrics.RootMeanSquaredError()],
    weightedMetrics: ['mape'],
  })
  await model.predict(x)
  fill(model, 1)
  const { history } = await model.fit(x, y, {
    ...quiet,
    batchSize: 4,
    epochs: 2,
    shuffle: false,
    validationData: [x, y],
    ...options,
  })
  const evaluated = await model.evaluate(x, y, { ...quiet, batchSize: 4, returnDict: true })
  const weights = await weightsOf(model)
  model.dispose()
  return [history, weights, evaluated]
}

/** Expects the same, but for the order in which numbers were added. */
function expectSame(found: unknown, expected: unknown): void {
  const close = (value: unknown): unknown => {
    if (typeof value === 'number') return expect.closeTo(value, 5)
    if (Array.isArray(value)) return value.map(close)
    return Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, close(each)]))
  }
  expect(found).toEqual(close(expected))
}

onCpuFirst(() => {
  test('the loop of the guide over this.metrics tells what the usual step tells', async () => {
    expectSame(await train(new OfGuide()), await train(new Usual()))
  })

  test('computeMetrics in a step of its own tells the metrics of compile, with weights of samples', async () => {
    expectSame(await train(new ByHook(), { sampleWeight }), await train(new Usual(), { sampleWeight }))
  })

  test('a hook computeMetrics adds numbers to the usual step', async () => {
    const [history, weights, evaluated] = await train(new WithNumber())
    const [usual, expected] = await train(new Usual())
    expectSame(weights, expected)
    expectSame({ ...history, ...usual }, history)
    expect(Object.keys(evaluated).sort()).toEqual([
      'largest',
      'loss',
      'mae',
      'mape',
      'root_mean_squared_error',
      'smallest',
    ])
    expect(evaluated.largest).toBeGreaterThan(evaluated.smallest ?? 0)
  })

  test('metrics in fields, listed by the class, are told by their names', async () => {
    class Listing extends Usual {
      readonly lossTracker = metrics.Mean({ name: 'loss' })
      readonly error = metrics.MeanAbsoluteError({ name: 'mae' })
      override get metrics() {
        return [this.lossTracker, this.error]
      }
      override trainStep([x, y]: Given) {
        const yPred = this.call(x)
        const loss = this.computeLoss({ y, yPred })
        this.optimizer?.minimize(loss, this.trainableWeights)
        this.lossTracker.updateState(loss)
        this.error.updateState(y, yPred)
        return Object.fromEntries(this.metrics.map((metric) => [metric.name, metric.result()]))
      }
    }
    const [history, weights] = await train(new Listing(), { validationData: null })
    const [{ loss, mae }, expected] = await train(new Usual(), { validationData: null })
    expectSame([history, weights], [{ loss, mae }, expected])
  })

  test('a metric of several values tells these by their names', async () => {
    class Extremes extends Metric {
      readonly most = this.addVariable({ name: 'most' })
      override updateState(_yTrue: SymbolicTensor, yPred: SymbolicTensor) {
        this.most.assign(ops.maximum(this.most, ops.max(yPred)))
      }
      override result() {
        return { most: this.most, twice: ops.multiply(2, this.most) }
      }
    }
    class Held extends Usual {
      readonly extremes = new Extremes({ name: 'extremes' })
      override trainStep([x, y]: Given) {
        const yPred = this.call(x)
        const loss = this.computeLoss({ y, yPred })
        this.optimizer?.minimize(loss, this.trainableWeights)
        this.extremes.updateState(y, yPred)
        return { loss, extremes: this.extremes.result() }
      }
    }
    const compiled = new ByHook()
    compiled.compile({ optimizer: SGD(0.1), loss: 'mse', metrics: [new Extremes()] })
    const held = new Held()
    held.compile({ optimizer: SGD(0.1), loss: 'mse' })
    for (const model of [compiled, held]) {
      const { history } = await model.fit(x, y, { ...quiet, epochs: 2 })
      expect(Object.keys(history).sort()).toEqual(['loss', 'most', 'twice'])
      expect(history.twice?.[1]).toBeCloseTo(2 * (history.most?.[1] ?? 0), 6)
      expect(model.metricsNames).toEqual(['loss', 'most', 'twice'])
      model.dispose()
    }
  })

  test('what a step leaves out is not told', async () => {
    class Brief extends Usual {
      override trainStep([x, y]: Given) {
        const yPred = this.call(x)
        const loss = this.computeLoss({ x, y, yPred })
        this.optimizer?.minimize(loss, this.trainableWeights)
        const { mae } = this.computeMetrics({ x, y, yPred })
        return { loss, error: mae ?? loss }
      }
    }
    const [history] = await train(new Brief(), { validationData: null })
    const [usual] = await train(new Usual(), { validationData: null })
    expect(Object.keys(history)).toEqual(['error', 'loss'])
    expectSame(history.error, usual.mae)
  })
})

test('metrics are there in a step alone, and those of compile are updated once', async () => {
  expect(() => new Usual().metrics).toThrow('metrics: expected to be called in the method trainStep')
  class Twice extends Usual {
    override trainStep([x, y]: Given) {
      const yPred = this.call(x)
      const loss = this.computeLoss({ x, y, yPred })
      this.optimizer?.minimize(loss, this.trainableWeights)
      this.computeMetrics(x, y, yPred)
      return this.computeMetrics(x, y, yPred)
    }
  }
  await expect(train(new Twice())).rejects.toThrow(
    'expected one update of the metrics of compile in a step, got a second one',
  )
})
