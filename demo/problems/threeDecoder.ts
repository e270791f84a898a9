// Several steps of three: encoder and decoder: [N, 4, 3] → [N, 2, 3].

import { Adam, Dense, LSTM, RepeatVector, Sequential, TimeDistributed } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

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

  code: {
    data: 'x: four steps of three series; y: the next two',
  },

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
