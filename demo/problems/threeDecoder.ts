// Several steps of three: encoder and decoder: [N, 4, 3] → [N, 2, 3].

import { Adam, Dense, LSTM, RepeatVector, Sequential, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { listing } from './listing.ts'
import { rampTask } from './ramps.ts'

const typescript = `
const model = Sequential()
model.add(LSTM(16, { inputShape: [4, 3] }))
model.add(RepeatVector(2))
model.add(LSTM(16, { returnSequences: true }))
model.add(TimeDistributed(Dense(3)))
model.compile({ loss: 'mse', optimizer: Adam(0.01) })`

const keras = `
model = Sequential()
model.add(LSTM(16, input_shape=(4, 3)))
model.add(RepeatVector(2))
model.add(LSTM(16, return_sequences=True))
model.add(TimeDistributed(Dense(3)))
model.compile(loss="mse", optimizer=Adam(0.01))`

const [epochs, batchSize] = [80, 16]

export const threeDecoder: Problem = {
  name: 'three-decoder',
  title: 'Several steps of three: encoder and decoder',
  group: 'Several steps',
  about: 'An encoder reads three series, a decoder writes the next two steps of all three.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 4, 3] → [N, 2, 3]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.015 },

  code: listing({
    layers: 'Dense, LSTM, RepeatVector, TimeDistributed',
    kerasImports: ['from keras import Sequential', 'from keras.optimizers import Adam'],
    names: 'Adam, Dense, LSTM, RepeatVector, Sequential, TimeDistributed',
    data: 'x: four steps of three series; y: the next two',
    keras,
    typescript,
    epochs,
    batchSize,
  }),

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [4, 3] }))
    model.add(RepeatVector(2))
    model.add(LSTM(16, { returnSequences: true }))
    model.add(TimeDistributed(Dense(3)))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 4, ahead: 2, inputs: [0, 1, 2], outputs: [0, 1, 2] },
      { label: 'Encoder-decoder', inputShape: [4, 3], outputShape: [2, 3] },
    )
  },
}
