// What Keras's numbers are where it does not clear gradients: on PyTorch a training step begins by clearing those of the parameters
// that the modules of PyTorch list, and a model that was loaded may have weights that none of them lists. Their gradients are then
// sums over all steps so far.

import type { LayersModel, Tensor } from '../../src/index.ts'
import type { Recurra } from './checkCase.ts'

/** By case, the weights whose gradients Keras did not clear in the model that it loaded to train on. */
export const UNCLEARED: Readonly<Record<string, RegExp>> = {
  // With the sums of the forward direction's gradients Keras's losses come out to 5e-7, without them to 2e-3.
  rnn_cells_bidirectional: /\/forward_rnn\//,
}

interface Batches {
  readonly x: Tensor
  readonly y: Tensor
  readonly batchSize: number
  readonly epochs: number
}

/**
 * The losses of epochs of Adam in doubles, on a model's own gradients, from its weights and its optimizer's state on.
 *
 * @param uncleared Weights whose gradients are summed over steps.
 */
export async function adamHistory(
  { tensor }: Recurra,
  model: LayersModel,
  { x, y, batchSize, epochs }: Batches,
  uncleared: RegExp | null,
): Promise<number[]> {
  const { optimizer } = model
  if (optimizer?.className !== 'Adam') throw new TypeError('the reference is of Adam')
  const { variables, learningRate } = optimizer
  const slots = variables.map(({ value }) => Float64Array.from(value))
  const weights = (await model.getWeights()).map(({ data }) => Float64Array.from(data))
  const sums = weights.map(({ length }) => new Float64Array(length))
  const rows = x.shape[0] ?? 0
  const batchOf = ({ data, shape: [, ...rest] }: Tensor, first: number): Tensor => {
    const count = Math.min(batchSize, rows - first)
    const each = data.length / rows
    return tensor(data.slice(first * each, (first + count) * each), [count, ...rest])
  }
  const history: number[] = []
  let { iterations } = optimizer
  for (let epoch = 0; epoch < epochs; epoch++) {
    let total = 0
    for (let first = 0; first < rows; first += batchSize) {
      const [input, target] = [batchOf(x, first), batchOf(y, first)]
      total += Number(await model.testOnBatch(input, target)) * (input.shape[0] ?? 0)
      const gradients = await model.gradients(input, target)
      iterations++
      const step = (learningRate * Math.sqrt(1 - 0.999 ** iterations)) / (1 - 0.9 ** iterations)
      model.weights.forEach(({ path }, i) => {
        const [sum, weight, m, v] = [sums[i], weights[i], slots[2 * i], slots[2 * i + 1]] as Float64Array[]
        gradients[path]?.data.forEach((gradient, j) => {
          const g = gradient + (uncleared?.test(path) ? (sum?.[j] ?? 0) : 0)
          if (!sum || !weight || !m || !v) throw new RangeError(`no state of ${path}`)
          sum[j] = g
          m[j] = 0.9 * (m[j] ?? 0) + 0.1 * g
          v[j] = 0.999 * (v[j] ?? 0) + 0.001 * g * g
          weight[j] = (weight[j] ?? 0) - (step * m[j]) / (Math.sqrt(v[j]) + 1e-7)
        })
      })
      model.setWeights(
        weights.map((values, i) => tensor(Float32Array.from(values), model.weights[i]?.shape ?? [])),
      )
    }
    history.push(total / rows)
  }
  return history
}
