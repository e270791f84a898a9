// Two models that are to be the same: gradients, losses of training, evaluation and weights, from the same weights on.

import type { LayersModel, Tensor } from '../../src/index.ts'
import { expectClose } from './compare.ts'
import { quiet, weightsOf } from './models.ts'

interface Given {
  readonly x: Tensor
  readonly y: Tensor
  readonly batchSize?: number
}

async function train(model: LayersModel, { x, y, batchSize = 2 }: Given) {
  model.compile({ optimizer: 'adam', loss: 'mse' })
  const gradients = await model.gradients(x, y)
  const { history } = await model.fit(x, y, { ...quiet, epochs: 3, batchSize, shuffle: false })
  const evaluated = await model.evaluate(x, y, { ...quiet, batchSize })
  return { numbers: Object.values(gradients).flatMap(({ data }) => [...data]), history, evaluated }
}

/** Trains two models from the weights of the second, and expects the same gradients, losses and weights. */
export async function expectSameTraining(own: LayersModel, built: LayersModel, given: Given): Promise<void> {
  own.setWeights(await built.getWeights())
  const [a, b] = [await train(own, given), await train(built, given)]
  expectClose('gradients', a.numbers, b.numbers, 1e-6)
  expectClose('losses', a.history.loss, b.history.loss ?? [], 1e-6)
  expectClose('loss', [a.evaluated].flat(), [b.evaluated].flat(), 1e-6)
  expectClose('weights', await weightsOf(own), await weightsOf(built), 1e-6)
}
