/** Metrics of one's own, on both backends: against those of Recurra and against float64, in fits and alone. */
import { expect, test } from 'vitest'
import {
  Dense,
  type LayersModel,
  type Logs,
  loadModel,
  Metric,
  type MetricResult,
  metrics,
  ops,
  register,
  Sequential,
  type SymbolicTensor,
  tensor,
  type UpdateInputs,
} from '../../src/index.ts'
import { onEachBackend } from '../support/backends.ts'
import { uniform } from '../support/values.ts'

/** The mean of |p − t|, and the largest of all. */
class Errors extends Metric {
  total = this.addVariable({ name: 'total' })
  count = this.addVariable({ name: 'count' })
  largest = this.addVariable({ shape: [1], initializer: { className: 'Constant', config: { value: -1 } } })

  override updateState(yTrue: SymbolicTensor, yPred: SymbolicTensor, { sampleWeight }: UpdateInputs): void {
    const errors = ops.mean(ops.abs(ops.subtract(yTrue, yPred)), -1)
    this.total.assignAdd(ops.sum(sampleWeight ? ops.multiply(errors, sampleWeight) : errors))
    this.count.assign(ops.add(this.count, ops.sum(sampleWeight ?? ops.onesLike(errors))))
    this.largest.assign(ops.maximum(this.largest, ops.max(errors, 0, true)))
  }

  override result(): MetricResult {
    return { mean_error: ops.divide(this.total, this.count), largest_error: this.largest }
  }
}

/** The sum of predictions from `start` on. */
class Total extends Metric {
  readonly start: number
  total = this.addVariable({ initializer: 'ones' })

  constructor({ start = 3, ...options }: { readonly start?: number; readonly name?: string } = {}) {
    super(options)
    this.start = start
  }

  override updateState(_yTrue: SymbolicTensor, yPred: SymbolicTensor): void {
    const before = ops.add(this.total, 0)
    this.total.assign(7)
    this.total.assignAdd(ops.sum(yPred))
    // Later uses have the new value, in lists, too.
    this.total.assign(ops.subtract(ops.sum(ops.stack([this.total, before])), 7))
  }

  override result(): MetricResult {
    return this.total
  }

  override resetState(): void {
    this.total.assign(this.start)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), start: this.start }
  }
}

const [rows, batchSize] = [7, 3]
const [x, y] = [uniform([rows, 3], -1, 1, 1), uniform([rows, 2], -1, 1, 2)]
const sampleWeight = tensor([1, 0, 2, 0.5, 1, 3, 1], [rows])

function modelWith(list: readonly Metric[], weighted: readonly Metric[] = []): LayersModel {
  const model = Sequential([Dense(2, { inputShape: [3], kernelInitializer: 'ones' })])
  model.compile({
    optimizer: 'sgd',
    loss: 'mse',
    metrics: [...list, 'mae'],
    weightedMetrics: [...weighted, 'mae'],
  })
  return model
}

const closeTo = (value: unknown): unknown => expect.closeTo(Number(value), 5)
const errorAt = (predicted: Float32Array, i: number): number =>
  Math.abs(Number(predicted[i]) - Number(y.data[i]))

onEachBackend(() => {
  test('restarts with each epoch and is kept over batches, weighted and not', async () => {
    const model = modelWith([], [new Errors()])
    const { history } = await model.fit(x, y, {
      batchSize,
      epochs: 2,
      sampleWeight,
      validationData: [x, y, sampleWeight],
      verbose: 0,
    })
    const numbers = (key: string): unknown[] => [...(history[key] ?? [])].map(closeTo)
    expect(history.mean_error).toEqual(numbers('weighted_mae'))
    expect(history.val_mean_error).toEqual(numbers('val_weighted_mae'))
    const logs = (await model.evaluate(x, y, { batchSize, returnDict: true, verbose: 0 })) as Logs
    const { data } = await model.predict(x)
    const errors = Array.from(
      { length: rows },
      (_, i) => (errorAt(data, 2 * i) + errorAt(data, 2 * i + 1)) / 2,
    )
    expect(logs.mean_error).toEqual(closeTo(logs.mae))
    expect(logs.largest_error).toEqual([closeTo(Math.max(...errors))])
    // The last epoch's validation is of the same weights.
    expect(history.val_largest_error?.[1]).toEqual(logs.largest_error)
  })

  test('reads what it assigned, and starts from what resetState says', async () => {
    const model = modelWith([new Total({ name: 'total' })])
    const predicted = (await model.predict(x)).data.reduce((sum, value) => sum + value, 3)
    const logs = (await model.evaluate(x, y, { batchSize, returnDict: true, verbose: 0 })) as Logs
    expect(logs.total).toEqual(closeTo(predicted))
  })

  test('alone it counts data', async () => {
    const errors = Errors.of()
    await expect(errors.result()).rejects.toThrow('expected something to be counted before')
    await errors.updateState([1, 2], [[2], [4]])
    await errors.updateState([1], [[1.5]], { sampleWeight: [3] })
    expect(await errors.result()).toEqual({ mean_error: closeTo(4.5 / 5), largest_error: [2] })
    errors.resetState()
    await errors.updateState([1], [[1]])
    expect(await errors.result()).toEqual({ mean_error: 0, largest_error: [0] })
    const total = new Total({ start: 1 }) as unknown as ReturnType<typeof metrics.Mean>
    await total.updateState([[0]], [[2]])
    expect(await total.result()).toBe(3)
  })
})

test('registered classes are made again from files', async () => {
  register('Tests>Total', Total)
  const model = modelWith([new Total({ start: 5, name: 'mine' })])
  const bytes = await model.save()
  const loaded = await loadModel(bytes)
  const logs = (await loaded.evaluate(x, y, { batchSize, returnDict: true, verbose: 0 })) as Logs
  const expected = (await model.evaluate(x, y, { batchSize, returnDict: true, verbose: 0 })) as Logs
  expect(logs.mine).toBe(expected.mine)
})

test('mistakes are said where they are made', async () => {
  const mistake = (Own: new () => Metric) => expect(() => modelWith([new Own()]).plan({ training: true }))
  class Empty extends Metric {}
  mistake(Empty).toThrow('Empty: expected a method result, got none')
  class Halves extends Metric {
    override result(): MetricResult {
      return [] as unknown as MetricResult
    }
  }
  mistake(Halves).toThrow('Halves.result: expected to return a tensor that ops made of the variables')
  class Columns extends Metric {
    sum = this.addVariable({ name: 'sum' })
    override updateState(_yTrue: SymbolicTensor, yPred: SymbolicTensor): void {
      this.sum.assign(ops.sum(yPred, 0))
    }
    override result(): MetricResult {
      return this.sum
    }
  }
  mistake(Columns).toThrow('Columns, variable "sum".assign: expected a value [], got [2]')
  class Late extends Columns {
    override updateState(): void {
      this.addVariable()
    }
  }
  mistake(Late).toThrow('Late.addVariable: expected to be called in the constructor, got a call in a hook')
  class Partly extends Columns {
    override resetState(): void {}
  }
  mistake(Partly).toThrow(
    'Partly.resetState: expected to assign numbers to every variable, got none for "sum"',
  )
  class Twice extends Columns {
    other = this.addVariable({ name: 'sum' })
  }
  expect(() => new Twice()).toThrow('Twice.addVariable: expected variables of different names')
  expect(() => ops.add(new Columns().sum, 1)).toThrow('expected to be read in updateState or result')
  expect(() => new Columns().sum.assign(1)).toThrow(
    'expected to be called in updateState, got a call outside',
  )
  expect(() => modelWith([metrics.Mean() as unknown as Metric])).toThrow('Mean: expected to be used alone')
})
