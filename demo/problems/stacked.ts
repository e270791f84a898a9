// Stacked LSTM: [N, 6, 1] → [N, 1].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { listing } from './listing.ts'
import { rampTask } from './ramps.ts'

const typescript = `
const model = Sequential()
model.add(LSTM(12, { returnSequences: true, inputShape: [6, 1] }))
model.add(LSTM(12))
model.add(Dense(1))
model.compile({ loss: 'mse', optimizer: Adam(0.01) })`

const keras = `
model = Sequential()
model.add(LSTM(12, return_sequences=True, input_shape=(6, 1)))
model.add(LSTM(12))
model.add(Dense(1))
model.compile(loss="mse", optimizer=Adam(0.01))`

const [epochs, batchSize] = [60, 16]

export const stacked: Problem = {
  name: 'stacked',
  title: 'Stacked LSTM',
  group: 'One series, one step',
  about: 'Two layers of LSTM: the first hands every step to the second, which tells the step after the last.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 6, 1] → [N, 1]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: listing({
    layers: 'Dense, LSTM',
    kerasImports: ['from keras import Sequential', 'from keras.optimizers import Adam'],
    names: 'Adam, Dense, LSTM, Sequential',
    data: 'x: windows of six steps; y: the step after them',
    keras,
    typescript,
    epochs,
    batchSize,
  }),

  createModel() {
    const model = Sequential()
    model.add(LSTM(12, { returnSequences: true, inputShape: [6, 1] }))
    model.add(LSTM(12))
    model.add(Dense(1))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 6, ahead: 1, inputs: [0], outputs: [0] },
      { label: 'Stacked LSTM', inputShape: [6, 1], outputShape: [1] },
    )
  },
}
