// Several steps: a vector: [N, 5, 1] → [N, 3].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

const [epochs, batchSize] = [60, 16]

export const stepsVector: Problem = {
  name: 'steps-vector',
  title: 'Several steps: a vector',
  group: 'Several steps',
  about: 'Three steps ahead at once, as three outputs of one dense layer.',
  seed: 1,
  epochs,
  batchSize,
  shapes: '[N, 5, 1] → [N, 3]',
  quality: { measure: 'RMSE on held-out windows', better: 'below', bound: 0.01 },

  code: {
    data: 'x: five steps; y: the three after them',
  },

  createModel() {
    const model = Sequential()
    model.add(LSTM(16, { inputShape: [5, 1] }))
    model.add(Dense(3))
    model.compile({ loss: 'mse', optimizer: Adam(0.01) })
    return model
  },

  async load() {
    return rampTask(
      { steps: 5, ahead: 3, inputs: [0], outputs: [0] },
      { label: 'LSTM(16)', inputShape: [5, 1], outputShape: [3] },
    )
  },
}
