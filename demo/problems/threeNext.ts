// The next step of three: [N, 4, 3] → [N, 3].

import { Adam, Dense, LSTM, Sequential } from 'recurra'
import type { Problem } from '../problem.ts'
import { rampTask } from './ramps.ts'

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

  code: {
    data: 'x: four steps of three series; y: the step after them',
  },

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
