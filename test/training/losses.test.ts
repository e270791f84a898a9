/** Losses that are written in ops, as functions against doubles, and losses of one's own: reductions, weights, masks, files. */
import { expect, test } from 'vitest'
import {
  Dense,
  type LayersModel,
  Loss,
  type LossOptions,
  losses,
  MeanAbsoluteError,
  ops,
  Sequential,
  SparseCategoricalCrossentropy,
  type SymbolicTensor,
  tensor,
} from '../../src/index.ts'
import { onCpuFirst } from '../support/backends.ts'
import { B, F, type FunctionCase, T, testFunctions, total, two } from '../support/checkFunction.ts'
import { uniform } from '../support/values.ts'

type Row = (t: (j: number) => number, p: (j: number) => number) => number

/** A loss of rows: inputs are targets and predictions, between 0.1 and 0.9. */
const rows = (
  loss: (t: SymbolicTensor, p: SymbolicTensor) => SymbolicTensor,
  exact: Row,
  from: (x: number) => number = (x) => 0.5 + 0.4 * x,
): FunctionCase => {
  const moved = (x: SymbolicTensor): SymbolicTensor => ops.add(ops.multiply(x, from(1) - from(0)), from(0))
  return {
    fn: (t, p) => loss(moved(t as SymbolicTensor), moved(p as SymbolicTensor)),
    x: two,
    shape: [B, T],
    exact: ([b = 0, step = 0], t, p) =>
      exact(
        (j) => from(t(b, step, j)),
        (j) => from(p(b, step, j)),
      ),
    products: false,
  }
}
const mean = (term: (j: number) => number): number => total(F, term) / F
const clipped = (p: number): number => Math.min(Math.max(p, 1e-7), 1 - 1e-7)
const entropy = (t: number, p: number): number => -t * Math.log(p) - (1 - t) * Math.log(1 - p)
const length = (v: (j: number) => number): number => Math.sqrt(total(F, (j) => v(j) ** 2))
const signed = (x: number): number => x

testFunctions({
  meanAbsolutePercentageError: rows(
    (t, p) => ops.divide(losses.mape(ops.add(t, 1), p), 100),
    (t, p) => mean((j) => 1 - p(j) / (1 + t(j))),
  ),
  meanSquaredLogarithmicError: rows(losses.msle, (t, p) =>
    mean((j) => (Math.log(1 + p(j)) - Math.log(1 + t(j))) ** 2),
  ),
  logCosh: rows(losses.logCosh, (t, p) => mean((j) => Math.log(Math.cosh(p(j) - t(j)))), signed),
  klDivergence: rows(losses.kld, (t, p) => total(F, (j) => t(j) * Math.log(t(j) / p(j)))),
  poisson: rows(losses.poisson, (t, p) => mean((j) => p(j) - t(j) * Math.log(p(j)))),
  huber: rows(
    (t, p) => losses.huber(t, p, { delta: 0.3 }),
    (t, p) =>
      mean((j) => {
        const e = Math.abs(t(j) - p(j))
        return e <= 0.3 ? (e * e) / 2 : 0.3 * e - 0.045
      }),
  ),
  cosineSimilarity: rows(
    losses.cosineSimilarity,
    (t, p) => -total(F, (j) => t(j) * p(j)) / (length(t) * length(p)),
    signed,
  ),
  binaryFocalCrossentropy: rows(
    (t, p) =>
      losses.binaryFocalCrossentropy(t, p, {
        applyClassBalancing: true,
        alpha: 0.3,
        gamma: 1.5,
        labelSmoothing: 0.2,
      }),
    (t, p) =>
      mean((j) => {
        const s = 0.8 * t(j) + 0.1
        const hit = s * p(j) + (1 - s) * (1 - p(j))
        return (0.3 * s + 0.7 * (1 - s)) * (1 - hit) ** 1.5 * entropy(s, p(j))
      }),
  ),
  categoricalFocalCrossentropy: rows(losses.categoricalFocalCrossentropy, (t, p) => {
    const sum = total(F, p)
    return total(F, (j) => {
      const q = clipped(p(j) / sum)
      return -0.25 * (1 - q) ** 2 * t(j) * Math.log(q)
    })
  }),
  squaredHinge: rows(losses.squaredHinge, (t, p) => mean((j) => Math.max(1 - t(j) * p(j), 0) ** 2), signed),
  categoricalHinge: rows(losses.categoricalHinge, (t, p) =>
    Math.max(1 + Math.max(...[0, 1, 2, 3].map((j) => (1 - t(j)) * p(j))) - total(F, (j) => t(j) * p(j)), 0),
  ),
  dice: rows(
    (t, p) => losses.dice(t, p, { axis: -1 }),
    (t, p) => 1 - (2 * total(F, (j) => t(j) * p(j))) / (total(F, t) + total(F, p) + 1e-7),
  ),
  tversky: rows(
    (t, p) => losses.tversky(t, p, { axis: [-1], alpha: 0.3, beta: 0.7 }),
    (t, p) => {
      const both = total(F, (j) => t(j) * p(j))
      const wrong = 0.3 * total(F, (j) => (1 - t(j)) * p(j)) + 0.7 * total(F, (j) => t(j) * (1 - p(j)))
      return 1 - both / (both + wrong + 1e-7)
    },
  ),
})

/** |p − t| a row, as a user writes it. */
class Distance extends Loss {
  readonly factor: number
  constructor({ factor = 1, ...options }: LossOptions & { readonly factor?: number } = {}) {
    super(options)
    this.factor = factor
  }
  override call(yTrue: SymbolicTensor, yPred: SymbolicTensor): SymbolicTensor {
    return ops.multiply(this.factor, ops.mean(ops.abs(ops.subtract(yPred, yTrue)), -1))
  }
}

const [x, y] = [uniform([6, 3], -1, 1, 1), uniform([6, 2], -1, 1, 2)]
const sampleWeight = tensor([1, 0, 2, 0.5, 1, 3], [6])

function modelWith(loss: object): LayersModel {
  const model = Sequential([Dense(2, { inputShape: [3], kernelInitializer: 'ones' })])
  model.compile({ optimizer: 'sgd', loss: loss as Loss })
  return model
}

onCpuFirst(() => {
  test.each(['sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight'] as const)(
    "a loss of one's own is reduced as those of Keras, %s",
    async (reduction) => {
      const own = modelWith(new Distance({ reduction }))
      const known = modelWith(MeanAbsoluteError({ reduction }))
      const predicted = (await own.predict(x)).data
      const row = (i: number): number =>
        [0, 1].reduce(
          (sum, j) => sum + Math.abs(Number(predicted[2 * i + j]) - Number(y.data[2 * i + j])) / 2,
          0,
        )
      const sum = [0, 1, 2, 3, 4, 5].reduce((all, i) => all + Number(sampleWeight.data[i]) * row(i), 0)
      const divisor = { sum: 1, mean_with_sample_weight: 7.5, mean: 6, sum_over_batch_size: 6 }[reduction]
      for (const model of [own, known])
        expect(await model.testOnBatch(x, y, { sampleWeight })).toBeCloseTo(sum / divisor, 5)
      const [a = [], b = []] = await Promise.all(
        [own, known].map(async (model) =>
          Object.values(await model.gradients(x, y, { sampleWeight })).flatMap(({ data }) => [...data]),
        ),
      )
      expect(a).toEqual(b.map((value) => expect.closeTo(value, 5)))
    },
  )

  test('the circle loss counts what is above 0, and generalized cross-entropy is of class indices', async () => {
    const labels = [0, 1, 0, 1, 2, 0]
    const given = tensor(labels, [6])
    const circle = modelWith(losses.Circle({ gamma: 5, margin: 0.3 }))
    const predicted = (await circle.predict(x)).data
    const at = (i: number, j: number): number => Number(predicted[2 * i + j])
    const values = labels.map((label, i) => {
      const logsum = (isPair: (j: number) => boolean, term: (d: number) => number): number =>
        Math.log(
          labels.reduce((sum, _, j) => {
            const d = Math.max(1 - at(i, 0) * at(j, 0) - at(i, 1) * at(j, 1), 0)
            return isPair(j) ? sum + Math.exp(5 * term(d)) : sum
          }, 0),
        )
      const pull = logsum(
        (j) => j !== i && labels[j] === label,
        (d) => (0.3 + d) * (d - 0.3),
      )
      const push = logsum(
        (j) => labels[j] !== label,
        (d) => Math.max(1.3 - d, 0) * (0.7 - d),
      )
      return Math.log1p(Math.exp(pull + push))
    })
    const counted = values.filter((value) => value > 0)
    const expected = counted.reduce((a, b) => a + b, 0) / counted.length
    expect(counted).toHaveLength(5)
    expect(await circle.testOnBatch(x, given)).toBeCloseTo(expected, 4)
    const gradients = Object.values(await circle.gradients(x, given)).flatMap(({ data }) => [...data])
    expect(gradients.every(Number.isFinite)).toBe(true)
    await expect(circle.testOnBatch(x, tensor([0.5, 1, 1, 1, 1, 1], [6]))).rejects.toThrow(
      'expected a label that is an integer, got 0.5',
    )

    const model = Sequential([Dense(3, { inputShape: [3], activation: 'softmax' })])
    model.compile({ optimizer: 'sgd', loss: losses.CategoricalGeneralizedCrossEntropy({ q: 0.7 }) })
    const shares = (await model.predict(x)).data
    const each = labels.map((label, i) => (1 - Number(shares[3 * i + label]) ** 0.7) / 0.7)
    expect(await model.testOnBatch(x, given)).toBeCloseTo(each.reduce((a, b) => a + b, 0) / 6, 5)
  })

  test('indices are those of another axis, and rows of a class do not count', async () => {
    const options = { fromLogits: true, ignoreClass: -1, axis: 1 }
    const model = Sequential([Dense(4, { inputShape: [3, 2] })])
    model.compile({ optimizer: 'sgd', loss: SparseCategoricalCrossentropy(options) })
    const inputs = uniform([2, 3, 2], -1, 1, 3)
    const labels = tensor([0, 2, -1, 1, -1, -1, 2, 0], [2, 4])
    const logits = await model.predict(inputs)
    const at = (b: number, k: number, j: number): number => Number(logits.data[(b * 3 + k) * 4 + j])
    const counted = [...labels.data].flatMap((label, i) => {
      const [b, j] = [Math.floor(i / 4), i % 4]
      const sum = [0, 1, 2].reduce((all, k) => all + Math.exp(at(b, k, j)), 0)
      return label < 0 ? [] : Math.log(sum) - at(b, label, j)
    })
    const expected = counted.reduce((a, b) => a + b, 0) / counted.length
    expect(await model.testOnBatch(inputs, labels)).toBeCloseTo(expected, 5)
    await expect(model.testOnBatch(inputs, tensor([0, 3, 0, 0, 0, 0, 0, 0], [2, 4]))).rejects.toThrow(
      'expected a class index from 0 to 2, got 3',
    )
  })
})

test("a loss of one's own says its name, its options and what it lacks", () => {
  expect(new Distance({ reduction: 'sum' }).getConfig()).toEqual({ name: 'distance', reduction: 'sum' })
  expect(() => new Distance({ reduction: 'nonsense' as 'sum' })).toThrow(
    'Distance: expected reduction to be one of',
  )
  class Empty extends Loss {}
  const model = modelWith(new Empty())
  expect(() => model.plan({ training: true })).toThrow('Empty: expected a method call')
})
