// One series from two: [N, 4, 2] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { listing } from './listing.ts'
import { rampTask } from './ramps.ts'

const typescript = `
const model = Sequential()
model.add(LSTM(16, { inputShape: [4, 2] }))
model.add(Dense(1))
model.compile({ loss: 'mse', optimizer: Adam(0.01) })`

const keras = `
model = Sequential()
model.add(LSTM(16, input_shape=(4, 2)))
model.add(Dense(1))
model.compile(loss="mse", optimizer=Adam(0.01))`

const [epochs, batchSize] = [60, 16]

export const twoToOne: Problem = {
  name: 'two-to-one',
  title: 'One series from two',
  group: 'Several series',
  about: 'Two ramps go in; half their sum at the last step comes out, a series that the model never sees.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 4, 2] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: listing({
    layers: 'Dense, LSTM',
    kerasImports: ['from keras import Sequential', 'from keras.optimizers import Adam'],
    names: 'Adam, Dense, LSTM, Sequential',
    data: 'x: four steps of two series; y: half their sum at the last step',
    keras,
    typescript,
    epochs,
    batchSize,
  }),

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [4, 2] }))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 4, ahead: 1, inputs: [0, 1], outputs: [2], isParallel: true },
      { label: 'LSTM(16)', inputShape: [4, 2], outputShape: [1] },
    )
  },
}
