// The next step of three: [N, 4, 3] → [N, 3].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { listing } from './listing.ts'
import { rampTask } from './ramps.ts'

const typescript = `
const model = Sequential()
model.add(LSTM(16, { inputShape: [4, 3] }))
model.add(Dense(3))
model.compile({ loss: 'mse', optimizer: Adam(0.01) })`

const keras = `
model = Sequential()
model.add(LSTM(16, input_shape=(4, 3)))
model.add(Dense(3))
model.compile(loss="mse", optimizer=Adam(0.01))`

const [epochs, batchSize] = [60, 16]

export const threeNext: Problem = {
  name: 'three-next',
  title: 'The next step of three',
  group: 'Several series',
  about: 'Three series side by side; the model tells the next step of all three at once.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 4, 3] → [N, 3]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: listing({
    layers: 'Dense, LSTM',
    kerasImports: ['from keras import Sequential', 'from keras.optimizers import Adam'],
    names: 'Adam, Dense, LSTM, Sequential',
    data: 'x: four steps of three series; y: the step after them',
    keras,
    typescript,
    epochs,
    batchSize,
  }),

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [4, 3] }))
    model.add(Dense(3))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 4, ahead: 1, inputs: [0, 1, 2], outputs: [0, 1, 2] },
      { label: 'LSTM(16)', inputShape: [4, 3], outputShape: [3] },
    )
  },
}
