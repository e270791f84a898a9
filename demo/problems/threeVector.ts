// Several steps of three: a vector: [N, 4, 3] → [N, 6].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const threeVector: Problem = {
  name: 'three-vector',
  title: 'Several steps of three: a vector',
  group: 'Several steps',
  about: 'Two steps of three series as one vector of six numbers, step after step.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 4, 3] → [N, 6]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: four steps of three series;\ny: the next two, one after the other',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [4, 3] }))
    model.add(Dense(6))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 4, ahead: 2, inputs: [0, 1, 2], outputs: [0, 1, 2] },
      { label: 'LSTM(16)', inputShape: [4, 3], outputShape: [6] },
    )
  },
}
