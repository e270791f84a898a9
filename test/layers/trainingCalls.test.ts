// Calls with `training: true`: what draws in training draws in predictions, too, batch by batch and pass by pass, the same on both
// backends; and normalization is by the batch.
import { expect, test } from 'vitest'
import {
  AlphaDropout,
  BatchNormalization,
  Bidirectional,
  Dense,
  Dropout,
  GaussianDropout,
  GaussianNoise,
  GRU,
  Input,
  LSTM,
  Model,
  RNN,
  SimpleRNNCell,
  SpatialDropout1D,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  TimeDistributed,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { expectClose } from '../support/compare.ts'
import { quiet } from '../support/models.ts'
import { uniform } from '../support/values.ts'

const x = uniform([4, 5, 3], 0.5, 1, 1)
const training = true

const calls: Readonly<Record<string, (x: SymbolicTensor) => SymbolicTensor>> = {
  Dropout: (x) => Dropout(0.5)(x, { training }),
  SpatialDropout1D: (x) => SpatialDropout1D(0.5)(x, { training }),
  AlphaDropout: (x) => AlphaDropout(0.5)(x, { training }),
  GaussianNoise: (x) => GaussianNoise(0.5)(x, { training }),
  GaussianDropout: (x) => GaussianDropout(0.5)(x, { training }),
  LSTM: (x) => LSTM(4, { dropout: 0.5, recurrentDropout: 0.5 })(x, { training }),
  Bidirectional: (x) => Bidirectional(GRU(3, { dropout: 0.5 }))(x, { training }),
  RNN: (x) => RNN(SimpleRNNCell(3, { recurrentDropout: 0.5 }))(x, { training }),
  TimeDistributed: (x) => TimeDistributed(Dropout(0.5))(x, { training }),
  'a model': (x) => {
    const inner = Input([5, 3])
    return Model(inner, Dropout(0.5)(inner))(x, { training })
  },
}

const modelOf = (connect: (x: SymbolicTensor) => SymbolicTensor) => {
  setSeed(7)
  const input = Input([5, 3])
  return Model(input, connect(input))
}

/** Two passes over two batches. */
async function predictions(connect: (x: SymbolicTensor) => SymbolicTensor): Promise<Float32Array[]> {
  const model = modelOf(connect)
  const passes: Float32Array[] = []
  for (let pass = 0; pass < 2; pass++) {
    const { data } = await model.predict<Tensor>(x, { batchSize: 2 })
    passes.push(data.slice(0, data.length / 2), data.slice(data.length / 2))
  }
  model.dispose()
  return passes
}

test.each(Object.entries(calls))('%s', async (_name, connect) => {
  await chooseBackend('cpu')
  const cpu = await predictions(connect)
  // All four differ; in a prediction without draws the passes would be equal.
  const distinct = new Set(cpu.map((values) => values.join()))
  expect(distinct.size).toBe(4)
  await chooseBackend('webgpu')
  const webgpu = await predictions(connect)
  for (const [i, values] of cpu.entries()) expectClose(`batch ${i}`, webgpu[i], values, 1e-5)
})

test('in training it says what is so anyway', async () => {
  await chooseBackend('cpu')
  const losses = async (options: object) => {
    const model = modelOf((x) =>
      Dense(1)(LSTM(4, { dropout: 0.5, recurrentDropout: 0.5 })(Dropout(0.5)(x, options), options)),
    )
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    return (await model.fit(x, uniform([4, 1], -1, 1, 2), { ...quiet, epochs: 3 })).history.loss
  }
  expect(await losses({ training })).toEqual(await losses({}))
})

test('BatchNormalization normalizes a prediction by its batch', async () => {
  await chooseBackend('cpu')
  const model = modelOf((x) => BatchNormalization({ epsilon: 1e-6 })(x, { training }))
  const { data } = await model.predict<Tensor>(x)
  for (let channel = 0; channel < 3; channel++) {
    const values = [...data].filter((_, i) => i % 3 === channel)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(mean).toBeCloseTo(0, 5)
    expect(variance).toBeCloseTo(1, 3)
  }
})
