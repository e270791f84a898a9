// A loss without a model: `await loss(yTrue, yPred)`. Loaded with the first call of one.

import { fail } from '../errors.ts'
import { stepAlone } from '../layers/rnn/stepAlone.ts'
import { GraphAlone } from '../operations/alone.ts'
import { maskWeights } from '../ops/masks.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor, toTensor } from '../util/tensor.ts'
import { readGiven } from './givenAlone.ts'
import type { Loss } from './loss.ts'

/**
 * The loss of predictions: the number that training would minimize, or the values of rows where nothing reduces them.
 *
 * @param args Targets, predictions, and weights of rows, which may be left out.
 */
export async function lossAlone(loss: Loss, args: readonly unknown[]): Promise<number | Tensor> {
  const where = loss.className
  const [yTrue, yPred, sampleWeight = null] = args
  if (args.length < 2 || args.length > 3)
    fail(where, { expected: '(yTrue, yPred, sampleWeight)', got: `${args.length} arguments` })
  const isNumber = sampleWeight === null || typeof sampleWeight === 'number'
  const weights = isNumber ? sampleWeight : toTensor(sampleWeight, `${where}, sampleWeight`)
  const given = readGiven(loss, { yTrue, yPred, weights }, where)
  const alone = new GraphAlone()
  const { graph } = alone
  const plain = given.weights ? alone.place('weights', given.weights) : undefined
  const byWeight = loss.reduction === 'mean_with_sample_weight' && plain !== undefined
  const weighted = byWeight ? maskWeights(graph, { mask: plain, weights: plain }, { byWeight }).scaled : plain
  const values = loss.lower(
    graph,
    {
      predictions: alone.place('predictions', given.predictions),
      targets: alone.place('targets', given.targets),
      weights: weighted,
      unmasked: { mask: null, weights: plain },
    },
    stepAlone(graph, where),
  )
  const rows = await alone.valueOf(values)
  if (loss.reduction === 'none') return given.isVector ? vectorOf(rows) : rows
  const sum = rows.data.reduce((sum, value) => sum + value, 0)
  if (!byWeight) return loss.reduction === 'sum' ? sum : sum / rows.data.length
  // Keras divides by the sum of weights as they are given, and not as often as they are repeated.
  const count = weights instanceof Tensor ? weights.data.length : 1
  return (sum * sizeOf(plain.shape)) / count
}

/** Values of samples of one entry, for which numbers by themselves were taken, as such numbers. */
const vectorOf = (rows: Tensor): Tensor =>
  rows.shape.length === 2 && rows.shape[1] === 1 ? new Tensor(rows.data, [rows.data.length]) : rows
