// Losses, their weights and their gradients, which are those of the mean over all rows.
import { expect, test } from 'vitest'
import { Graph } from '../../src/graph/graph.ts'
import { categoricalCrossentropy } from '../../src/ops/categoricalCrossentropy.ts'
import { elementwiseLossCodes } from '../../src/ops/codes.gen.ts'
import { elementwiseLoss } from '../../src/ops/losses.ts'
import { rareElementwiseLoss } from '../../src/ops/rareElementwiseLoss.ts'
import { rareLossCodes } from '../../src/ops/rareLossCodes.gen.ts'
import { type Tensor, tensor } from '../../src/util/tensor.ts'
import { checkOp } from '../support/checkOp.ts'
import { classes, oneHot, probabilities, uniform } from '../support/values.ts'

type Name = keyof typeof elementwiseLossCodes | keyof typeof rareLossCodes

const operationOf = (name: Name) => (name in elementwiseLossCodes ? elementwiseLoss : rareElementwiseLoss)
const codes: Readonly<Record<Name, number>> = { ...elementwiseLossCodes, ...rareLossCodes }

/** Predictions and targets of a shape that a loss is defined and smooth for. */
function elementwiseInputs(name: Name, shape: readonly number[]): { predictions: Tensor; targets: Tensor } {
  if (['meanSquaredLogarithmicError', 'poisson', 'klDivergence'].includes(name))
    return { predictions: uniform(shape, 0.2, 0.9, 1), targets: uniform(shape, 0.1, 1, 2) }
  if (name === 'meanAbsolutePercentageError')
    return { predictions: uniform(shape, 0.2, 1, 1), targets: uniform(shape, -1, -0.2, 2) }
  const binary = name === 'binaryCrossentropy' || name === 'binaryCrossentropyFromLogits'
  if (binary) {
    const [low, high] = name === 'binaryCrossentropy' ? [0.15, 0.85] : [-3, 3]
    return { predictions: uniform(shape, low, high, 1), targets: uniform(shape, 0, 1, 2) }
  }
  return { predictions: uniform(shape, 0.2, 1, 1), targets: uniform(shape, -1, 0, 2) }
}

/** Huber's delta, label smoothing and a number of columns, beside values on either side of the delta. */
const numbers = { binaryCrossentropy: 0.2, binaryCrossentropyFromLogits: 0.2, huber: 0.7, klDivergence: 3 }

const weightings = [undefined, [5], [5, 3]]
const elementwise = Object.entries(codes) as [Name, number][]

test.each(elementwise.flatMap(([name, code]) => weightings.map((weights) => ({ name, code, weights }))))(
  '$name, weights $weights',
  async ({ name, code, weights }) => {
    for (const shape of [
      [5, 3, 1],
      [5, 3, 4],
    ]) {
      await checkOp(operationOf(name), {
        inputs: { ...elementwiseInputs(name, shape), ...(weights && { weights: uniform(weights, 0, 2, 3) }) },
        attrs: { code, number: { ...numbers }[name as string] ?? 0 },
        read: ['losses'],
        by: ['predictions'],
        loss: 'losses',
        roundings: 16,
        differenceStep: 2 ** -7,
      })
    }
  },
)

const kinds = [false, true].flatMap((sparse) => [false, true].map((fromLogits) => ({ sparse, fromLogits })))

test.each(kinds.flatMap((kind) => weightings.map((weights) => ({ ...kind, weights }))))(
  'categorical cross-entropy, sparse $sparse, from logits $fromLogits, weights $weights',
  async ({ sparse, fromLogits, weights }) => {
    for (const columns of [2, 7]) {
      const shape = [5, 3, columns]
      const indices = classes([5, 3], columns)
      await checkOp(categoricalCrossentropy, {
        inputs: {
          predictions: fromLogits ? uniform(shape, -3, 3) : uniform(shape, 0.3, 1),
          targets: sparse ? indices : oneHot(indices, columns),
          ...(weights && { weights: uniform(weights, 0, 2, 3) }),
        },
        attrs: { sparse, fromLogits },
        read: ['losses'],
        by: ['predictions'],
        loss: 'losses',
        roundings: 32,
        differenceStep: 2 ** -7,
      })
    }
  },
)

test.each([false, true])(
  'categorical cross-entropy with soft targets, which are smoothed, from logits %s',
  async (fromLogits) => {
    await checkOp(categoricalCrossentropy, {
      inputs: { predictions: uniform([67, 5], 0.3, 1), targets: probabilities([67, 5]) },
      attrs: { sparse: false, fromLogits, smoothing: 0.3 },
      read: ['losses'],
      by: ['predictions'],
      loss: 'losses',
      roundings: 32,
      // Differences of shares of about a fifth, over the rows.
      gradientFloor: 0.2 / 67,
      differenceStep: 2 ** -7,
    })
  },
)

test('by hand', async () => {
  const lossOf = async (name: Name, predictions: Tensor, targets: Tensor, number = 0): Promise<number[]> => {
    const attrs = { code: codes[name], number }
    const { outputs } = await checkOp(operationOf(name), {
      inputs: { predictions, targets },
      attrs,
      read: ['losses'],
    })
    return [...outputs.losses].map((loss) => Number(loss.toFixed(5)))
  }
  const predictions = tensor([0.5, 0.75], [1, 2])
  const targets = tensor([0, 1], [1, 2])
  expect(await lossOf('meanSquaredError', predictions, targets)).toEqual([0.15625])
  expect(await lossOf('meanAbsoluteError', predictions, targets)).toEqual([0.375])
  // (ln 2 + ln 4/3) / 2
  expect(await lossOf('binaryCrossentropy', predictions, targets)).toEqual([0.49041])
  expect(await lossOf('binaryCrossentropyFromLogits', tensor([0, Math.log(3)], [1, 2]), targets)).toEqual([
    0.49041,
  ])
  // Targets 0.1 and 0.9: (ln 2 + 0.9·ln 4/3 + 0.1·ln 4) / 2
  expect(await lossOf('binaryCrossentropy', predictions, targets, 0.2)).toEqual([0.54535])
  // (0.3·0.5 − 0.3²/2 + 0.25²/2) / 2
  expect(await lossOf('huber', predictions, targets, 0.3)).toEqual([0.06813])
})

test('weights are of the first axes of the rows', () => {
  const graph = new Graph()
  const predictions = graph.resident('p', 0, [5, 3, 2])
  for (const shape of [[3], [5, 3, 2], [5, 1]]) {
    const weights = graph.resident('w', 0, shape)
    expect(() => elementwiseLoss(graph, { predictions, targets: predictions, weights }, { code: 0 })).toThrow(
      `expected weights of the first axes of [5, 3], got [${shape.join(', ')}]`,
    )
  }
})

// log is off by at most 2⁻²¹ between 0.5 and 2, four ε; near 1 − 10⁻⁷ that is all there is.
test.each(kinds)(
  'certain predictions stay finite, sparse $sparse, from logits $fromLogits',
  async (attrs) => {
    const indices = tensor([0, 1, 0], [3])
    const certain = attrs.fromLogits ? [200, -200, 200, -200, 0, 0] : [1, 0, 1, 0, 0.5, 0.5]
    const { outputs } = await checkOp(categoricalCrossentropy, {
      inputs: { predictions: tensor(certain, [3, 2]), targets: attrs.sparse ? indices : oneHot(indices, 2) },
      attrs,
    })
    expect(outputs.losses[1]).toBeCloseTo(attrs.fromLogits ? 400 : -Math.log(1e-7), 4)
    expect([...outputs.losses, ...outputs.dPredictions].every(Number.isFinite)).toBe(true)
  },
)

test.each(elementwise)('%s of certain predictions stays finite', async (name, code) => {
  const far = name === 'binaryCrossentropyFromLogits' ? 200 : 1
  const inputs = { predictions: tensor([far, far - 1, 0, 0], [2, 2]), targets: tensor([1, 0, 1, 0], [2, 2]) }
  const { outputs } = await checkOp(operationOf(name), { inputs, attrs: { code } })
  expect([...outputs.losses, ...outputs.dPredictions].every(Number.isFinite)).toBe(true)
})
