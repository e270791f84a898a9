// The order in which the calls of a model run shows on the moving means of a layer that several calls share. Values from Keras 3.16.
import { expect, test } from 'vitest'
import { Add, BatchNormalization, Input, Model, SGD, setBackend, tensor } from '../../src/index.ts'

/** The moving mean after a step of a normalization of two inputs, of 1 and of 2. */
async function movingMean(isMerged: boolean): Promise<number> {
  await setBackend('cpu')
  const [a, b] = [Input([1]), Input([1])]
  const shared = BatchNormalization({ momentum: 0.5, center: false, scale: false })
  const outputs = [shared(a), shared(b)]
  const model = Model([a, b], isMerged ? Add()(outputs) : outputs)
  model.compile({ loss: 'mse', optimizer: SGD({ learningRate: 0 }) })
  const rows = (value: number) => tensor([value, value], [2, 1])
  const targets = isMerged ? rows(0) : [rows(0), rows(0)]
  await model.trainOnBatch([rows(1), rows(2)], targets)
  const [mean] = await model.getWeights()
  model.dispose()
  return mean?.data[0] ?? Number.NaN
}

test('calls that a merge reads run in their order, outputs from the last to the first', async () => {
  expect(await movingMean(true)).toBeCloseTo(1.25, 6)
  expect(await movingMean(false)).toBeCloseTo(1, 6)
})
